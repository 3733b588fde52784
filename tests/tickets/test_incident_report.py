"""The incident report: written by us, submitted as a version, confirmed or sent back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from documents.models import Document, Sheet
from documents.registry import paper_of
from notifications.models import Message
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tests.tickets.scene import at, file
from tests.world import House
from tickets.kinds import PaperName
from tickets.models import IncidentReport, Ticket, TicketEvent
from tickets.services import incident as services

TEXTS = {
    "course": "At nine the array lost a disk.",
    "cause": "The disk was old.",
    "measures": "It was replaced.",
}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket(zhida: House) -> Ticket:
    return file(zhida, at(9))


def write(house: House, ticket: Ticket, **given: Any) -> IncidentReport:
    return services.write_incident(
        actor=house.actor("engineer"), now=at(10), ticket=ticket, **(TEXTS | given)
    )


def submit(house: House, ticket: Ticket) -> IncidentReport:
    return services.submit_incident(
        actor=house.actor("engineer"), now=at(11), ticket=ticket
    )


def decide(house: House, ticket: Ticket, sha256: str, reason: str = "") -> Any:
    common: dict[str, Any] = {
        "actor": house.actor("client"),
        "now": at(12),
        "ticket": ticket,
        "sha256": sha256,
    }
    if reason:
        return services.send_back_incident(**common, reason=reason)
    return services.confirm_incident(**common)


def kinds(ticket: Ticket) -> list[str]:
    events = TicketEvent.objects.filter(ticket=ticket, kind__startswith="incident")
    return list(events.order_by("seq").values_list("kind", flat=True))


def test_a_draft_is_submitted_then_confirmed(zhida: House, ticket: Ticket) -> None:
    assert write(zhida, ticket).state == "draft"
    report = submit(zhida, ticket)
    assert (report.state, report.sheet.version) == ("submitted", 1)
    confirmed = decide(zhida, ticket, report.sheet.sha256)
    assert (confirmed.state, confirmed.decided_by) == ("confirmed", zhida.client)
    assert kinds(ticket) == ["incident_submitted", "incident_confirmed"]
    told = Message.objects.filter(kind="incident_submitted")
    assert [message.recipient for message in told] == [zhida.client]
    assert Message.objects.filter(kind="incident_confirmed").exists()


def test_sent_back_with_words_it_is_changed_and_submitted_as_a_new_version(
    zhida: House, ticket: Ticket
) -> None:
    write(zhida, ticket)
    first = submit(zhida, ticket)
    returned = decide(zhida, ticket, first.sheet.sha256, "How will you prevent it?")
    assert (returned.state, returned.decision) == (
        "returned",
        "How will you prevent it?",
    )
    write(zhida, ticket, prevention="We check every month.")
    second = submit(zhida, ticket)
    assert (second.state, second.sheet.version, second.decision) == ("submitted", 2, "")
    contents = Sheet.objects.about("incident_report", second.pk)
    assert [json.loads(one.content)["prevention"] for one in contents] == [
        "We check every month.",
        "",
    ]


def test_a_version_that_has_changed_is_not_confirmed(
    zhida: House, ticket: Ticket
) -> None:
    write(zhida, ticket)
    shown = submit(zhida, ticket).sheet.sha256
    write(zhida, ticket, cause="It was not the disk.")
    with pytest.raises(Conflict):
        decide(zhida, ticket, shown)
    submit(zhida, ticket)
    with pytest.raises(Conflict, match="changed"):
        decide(zhida, ticket, shown)
    assert kinds(ticket) == ["incident_submitted"] * 2


def test_it_is_not_submitted_without_what_it_is_for(
    zhida: House, ticket: Ticket
) -> None:
    write(zhida, ticket, cause=" ")
    with pytest.raises(ServiceError) as refused:
        submit(zhida, ticket)
    assert (refused.value.code, refused.value.field) == ("text_missing", "cause")
    assert not Sheet.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"began_at": at(9), "ended_at": at(8)}, "ended_at"),
        ({"ended_at": at(9)}, "ended_at"),
        ({"began_at": at(11)}, "began_at"),
    ],
)
def test_impossible_times_are_refused(
    zhida: House, ticket: Ticket, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(ServiceError) as refused:
        write(zhida, ticket, **given)
    assert refused.value.field == field


def test_each_side_does_its_own_part(zhida: House, ticket: Ticket) -> None:
    write(zhida, ticket)
    report = submit(zhida, ticket)
    common: dict[str, Any] = {"now": at(12), "ticket": ticket}
    with pytest.raises(NotPermitted):
        services.write_incident(actor=zhida.actor("client"), **common)
    with pytest.raises(NotPermitted):
        services.confirm_incident(
            actor=zhida.actor("engineer"), sha256=report.sheet.sha256, **common
        )


def test_its_paper_says_what_was_submitted_not_the_draft(
    zhida: House, ticket: Ticket
) -> None:
    write(zhida, ticket)
    report = submit(zhida, ticket)
    decide(zhida, ticket, report.sheet.sha256)
    write(zhida, ticket, cause="CANARY of a draft")
    assert Document.objects.filter(kind=PaperName.INCIDENT).exists()
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        composed = paper_of(PaperName.INCIDENT).compose(
            tenant=zhida.tenant, subject_id=report.pk, language="en", now=at(13)
        )
    text = json.dumps(composed.context)
    assert "CANARY" not in text
    assert ["Cause", "The disk was old."] in composed.context["texts"]
    assert composed.context["sha256"] == report.sheet.sha256
    assert composed.sheet_id == report.sheet_id


# -- the page ------------------------------------------------------------------------------------


@pytest.fixture
def browse(
    zhida: House, sign_in: Callable[[House, str], Client]
) -> Callable[[str], Client]:
    return lambda name: sign_in(zhida, name)


def test_it_is_written_and_decided_on_its_page(
    zhida: House, ticket: Ticket, browse: Callable[[str], Client]
) -> None:
    url = reverse("tickets:incident", args=[ticket.number])
    staff, client = browse("engineer"), browse("client")
    assert client.get(url).status_code == 404  # nothing is submitted
    assert "Nothing is written yet" in staff.get(url).content.decode()
    staff.post(url, TEXTS)
    assert client.get(url).status_code == 404
    refused = staff.post(url, TEXTS | {"cause": "", "submit": "1"})
    assert refused.status_code == 422
    assert staff.post(url, TEXTS | {"submit": "1"}).status_code == 302
    page = client.get(url).content.decode()
    assert "The disk was old." in page
    sha256 = IncidentReport.objects.get().sheet.sha256
    back = reverse("tickets:incident_act", args=[ticket.number, "send_back"])
    assert client.post(back, {"sha256": sha256, "reason": ""}).status_code == 422
    confirm = reverse("tickets:incident_act", args=[ticket.number, "confirm"])
    assert client.post(confirm, {"sha256": sha256}).status_code == 302
    assert IncidentReport.objects.get().state == "confirmed"
    assert staff.post(confirm, {"sha256": sha256}).status_code in {409, 422}


@pytest.mark.parametrize("who", ["rival", "peer", "elsewhere"])
def test_strangers_find_nothing(
    zhida: House, ticket: Ticket, browse: Callable[[str], Client], who: str
) -> None:
    write(zhida, ticket)
    submit(zhida, ticket)
    url = reverse("tickets:incident", args=[ticket.number])
    assert browse(who).get(url).status_code == 404


def test_the_list_of_papers_leads_to_it(
    zhida: House, ticket: Ticket, browse: Callable[[str], Client]
) -> None:
    url = reverse("documents:papers", args=["ticket", ticket.pk])
    incident = reverse("tickets:incident", args=[ticket.number])
    assert incident in browse("engineer").get(url).content.decode()
    assert incident not in browse("client").get(url).content.decode()
