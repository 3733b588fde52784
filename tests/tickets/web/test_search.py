"""The search finds what people remember of a ticket, and only what they may see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clients.models import Contact, Equipment
from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import HTMX, text
from tickets import services

pytestmark = pytest.mark.django_db
SEARCH = reverse("tickets:search")


def found(browser, words, **more):
    answer = browser.get(SEARCH, {"q": words, **more})
    return [row.ticket.number for row in answer.context["found"].rows]


@pytest.mark.parametrize("words", ["大屏", "黑屏", "SN-zhida-1", "sn-zhida", "Command"])
def test_words_devices_and_names_are_found(browse, zhida, file, words):
    ticket = file(title="指挥中心大屏黑屏", equipment=zhida.equipment)
    assert found(browse("agent"), words) == [ticket.number]


def test_a_number_is_found_whole_and_by_its_end(browse, ticket):
    assert found(browse("agent"), ticket.number) == [ticket.number]
    assert found(browse("agent"), ticket.number.rpartition("-")[2].lstrip("0")) == [
        ticket.number
    ]


@pytest.mark.parametrize("words", ["摄像机", "泵房", "417001", "0123", "2025041"])
def test_a_device_is_found_by_any_part_that_stands_on_it(browse, zhida, file, words):
    device = Equipment.objects.create(
        client=zhida.client_org,
        project=zhida.project,
        category="摄像机",
        model="DS-2CD3T46",
        serial_number="SN20250417001",
        location="泵房入口",
    )
    contact = Contact.objects.create(
        client=zhida.client_org, name="杨静", phone="0951-555 0123"
    )
    ticket = file(equipment=device, contact=contact)
    assert found(browse("agent"), words) == [ticket.number]


def test_what_was_said_later_is_found(browse, ticket, do):
    do(ticket, "answer", body="先更换电源模块")
    do(ticket, "reply", by="client", body="The fuse box hums")
    do(ticket, "resolve", body="已更换保险丝")
    for words in ("电源模块", "fuse", "保险丝"):
        assert found(browse("agent"), words) == [ticket.number]
        assert found(browse("client"), words) == [ticket.number]


def test_what_colleagues_tell_each_other_is_not_found(browse, zhida, ticket, do):
    do(ticket, "add_note", body="Grumpy caller")
    do(ticket, "assign", by="agent", assignee=zhida.engineer)
    services.hand_over(
        actor=zhida.actor("agent"),
        now=database_now(),
        from_membership=zhida.engineer,
        to_membership=zhida.colleague,
        note="Take the long ladder",
        tickets=[ticket],
    )
    do(ticket, "reply", by="client", body="Any news?")
    assert found(browse("agent"), "news") == [ticket.number]
    assert found(browse("client"), "grumpy") == found(browse("client"), "ladder") == []


def test_what_one_may_not_see_is_not_found(browse, zhida, file):
    file(
        by="rival",
        client=zhida.rival_org,
        project=zhida.rival_project,
        title="Secret gate",
    )
    assert found(browse("client_manager"), "gate") == []
    assert found(browse("admin", house="other"), "gate") == []
    assert len(found(browse("agent"), "gate")) == 1


def test_newest_first_on_wish(browse, file):
    old, new = file(minutes=30, title="Gate"), file(minutes=3, title="The gate again")
    assert found(browse("agent"), "gate", order="new") == [new.number, old.number]


def test_the_matches_alone_for_htmx(browse, ticket):
    page = text(
        browse("agent").get(SEARCH, {"q": "black"}, **HTMX, HTTP_HX_TARGET="found")
    )
    assert "</html>" not in page
    assert ticket.number in page


@pytest.mark.parametrize(
    "words", ["", "'", "a'b & | ! <->", "%", "\\", "(((", "x" * 300]
)
def test_any_words_can_be_asked(browse, ticket, words):
    assert browse("agent").get(SEARCH, {"q": words}).status_code == 200


def test_the_best_match_comes_first(browse, file, do):
    title = file(minutes=40, title="The turnstile is stuck")
    aside = file(
        minutes=4, title="Printer jams", symptom="It stands beside the turnstile."
    )
    assert found(browse("agent"), "turnstile") == [title.number, aside.number]
    assert found(browse("agent"), "turnstile", order="new") == [
        aside.number,
        title.number,
    ]


def test_a_search_that_looked_at_the_newest_only_says_so(browse, file, monkeypatch):
    said = "Only the newest 1,000 matches were looked at."
    for _n in range(3):
        file(title="Pump stands still")
    agent = browse("agent")
    assert said not in text(agent.get(SEARCH, {"q": "pump"}))
    monkeypatch.setattr("tickets.queries.found.LOOKED_AT", 2)
    assert said in text(agent.get(SEARCH, {"q": "pump"}))
