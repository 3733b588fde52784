"""Rule 8 through the services: whether somebody has to go there."""

from __future__ import annotations

from tests.tickets.scene import (
    SERIOUS,
    URGENT,
    at,
    clock,
    do,
    escalation,
    file,
    last_message,
    steps,
    told,
    wake,
)
from tests.world import House
from tickets.models import Escalation, Ticket


def answered(house: House, severity: int) -> Ticket:
    ticket = file(house, at(9), severity)
    return do(house, ticket, "answer", at(9, 5))


def metrics(ticket: Ticket) -> set[str]:
    return set(ticket.clocks.filter(counts=True).values_list("metric", flat=True))


def test_undecided_counts_as_not_needed(zhida: House) -> None:
    ticket = answered(zhida, URGENT)
    assert metrics(ticket) == {"first_response", "resolution"}
    assert clock(ticket, "resolution").due_at == at(11)


def test_on_site_clocks_are_measured_from_their_stated_start(zhida: House) -> None:
    ticket = answered(zhida, SERIOUS)
    do(zhida, ticket, "decide_visit", at(9, 40), needed=True)
    assert clock(ticket, "dispatch").due_at == at(10)
    assert clock(ticket, "arrival").due_at == at(11)


def test_a_limit_that_has_passed_by_then_is_missed_at_once_without_a_warning(
    zhida: House,
) -> None:
    ticket = answered(zhida, SERIOUS)
    mark = last_message()
    do(zhida, ticket, "decide_visit", at(10, 20), needed=True)
    assert clock(ticket, "dispatch").missed_at == at(10, 20)
    assert told(zhida, since=mark) == [("manager", "clock_missed")]
    assert steps(ticket) == [("dispatch", "department_manager", at(10, 20))]
    assert Escalation.objects.filter(ticket=ticket).count() == 1
    assert ticket.severity == URGENT
    wake(ticket, at(10, 50))  # half an hour after the miss, not after the limit
    assert ("dispatch", "general_manager", at(10, 50)) in steps(ticket)


def test_before_the_remote_due_the_clock_from_arrival_takes_its_place(
    zhida: House,
) -> None:
    ticket = answered(zhida, URGENT)
    do(zhida, ticket, "decide_visit", at(10, 59), needed=True)
    assert clock(ticket, "resolution").state == "pending"
    remote = ticket.clocks.get(metric="resolution", counts=False)
    assert remote.state == "superseded"
    do(zhida, ticket, "arrive", at(11), by="engineer")
    assert clock(ticket, "resolution").due_at == at(13)


def test_after_the_due_the_miss_stands(zhida: House) -> None:
    ticket = answered(zhida, URGENT)
    do(zhida, ticket, "decide_visit", at(11, 1), needed=True)
    resolution = clock(ticket, "resolution")
    assert (resolution.state, resolution.missed_at) == ("missed", at(11))
    do(zhida, ticket, "arrive", at(11, 30), by="engineer")
    assert ticket.clocks.filter(metric="resolution", counts=True).count() == 1
    assert escalation(ticket, "resolution").state == "open"


def test_not_needed_cancels_open_clocks_never_a_miss(zhida: House) -> None:
    ticket = answered(zhida, SERIOUS)
    do(zhida, ticket, "decide_visit", at(9, 10), needed=True)
    wake(ticket, at(10, 0, 1))
    do(zhida, ticket, "decide_visit", at(10, 10), needed=False)
    assert clock(ticket, "dispatch").state == "missed"
    assert "arrival" not in metrics(ticket)
    assert escalation(ticket, "dispatch").state == "ended"


def test_whoever_goes_there_has_decided(zhida: House) -> None:
    ticket = answered(zhida, SERIOUS)
    do(zhida, ticket, "depart", at(9, 30), by="engineer")
    assert ticket.visit == "needed"
    assert clock(ticket, "dispatch").state == "met"
    assert clock(ticket, "arrival").due_at == at(11)
