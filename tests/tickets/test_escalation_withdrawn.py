"""A correction takes a miss back, moves it, or brings one to light (rule 7)."""

from __future__ import annotations

from datetime import datetime

from deadlines.models import Deadline
from tests.tickets.scene import (
    GENERAL,
    SERIOUS,
    URGENT,
    at,
    clock,
    correct,
    do,
    escalation,
    file,
    kinds,
    last_message,
    newest,
    steps,
    told,
    wake,
)
from tests.world import House
from tickets.models import Escalation, Ticket

LATER = at(11, 40)


def missed(house: House) -> Ticket:
    """The response of a general ticket was missed at 11:00; manager and boss know of it."""
    ticket = file(house, at(9))
    wake(ticket, at(11, 0, 1))
    return wake(ticket, at(11, 30))


def answered_in_time(house: House, ticket: Ticket, now: datetime = LATER) -> Ticket:
    """It turns out that somebody had answered at 10:50."""
    return do(
        house, ticket, "answer", now, happened_at=at(10, 50), reason="By telephone."
    )


def test_whoever_was_told_is_told_that_it_was_no_miss(zhida: House) -> None:
    ticket = missed(zhida)
    mark = last_message()
    answered_in_time(zhida, ticket)
    assert clock(ticket, "first_response").state == "met"
    assert sorted(told(zhida, since=mark)) == [
        ("boss", "withdrawn"),
        ("client", "answered"),
        ("manager", "withdrawn"),
    ]


def test_the_trail_stays_and_the_open_steps_are_disarmed(zhida: House) -> None:
    ticket = missed(zhida)
    before = steps(ticket)
    answered_in_time(zhida, ticket)
    assert escalation(ticket).state == "withdrawn"
    assert clock(ticket, "first_response").withdrawn_at == at(11, 40)
    assert steps(ticket) == before
    waiting = Deadline.objects.filter(topic_id=ticket.pk, fired_at=None)
    assert not waiting.filter(subject__startswith="first_response").exists()
    wake(ticket, at(16, 59))
    assert told(zhida, "reminder") == []


def test_its_automatic_raise_is_void(zhida: House) -> None:
    ticket = missed(zhida)
    assert (ticket.severity, clock(ticket, "resolution").due_at) == (SERIOUS, at(15))
    answered_in_time(zhida, ticket)
    assert (ticket.severity, clock(ticket, "resolution").due_at) == (GENERAL, at(17))
    assert kinds(ticket)[-2:] == ["voided", "withdrawn"]


def test_the_raise_stays_where_a_person_has_since_set_the_severity(
    zhida: House,
) -> None:
    ticket = missed(zhida)
    do(zhida, ticket, "raise_severity", at(11, 35), to=URGENT)
    answered_in_time(zhida, ticket)
    assert ticket.severity == URGENT
    assert "voided" not in kinds(ticket)
    assert escalation(ticket).state == "withdrawn"


def test_the_raise_stays_where_another_miss_depends_on_it(zhida: House) -> None:
    ticket = missed(zhida)
    wake(ticket, at(15, 0, 1))  # solved 4 h after the raise: missed
    assert ticket.severity == URGENT
    answered_in_time(zhida, ticket, at(15, 10))
    assert ticket.severity == URGENT
    assert "voided" not in kinds(ticket)
    assert escalation(ticket).state == "withdrawn"
    assert escalation(ticket, "resolution").state == "open"


def test_the_raise_stays_where_another_miss_of_that_instant_stands(
    zhida: House,
) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "decide_visit", at(9, 1), needed=True)
    wake(ticket, at(10, 0, 1))  # response and dispatch
    do(
        zhida,
        ticket,
        "answer",
        at(10, 10),
        happened_at=at(9, 30),
        reason="By telephone.",
    )
    assert (ticket.severity, escalation(ticket).state) == (URGENT, "withdrawn")
    assert escalation(ticket, "dispatch").state == "open"
    do(
        zhida,
        ticket,
        "depart",
        at(10, 20),
        by="engineer",
        happened_at=at(9, 50),
        reason="No network there.",
    )
    assert (ticket.severity, kinds(ticket).count("voided")) == (SERIOUS, 1)


def test_a_raise_moves_with_its_miss(zhida: House) -> None:
    ticket = missed(zhida)
    correct(zhida, ticket, "received", at(8, 50), now=at(11, 40))
    assert clock(ticket, "first_response").missed_at == at(10, 50)
    assert clock(ticket, "resolution").due_at == at(14, 50)  # 4 h after the raise
    assert escalation(ticket).opened_at == at(10, 50)
    assert (ticket.severity, ticket.received_at) == (SERIOUS, at(8, 50))
    assert Escalation.objects.filter(ticket=ticket).count() == 1
    assert kinds(ticket).count("missed") == kinds(ticket).count("severity_raised") == 1


def test_an_agent_may_lower_again_once_the_raise_is_void(zhida: House) -> None:
    ticket = missed(zhida)
    answered_in_time(zhida, ticket)
    do(zhida, ticket, "raise_severity", at(11, 45), to=URGENT)
    do(zhida, ticket, "lower_severity", at(11, 50), to=GENERAL)
    assert ticket.severity == GENERAL


def test_a_miss_that_comes_to_light_when_it_is_done_is_only_recorded(
    zhida: House,
) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(10, 20))
    mark = last_message()
    correct(zhida, ticket, "answered", at(11, 15), now=at(11, 20))
    assert clock(ticket, "first_response").state == "missed"
    assert clock(ticket, "first_response").missed_at == at(11)
    assert told(zhida, since=mark) == [("manager", "miss_recorded")]
    assert not Escalation.objects.filter(ticket=ticket).exists()
    assert ticket.severity == GENERAL
    assert ("first_response", "warning", at(10, 30)) not in steps(ticket)


def test_a_miss_that_comes_to_light_while_it_is_not_done_climbs(zhida: House) -> None:
    ticket = file(zhida, at(9))
    mark = last_message()
    correct(zhida, ticket, "received", at(8), now=at(10, 25))
    assert told(zhida, since=mark) == [("manager", "clock_missed")]
    assert escalation(ticket).opened_at == at(10)
    assert ticket.severity == SERIOUS
    assert [s for s in steps(ticket) if s[1] == "warning"] == []


def test_a_miss_brought_to_light_raises_nothing_past_what_a_person_has_set(
    zhida: House,
) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "raise_severity", at(9, 55), to=SERIOUS)
    do(zhida, ticket, "lower_severity", at(10, 10), to=GENERAL)
    correct(zhida, ticket, "received", at(8), now=at(10, 25))
    assert escalation(ticket).state == "open"
    assert ticket.severity == GENERAL


def test_what_was_withdrawn_can_be_missed_after_all_and_climbs_once_more(
    zhida: House,
) -> None:
    ticket = missed(zhida)
    correct(zhida, ticket, "received", at(8, 55), now=at(11, 35))  # moved
    assert escalation(ticket).state == "open"
    answered_in_time(zhida, ticket)
    assert escalation(ticket).state == "withdrawn"
    mark = last_message()
    correct(zhida, ticket, "answered", at(11, 25), now=at(11, 50))
    assert told(zhida, since=mark) == [("manager", "miss_recorded")]
    assert clock(ticket, "first_response").state == "missed"


def test_the_message_says_which_promise_it_was(zhida: House) -> None:
    ticket = missed(zhida)
    answered_in_time(zhida, ticket)
    params = newest(zhida, "withdrawn", "boss").params
    assert (params["metric"], params["number"]) == ("first_response", ticket.number)
