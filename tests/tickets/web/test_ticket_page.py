"""The ticket on one screen: for its client, and with everything to act on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import CANARY, HTMX, text
from tickets import services
from tickets.queries.feed import FEED_SIZE

pytestmark = pytest.mark.django_db


def page_of(browser, ticket, name="detail", **query):
    return browser.get(reverse(f"tickets:{name}", args=[ticket.number]), query)


def test_staff_see_number_clocks_next_step_and_facts(browse, ticket):
    page = text(page_of(browse("agent"), ticket))
    for words in (
        ticket.number,
        ticket.title,
        "First response",
        "Next step",
        "Command centre",
    ):
        assert words in page
    assert "Send the answer" in page


def test_a_client_sees_the_promise_in_a_sentence(browse, ticket):
    page = text(page_of(browse("client"), ticket))
    assert "1 h from" in page
    assert "Promised: answered by" in page
    assert "Internal note" not in page


def test_the_next_step_of_a_resolved_ticket_is_the_clients_word(browse, ticket, do):
    do(ticket, "resolve", body="New power supply.")
    page = text(page_of(browse("client"), ticket))
    assert "Yes, it works" in page
    assert "No, not solved" in page
    assert "New power supply." in page


def test_internal_notes_look_different_and_stay_inside(browse, ticket, do):
    do(ticket, "add_note", body=CANARY)
    staff = text(page_of(browse("engineer"), ticket))
    assert CANARY in staff
    assert "msg-note" in staff
    for name in ("detail", "live"):
        assert CANARY not in text(page_of(browse("client"), ticket, name))


def test_the_first_page_of_words_leads_to_the_earlier_ones(browse, zhida, ticket, do):
    for number in range(FEED_SIZE + 5):
        do(ticket, "reply", by="agent", body=f"Message {number:03d}.")
    page = text(page_of(browse("agent"), ticket))
    assert f"Message {FEED_SIZE + 4:03d}." in page
    assert "Message 003." not in page
    assert "Earlier" in page
    older = page_of(browse("agent"), ticket, "earlier", before=7)
    assert "Message 003." in text(older)
    assert "Message 020." not in text(older)


def test_live_brings_only_what_is_new(browse, ticket, do):
    do(ticket, "reply", by="agent", body="Seen before.")
    seen = ticket.last_seq
    do(ticket, "reply", by="agent", body="Brand new.")
    part = text(page_of(browse("agent"), ticket, "live", after=seen))
    assert 'id="ticket-head"' in part
    assert "Brand new." in part
    assert "Seen before." not in part
    assert f"after={ticket.last_seq}" in part


@pytest.mark.parametrize("who", ["agent", "client"])
def test_a_page_takes_few_queries_whatever_the_length(
    browse, zhida, ticket, do, who, django_assert_max_num_queries
):
    do(ticket, "follow", by="client", membership=zhida.peer)
    for number in range(60):
        do(ticket, "reply", by="agent", body=f"Message {number}.")
    browser = browse(who)
    page_of(browser, ticket)
    # Fifteen by the goal; beside them the savepoint that only a test has around a request.
    with django_assert_max_num_queries(15 + 2):
        page_of(browser, ticket)


def test_a_missed_promise_is_shown_with_who_was_told(browse, zhida, file, do):
    ticket = file(minutes=80)
    do(ticket, "reply", by="agent", body="We are late.")
    page = text(page_of(browse("manager"), ticket))
    assert "Escalation: First response" in page
    assert "Manager of zhida" in page
    assert "Acknowledge with a plan" in page
    assert "Acknowledge with a plan" not in text(page_of(browse("engineer"), ticket))
    assert "Escalation:" not in text(page_of(browse("client"), ticket))


def test_a_wait_that_stops_no_clock_says_so(browse, zhida, file, do):
    ticket = file(severity=3)
    do(ticket, "answer", body="We look into it.")
    do(ticket, "start_wait", wait="customer", note="Which room is it?")
    assert "the clock goes on" in text(page_of(browse("engineer"), ticket))


def test_a_wait_that_stops_the_clock_does_not(browse, ticket, do):
    do(ticket, "answer", body="We look into it.")
    do(ticket, "start_wait", wait="customer", note="Which room is it?")
    assert "the clock goes on" not in text(page_of(browse("engineer"), ticket))
    assert "We need an answer from you to go on." in text(
        page_of(browse("client"), ticket)
    )


def test_a_correction_shows_on_the_event_and_on_the_clock(browse, zhida, file, do):
    ticket = file(minutes=50)
    do(ticket, "answer", body="We look into it.")
    event = ticket.events.get(kind="answered")
    at = database_now() - timedelta(minutes=30)
    do(ticket, "correct", event=event, at=at, reason="I had phoned before")
    page = text(page_of(browse("engineer"), ticket))
    assert "first entered as" in page
    assert "I had phoned before" in page


def test_why_a_clock_says_so_is_fetched_for_lists(browse, ticket):
    clock = ticket.clocks.get(metric="resolution", counts=True)
    url = reverse("tickets:clock", args=[ticket.number, clock.pk])
    assert "4 h from" in text(browse("agent").get(url, **HTMX))
    foreign = reverse("tickets:clock", args=[ticket.number, clock.pk + 10_000])
    assert browse("agent").get(foreign).status_code == 404


def test_a_merged_ticket_leads_to_its_survivor(browse, zhida, file):
    gone, survivor = file(), file()
    services.merge(
        actor=zhida.actor("agent"),
        now=database_now(),
        ticket=gone,
        into=survivor,
        reason="The same screen",
    )
    page = text(page_of(browse("agent"), gone))
    assert "It goes on in another ticket." in page
    assert survivor.number in page
    assert gone.number in text(page_of(browse("agent"), survivor))


def test_the_appointment_and_its_moves_are_shown_to_the_client(browse, ticket, do):
    do(ticket, "decide_visit", needed=True)
    day = database_now() + timedelta(days=1)
    do(ticket, "agree_appointment", at=day, asked_by="client")
    do(ticket, "agree_appointment", at=day + timedelta(hours=2), asked_by="us")
    assert "It was moved 1 time." in text(page_of(browse("client"), ticket))
