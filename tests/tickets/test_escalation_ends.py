"""An escalation belongs to one missed clock and ends when that is done, or nobody has to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deadlines.models import Deadline
from tests.tickets.scene import (
    SERIOUS,
    at,
    clock,
    do,
    escalation,
    file,
    last_message,
    promise,
    told,
    wake,
)
from tests.world import House
from tickets import services
from tickets.models import Ticket


def armed(ticket: Ticket, metric: str) -> list[str]:
    rows = Deadline.objects.filter(
        topic_id=ticket.pk, fired_at=None, subject__startswith=metric
    )
    return sorted(rows.values_list("step", flat=True))


def cancel(house: House, ticket: Ticket) -> None:
    do(house, ticket, "cancel", at(10, 10))


def merge(house: House, ticket: Ticket) -> None:
    other = file(house, at(9, 50), SERIOUS)
    services.merge(
        actor=house.actor("agent"),
        now=at(10, 10),
        ticket=ticket,
        into=other,
        reason="The same screen.",
    )


def resolve(house: House, ticket: Ticket) -> None:
    do(house, ticket, "resolve", at(10, 10))


def no_visit(house: House, ticket: Ticket) -> None:
    do(house, ticket, "decide_visit", at(10, 10), needed=False)


def depart(house: House, ticket: Ticket) -> None:
    do(house, ticket, "depart", at(10, 10), by="engineer")


@pytest.mark.parametrize("end", [cancel, merge, resolve, no_visit, depart])
def test_it_ends_when_nobody_has_to_do_it_any_more(
    zhida: House, end: Callable[[House, Ticket], None]
) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "answer", at(9, 5))
    do(zhida, ticket, "decide_visit", at(9, 6), needed=True)
    wake(ticket, at(10, 0, 1))
    assert armed(ticket, "dispatch") == ["general_manager"]
    end(zhida, ticket)
    row = escalation(ticket, "dispatch")
    assert (row.state, row.ended_at) == ("ended", at(10, 10))
    assert clock(ticket, "dispatch").state == "missed"  # it stays a broken promise
    assert armed(ticket, "dispatch") == []
    mark = last_message()
    wake(ticket, at(10, 45))
    rows = told(zhida, "escalated", since=mark)
    assert rows == []


def test_each_missed_clock_has_its_own(zhida: House) -> None:
    ticket = file(zhida, at(9))
    wake(ticket, at(15, 0, 1))
    assert escalation(ticket).state == escalation(ticket, "resolution").state == "open"
    do(zhida, ticket, "answer", at(15, 5))
    assert escalation(ticket).state == "ended"
    assert escalation(ticket, "resolution").state == "open"
    assert ticket.escalated


def test_a_call_back_that_is_owed_is_owed_after_closing_too(zhida: House) -> None:
    target = """      resolution:
        limit: 8h
        from: received
"""
    call = """      call_back:
        limit: 2h
        from: resolution
"""
    project = promise(zhida, call=f"{target} => {target}{call}")
    ticket = file(zhida, at(9), project=project)
    do(zhida, ticket, "resolve", at(9, 30))
    do(zhida, ticket, "confirm", at(9, 40), by="client")
    wake(ticket, at(11, 30, 1))
    row = escalation(ticket, "call_back")
    assert (row.state, ticket.state) == ("open", "closed")
    assert ("manager", "clock_missed") in told(zhida)
    do(zhida, ticket, "call_back", at(11, 45))
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("ended", at(11, 45))


def test_nothing_is_told_of_a_merge_that_made_the_miss_none(zhida: House) -> None:
    """Answered in the other ticket in time: the survivor's miss is withdrawn."""
    first = file(zhida, at(9))
    other = file(zhida, at(9, 30))
    do(zhida, other, "answer", at(10))
    wake(first, at(11, 0, 1))
    services.merge(
        actor=zhida.actor("agent"),
        now=at(11, 10),
        ticket=other,
        into=first,
        reason="The same screen.",
    )
    first.refresh_from_db()
    assert escalation(first).state == "withdrawn"
    assert clock(first, "first_response").state == "met"
    assert first.severity == 1
    services.unmerge(actor=zhida.actor("agent"), now=at(11, 20), ticket=other)
    first.refresh_from_db()
    assert (clock(first, "first_response").state, first.severity) == ("missed", SERIOUS)
    assert escalation(first).state == "open"
