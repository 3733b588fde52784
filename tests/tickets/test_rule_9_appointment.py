"""Rule 9 through the services: appointments agreed, moved, kept and missed."""

from __future__ import annotations

from datetime import datetime

import pytest

from servicedesk.lib.errors import ServiceError
from tests.tickets.scene import at, clock, do, escalation, file, kinds, told, wake
from tests.world import House
from tickets.models import Ticket


def agreed(house: House, hour: int = 14) -> Ticket:
    """A general ticket, answered, to be visited at 14:00 by agreement of 10:00."""
    ticket = file(house, at(9))
    do(house, ticket, "answer", at(9, 30))
    do(house, ticket, "decide_visit", at(9, 31), needed=True)
    return do(house, ticket, "agree_appointment", at(10), at=at(hour), asked_by="us")


def test_arrival_is_due_then_with_a_warning_half_an_hour_before(zhida: House) -> None:
    ticket = agreed(zhida)
    arrival = clock(ticket, "arrival")
    assert (arrival.due_at, arrival.warn_at) == (at(14), at(13, 30))
    wake(ticket, at(13, 30))
    assert told(zhida, "clock_warning") == [("agent", "clock_warning")]
    wake(ticket, at(14, 0, 0.000001))
    assert escalation(ticket, "arrival").opened_at == at(14)


def test_the_wait_runs_from_the_agreement_to_the_time_and_ends_by_itself(
    zhida: House,
) -> None:
    ticket = agreed(zhida)
    assert (ticket.state, ticket.wait_reason) == ("waiting", "appointment")
    assert clock(ticket, "resolution").due_at == at(21)  # 4 h do not count
    wake(ticket, at(14))
    assert (ticket.state, ticket.wait_reason) == ("in_progress", "")
    event = ticket.events.get(kind="wait_ended")
    assert (event.happened_at, event.via) == (at(14), "system")
    assert clock(ticket, "resolution").due_at == at(21)


def test_arriving_earlier_ends_it_then(zhida: House) -> None:
    ticket = agreed(zhida)
    do(zhida, ticket, "arrive", at(13), by="engineer")
    assert (ticket.state, clock(ticket, "arrival").state) == ("in_progress", "met")
    assert clock(ticket, "resolution").due_at == at(20)


def test_calling_it_off_ends_it_then(zhida: House) -> None:
    ticket = agreed(zhida)
    do(zhida, ticket, "cancel_appointment", at(12))
    assert (ticket.state, ticket.appointment_at) == ("in_progress", None)
    assert clock(ticket, "resolution").due_at == at(19)


def test_a_move_before_it_ended_extends_or_shortens_it(zhida: House) -> None:
    later, sooner = agreed(zhida), agreed(zhida)
    do(zhida, later, "agree_appointment", at(13), at=at(16), asked_by="client")
    do(zhida, sooner, "agree_appointment", at(11), at=at(12), asked_by="client")
    assert clock(later, "resolution").due_at == at(23)
    assert clock(sooner, "resolution").due_at == at(19)


def test_after_it_ended_a_new_wait_begins_at_the_new_agreement(zhida: House) -> None:
    ticket = agreed(zhida)
    do(zhida, ticket, "arrive", at(14), by="engineer")
    do(zhida, ticket, "agree_appointment", at(15), at=at(17), asked_by="us")
    assert clock(ticket, "resolution").due_at == at(23)  # 4 h and 2 h


def test_a_visit_that_nobody_made_stays_missed_whatever_is_agreed_then(
    zhida: House,
) -> None:
    ticket = wake(agreed(zhida), at(14, 1))
    do(zhida, ticket, "agree_appointment", at(15), at=at(17), asked_by="us")
    assert clock(ticket, "arrival").state == "missed"
    assert ticket.appointment_moves == 1


def test_who_asked_for_each_move_is_recorded_and_moves_are_counted(
    zhida: House,
) -> None:
    ticket = agreed(zhida)
    do(zhida, ticket, "agree_appointment", at(11), at=at(15), asked_by="client")
    do(zhida, ticket, "agree_appointment", at(12), at=at(16), asked_by="us")
    rows = ticket.events.filter(kind="appointment_agreed").order_by("seq")
    assert [(row.data["asked_by"], row.data["moved"]) for row in rows] == [
        ("us", False),
        ("client", True),
        ("us", True),
    ]
    assert ticket.appointment_moves == 2


def test_another_visit_after_the_first_is_no_move(zhida: House) -> None:
    ticket = agreed(zhida)
    do(zhida, ticket, "arrive", at(14), by="engineer")
    do(zhida, ticket, "agree_appointment", at(15), at=at(9, day=1))
    assert ticket.appointment_moves == 0
    do(zhida, ticket, "agree_appointment", at(16), at=at(10, day=1))
    assert ticket.appointment_moves == 1


def test_an_agreement_entered_afterwards_may_lie_wholly_in_the_past(
    zhida: House,
) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(9, 30))
    do(zhida, ticket, "arrive", at(14), by="engineer")
    do(
        zhida,
        ticket,
        "agree_appointment",
        at(15),
        at=at(14),
        happened_at=at(10),
        reason="No network.",
    )
    assert (ticket.state, clock(ticket, "resolution").due_at) == ("in_progress", at(21))
    assert kinds(ticket).count("wait_ended") == 1


@pytest.mark.parametrize(
    ("when", "code"), [(at(10), "in_the_past"), (at(10, day=367), "too_far")]
)
def test_times_that_are_refused(zhida: House, when: datetime, code: str) -> None:
    ticket = file(zhida, at(9))
    with pytest.raises(ServiceError) as refused:
        do(zhida, ticket, "agree_appointment", at(10), at=when)
    assert (refused.value.code, refused.value.field) == (code, "at")


def test_planned_work_has_a_date_instead_of_the_resolution_limit(zhida: House) -> None:
    ticket = file(zhida, at(9), kind="planned")
    do(zhida, ticket, "answer", at(9, 30))
    do(zhida, ticket, "agree_appointment", at(10), at=at(10, day=5), asked_by="client")
    states = dict(ticket.clocks.values_list("metric", "due_at"))
    assert states == {"first_response": at(11), "arrival": at(10, day=5)}
