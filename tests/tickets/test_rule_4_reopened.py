"""Rule 4 through the services: the clock goes on with what was left, nothing repeats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deadlines.models import Deadline
from servicedesk.lib.errors import ServiceError
from tests.tickets.scene import (
    URGENT,
    at,
    clock,
    correct,
    do,
    escalation,
    file,
    last_message,
    newest,
    steps,
    told,
    wake,
)
from tests.world import House
from tickets.models import Escalation, Ticket


def resolved(house: House, hour: int = 16, severity: int = 1) -> Ticket:
    ticket = file(house, at(9), severity)
    do(house, ticket, "answer", at(9, 5))
    return do(house, ticket, "resolve", at(hour))


def test_the_resolution_goes_on_with_what_was_left(zhida: House) -> None:
    ticket = resolved(zhida)  # an hour was left
    assert clock(ticket, "resolution").state == "met"
    do(zhida, ticket, "refuse", at(20), by="client")
    resolution = clock(ticket, "resolution")
    assert (ticket.state, resolution.state, resolution.due_at) == (
        "in_progress",
        "running",
        at(21),
    )
    assert ticket.resolved_at is None


def test_the_time_between_is_a_pause_in_every_tier(zhida: House) -> None:
    ticket = resolved(zhida, 10, URGENT)
    do(zhida, ticket, "reopen", at(14), by="client_manager")
    resolution = clock(ticket, "resolution")
    assert resolution.due_at == at(15)
    assert [pause["reason"] for pause in resolution.pauses] == ["reopened"]


def test_other_metrics_keep_their_result_and_steps_do_not_repeat(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(9, 5))
    wake(ticket, at(15))  # warned of the solution
    before = steps(ticket)
    do(zhida, ticket, "resolve", at(15, 30))
    do(zhida, ticket, "refuse", at(18), by="client")
    wake(ticket, at(19))
    assert clock(ticket, "first_response").state == "met"
    assert steps(ticket) == before
    wake(ticket, at(19, 30, 1))
    assert clock(ticket, "resolution").state == "missed"


def test_a_missed_clock_resumes_its_overrun_and_reminders(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(9, 5))
    wake(ticket, at(17, 0, 1))
    do(zhida, ticket, "resolve", at(17, 10))
    wake(ticket, at(20))
    assert told(zhida, "escalated") == []
    do(zhida, ticket, "reopen", at(20), by="client_manager")
    assert escalation(ticket, "resolution").state == "open"
    wake(ticket, at(20, 20))  # half an hour of overrun
    assert told(zhida, "escalated") == [("boss", "escalated")]
    assert Escalation.objects.filter(ticket=ticket).count() == 1
    assert told(zhida, "clock_missed") == [("manager", "clock_missed")]


def test_within_the_period_and_not_later(zhida: House) -> None:
    ticket = resolved(zhida, 10)
    do(zhida, ticket, "confirm", at(11), by="client")
    with pytest.raises(ServiceError, match="too_late_to_reopen"):
        do(zhida, ticket, "reopen", at(10, 1, day=30), by="client_manager")
    do(zhida, ticket, "reopen", at(10, day=30), by="client_manager")
    assert ticket.state == "in_progress"


def test_later_it_is_a_new_linked_ticket(zhida: House) -> None:
    ticket = resolved(zhida, 10)
    do(zhida, ticket, "confirm", at(11), by="client")
    again = file(zhida, at(10, 1, day=31), follows_up=ticket)
    assert again.follows_up == ticket
    assert again.events.get(kind="continued").data["ticket"] == ticket.number
    assert clock(again, "resolution").due_at == at(18, 1, day=31)


def test_nobody_says_a_word_and_it_closes_by_itself(zhida: House) -> None:
    ticket = resolved(zhida, 10)
    do(
        zhida,
        ticket,
        "follow",
        at(10, 1),
        by="client",
        membership=zhida.people["client_manager"],
    )
    mark = last_message()
    wake(ticket, at(10, day=3) - timedelta(microseconds=1))
    assert ticket.state == "resolved"
    wake(ticket, at(10, 5, day=3))
    assert (ticket.state, ticket.closed_at) == ("closed", at(10, day=3))
    assert sorted(told(zhida, since=mark)) == [
        ("agent", "state_changed"),
        ("client", "state_changed"),
        ("client_manager", "state_changed"),
    ]
    assert not Deadline.objects.filter(topic_id=ticket.pk, fired_at=None).exists()


def test_a_miss_that_was_only_recorded_climbs_when_it_is_open_again(
    zhida: House,
) -> None:
    ticket = resolved(zhida, 16)
    mark = last_message()
    correct(zhida, ticket, "resolved", at(17, 30), now=at(18))
    assert told(zhida, since=mark) == [("manager", "miss_recorded")]
    assert ticket.resolved_at == at(17, 30)
    do(zhida, ticket, "reopen", at(19), by="client_manager")
    assert escalation(ticket, "resolution").opened_at == at(17)
    assert newest(zhida, "clock_missed", "manager").params["metric"] == "resolution"


def test_it_cannot_have_been_solved_before_it_was_reopened(zhida: House) -> None:
    ticket = resolved(zhida, 10)
    do(zhida, ticket, "refuse", at(12), by="client")
    with pytest.raises(ServiceError) as refused:
        do(
            zhida,
            ticket,
            "resolve",
            at(13),
            happened_at=at(11),
            reason="It never broke.",
        )
    assert refused.value.code == "after_next"
    do(zhida, ticket, "resolve", at(13), happened_at=at(12, 30), reason="No network.")
    assert (ticket.state, ticket.resolved_at) == ("resolved", at(12, 30))
    with pytest.raises(ServiceError) as refused:
        correct(zhida, ticket, "resolved", at(11, 30), now=at(13, 10))
    assert (refused.value.code, refused.value.field) == ("after_next", "at")
