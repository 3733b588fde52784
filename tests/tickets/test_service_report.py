"""The service report says what is in the system and nothing else, and comes by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from documents.models import Document
from documents.registry import Composed, paper_of
from notifications.models import Message
from tests.documents.conftest import (  # noqa: F401 - a fixture
    QuickPress,
    drawing,
    print_all,
    same_connection,
)
from tests.tickets.scene import at, do, file, wake
from tests.tickets.web.test_filing import PNG
from tests.world import House
from tickets.kinds import PaperName
from tickets.models import Ticket, TicketEvent
from tickets.services import work
from tickets.services.papers import want_papers
from tickets.services.work import Hand, shown_sheet

CANARY = "CANARY-only-for-colleagues"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def compose(
    house: House,
    subject_id: int,
    *,
    kind: str = PaperName.REPORT,
    language: str = "en",
) -> Composed:
    zone = house.tenant.zone
    with translation.override(language), timezone.override(zone):
        return paper_of(kind).compose(
            tenant=house.tenant,
            subject_id=subject_id,
            language=language,
            now=at(20),
        )


def section(composed: Composed, template: str) -> Any:
    return next(
        one["data"]
        for one in composed.context["sections"]
        if one["template"] == f"tickets/papers/_{template}.html"
    )


@pytest.fixture
def ticket(zhida: House) -> Ticket:
    """General, answered in time, solved too late, with words and pictures of both sides."""
    ticket = file(zhida, at(1), symptom="No picture", equipment=zhida.equipment)
    photo = SimpleUploadedFile("rack.png", PNG, "image/png")
    secret = SimpleUploadedFile("secret.png", PNG, "image/png")
    do(zhida, ticket, "answer", at(2, 30), body="We look at it.")
    do(zhida, ticket, "reply", at(3), by="client", body="Please hurry.", files=[photo])
    do(zhida, ticket, "add_note", at(4), body=CANARY, files=[secret])
    do(zhida, ticket, "resolve", at(10), body="The cable was loose.")
    return ticket


def test_it_says_what_was_promised_and_by_how_much_it_was_kept_or_missed(
    zhida: House, ticket: Ticket
) -> None:
    response, resolution = section(compose(zhida, ticket.pk), "promise")["clocks"]
    assert (response["metric"], response["limit"]) == ("First response", "2 h")
    assert (response["tone"], response["result"]) == ("ok", "kept, 30 min to spare")
    # Shanghai is eight hours ahead of the times of the test.
    assert (response["due"], response["done"]) == (
        "2026-03-02 11:00",
        "2026-03-02 10:30",
    )
    assert (resolution["tone"], resolution["result"]) == ("bad", "missed by 1 h")
    assert resolution["sentence"] == (
        "Missed by 1 h: done 18:00, due 17:00 (8 h from 09:00)."
    )


def test_its_sentences_speak_of_no_today(zhida: House, ticket: Ticket) -> None:
    do(zhida, ticket, "reopen", at(12), by="client")
    do(zhida, ticket, "resolve", at(3, day=1), body="Done.")
    clocks = section(compose(zhida, ticket.pk), "promise")["clocks"]
    text = json.dumps(clocks)
    for word in ("today", "tomorrow", "yesterday", "you"):
        assert word not in text


def test_it_tells_the_handling_in_order_with_words(
    zhida: House, ticket: Ticket
) -> None:
    lines = section(compose(zhida, ticket.pk), "handling")["lines"]
    told = [(line["what"], line["words"]) for line in lines]
    assert told[0] == ("filed the request", "")
    assert ("First response", "We look at it.") in told
    assert ("Solved", "The cable was loose.") in told
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_nothing_internal_is_in_it(zhida: House, ticket: Ticket) -> None:
    composed = compose(zhida, ticket.pk)
    text = json.dumps(composed.context)
    assert CANARY not in text
    assert "secret.png" not in text
    assert [one["text"] for one in section(composed, "words")["words"]] == [
        "Please hurry."
    ]
    assert [one["name"] for one in section(composed, "photos")["photos"]] == [
        "rack.png"
    ]
    assert len(composed.assets) == 1


def test_it_costs_a_fixed_number_of_queries(
    zhida: House, ticket: Ticket, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        compose(zhida, ticket.pk)
    for minute in range(20):
        do(zhida, ticket, "reply", at(11, minute), by="client", body=f"Word {minute}")
    with django_assert_max_num_queries(12):
        compose(zhida, ticket.pk)


def test_it_is_in_the_language_that_is_asked_for(zhida: House, ticket: Ticket) -> None:
    clocks = section(compose(zhida, ticket.pk, language="zh-hans"), "promise")["clocks"]
    assert clocks[0]["metric"] == "响应"
    assert clocks[1]["result"] == "超时 1 小时"


def test_a_ticket_that_is_gone_has_none(zhida: House) -> None:
    with pytest.raises(LookupError):
        compose(zhida, 987654321)


def test_it_shows_the_path_of_the_flow_as_the_client_reads_it(
    zhida: House, ticket: Ticket
) -> None:
    do(zhida, ticket, "reopen", at(11), by="client")
    for minute, step, values in (
        (1, "collect", {"fields": {"symptom": CANARY}, "found": CANARY}),
        (2, "classify", {"answer": "operation"}),
        (3, "operation", {"fields": {"advice": CANARY}}),
        (4, "solved", {"answer": "no"}),
        (5, "plan", {"fields": {"plan": CANARY, "engineer": CANARY}}),
        (6, "on_site", {"answer": "no", "fields": {"done": CANARY}}),
        (7, "adjust", {"fields": {"feedback": CANARY, "plan": CANARY}}),
    ):
        do(
            zhida,
            ticket,
            "record_step",
            at(11, minute),
            "engineer",
            step=step,
            **values,
        )
    do(zhida, ticket, "agree_contingency", at(12, 5), body="A loan unit until Friday.")
    composed = compose(zhida, ticket.pk)
    data = section(composed, "flow")
    assert [one["number"] for one in data["rounds"]] == [1, 2]
    assert data["rounds"][1]["steps"] == [["Adjusting the plan", "2026-03-02 19:07"]]
    assert data["rounds"][0]["steps"][0] == [
        "Finding out what happens",
        "2026-03-02 19:01",
    ]
    (plan,) = data["plans"]
    assert (plan["words"], plan["with"]) == ("A loan unit until Friday.", "Ms Ma")
    assert CANARY not in json.dumps(composed.context)
    told = [line["what"] for line in section(composed, "handling")["lines"]]
    assert "Adjusting the plan" not in told, "it is told once"


def test_a_ticket_that_was_handled_without_the_flow_has_no_such_section(
    zhida: House, ticket: Ticket
) -> None:
    names = [one["template"] for one in compose(zhida, ticket.pk).context["sections"]]
    assert "tickets/papers/_flow.html" not in names


# -- by itself -----------------------------------------------------------------------------------


def reports() -> list[tuple[str, str]]:
    found = Document.objects.filter(kind=PaperName.REPORT)
    return list(found.values_list("state", "language"))


def test_a_ticket_that_is_confirmed_gets_its_report(
    zhida: House, ticket: Ticket
) -> None:
    assert reports() == []
    do(zhida, ticket, "confirm", at(11), by="client")
    assert reports() == [("queued", "en")]


def test_a_ticket_that_closes_by_time_gets_its_report(
    zhida: House, ticket: Ticket
) -> None:
    user = zhida.client.user
    user.language = "zh-hans"
    user.save()
    wake(ticket, at(10, 1, day=3))
    assert ticket.state == "closed"
    assert reports() == [("queued", "zh-hans")]


def test_a_cancelled_ticket_gets_none(zhida: House) -> None:
    ticket = file(zhida, at(1))
    do(zhida, ticket, "cancel", at(2), by="client")
    assert reports() == []


@pytest.mark.usefixtures("same_connection")
def test_the_report_is_filed_on_the_ticket_and_its_client_is_told(
    zhida: House, ticket: Ticket
) -> None:
    quick = QuickPress()
    do(zhida, ticket, "confirm", at(11), by="client")
    print_all(quick, now=at(11, 1))
    made = Document.objects.get()
    event = TicketEvent.objects.get(ticket=ticket, kind="document_filed")
    assert event.data["number"] == made.number
    assert not event.internal
    told = Message.objects.get(kind="report_filed")
    assert told.recipient == zhida.client
    assert "The cable was loose." in quick.jobs[0].html
    assert CANARY not in quick.jobs[0].html


@pytest.mark.usefixtures("same_connection")
def test_filing_it_does_not_change_it(zhida: House, ticket: Ticket) -> None:
    quick = QuickPress()
    do(zhida, ticket, "confirm", at(11), by="client")
    print_all(quick, now=at(11, 1))
    want_papers(PaperName.REPORT, {ticket.pk: ticket}, now=at(12))
    print_all(quick, now=at(12))
    states = Document.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["ready", "unchanged"]


# -- work orders ---------------------------------------------------------------------------------


@pytest.fixture
def signed(zhida: House) -> Any:
    """A visit with parts, hours and a photo, signed by the customer."""
    me, ticket = zhida.actor("engineer"), file(zhida, at(9), 3)
    order = work.dispatch(
        actor=zhida.actor("agent"),
        now=at(9, 5),
        ticket=ticket,
        purpose="Look at the power supply",
        engineer=zhida.engineer,
    )
    work.accept_work(actor=me, now=at(9, 6), order=order)
    work.depart_for_work(actor=me, now=at(9, 10), order=order)
    work.arrive_for_work(actor=me, now=at(9, 40), order=order)
    common: dict[str, Any] = {"actor": me, "order": order}
    work.add_part(**common, now=at(10), name="Fuse 10 A", quantity=2)
    work.add_time(**common, now=at(10, 30), start=at(9, 40), end=at(10, 30))
    photo = SimpleUploadedFile("fuse.png", PNG, "image/png")
    work.add_photos(**common, now=at(10, 31), files=[photo], stage="after")
    work.finish_work(**common, now=at(10, 40), outcome="solved", done="Fuses replaced.")
    sheet = shown_sheet(order, actor=me, now=at(10, 41))
    work.sign_work(
        **common,
        now=at(10, 45),
        sha256=sheet.sha256,
        image=drawing(),
        hand=Hand(name="李主任", signed_at=at(10, 44)),
    )
    order.refresh_from_db()
    return order


def check_work_order(data: Any, assets: Any) -> None:
    assert ["Work done", "Fuses replaced."] in data["words"]
    assert data["parts"] == [["Fuse 10 A", "", "2", "", ""]]
    assert data["total"] == "50 min"
    assert data["hours"][0][2:] == ["2026-03-02 17:40", "18:30", "50 min"]
    assert [one["stage"] for one in data["photos"]] == ["After"]
    signature = data["signature"]
    assert (signature["state"], signature["name"]) == ("signed", "李主任")
    assert {signature["asset"], data["photos"][0]["asset"]} <= set(assets)


def test_the_report_tells_the_work_and_shows_the_signature(
    zhida: House, signed: Any
) -> None:
    composed = compose(zhida, signed.ticket_id)
    (data,) = section(composed, "work_orders")["orders"]
    check_work_order(data, composed.assets)


def test_a_signed_work_order_gets_a_paper_of_its_own(zhida: House, signed: Any) -> None:
    assert Document.objects.filter(kind="work_order", subject_id=signed.pk).exists()
    composed = compose(zhida, signed.pk, kind=PaperName.WORK_ORDER)
    check_work_order(composed.context["order"], composed.assets)
    sheet = shown_sheet(signed, actor=zhida.actor("engineer"), now=at(12))
    assert composed.sheet_id == sheet.pk
