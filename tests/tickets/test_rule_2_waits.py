"""Rule 2: a wait pauses a clock only where the tier says so; a reply ends it at its time."""

from __future__ import annotations

import pytest

from servicedesk.lib.errors import Conflict, ServiceError
from tests.tickets.scene import SERIOUS, URGENT, at, clock, do, file, wake
from tests.world import House
from tickets.models import Ticket


def waiting(house: House, wait: str = "customer", severity: int = 1) -> Ticket:
    """Answered at 9:10; since 9:20 it waits."""
    ticket = file(house, at(9), severity)
    do(house, ticket, "answer", at(9, 10))
    return do(house, ticket, "start_wait", at(9, 20), wait=wait)


def test_the_customers_reply_ends_it_at_the_replys_time(zhida: House) -> None:
    ticket = waiting(zhida)
    assert clock(ticket, "resolution").state == "paused"
    do(zhida, ticket, "reply", at(11, 20), by="client")
    assert (ticket.state, ticket.wait_reason) == ("in_progress", "")
    assert clock(ticket, "resolution").due_at == at(19)
    pauses = clock(ticket, "resolution").pauses
    assert [pause["end"] for pause in pauses] == [at(11, 20).isoformat()]


def test_a_reply_of_ours_ends_nothing(zhida: House) -> None:
    ticket = do(zhida, waiting(zhida), "reply", at(11, 20))
    assert (ticket.state, clock(ticket, "resolution").state) == ("waiting", "paused")


def test_the_customers_reply_does_not_bring_parts(zhida: House) -> None:
    ticket = do(zhida, waiting(zhida, "parts"), "reply", at(11, 20), by="client")
    assert (ticket.state, ticket.wait_reason) == ("waiting", "parts")


@pytest.mark.parametrize(
    ("wait", "severity"), [("parts", 1), ("third_party", SERIOUS), ("customer", URGENT)]
)
def test_where_the_tier_does_not_say_so_the_clock_goes_on(
    zhida: House, wait: str, severity: int
) -> None:
    ticket = waiting(zhida, wait, severity)
    due = clock(ticket, "resolution").due_at
    assert (ticket.state, clock(ticket, "resolution").state) == ("waiting", "running")
    do(zhida, ticket, "end_wait", at(10, 30))
    assert clock(ticket, "resolution").due_at == due


def test_one_thing_at_a_time_a_new_wait_takes_the_former_ones_place(
    zhida: House,
) -> None:
    ticket = waiting(zhida)
    do(zhida, ticket, "start_wait", at(10, 20), wait="parts")
    assert ticket.wait_reason == "parts"
    assert clock(ticket, "resolution").due_at == at(18)  # one hour, not more


def test_an_agreed_time_is_an_answer_to_what_was_waited_for(zhida: House) -> None:
    ticket = waiting(zhida)
    do(zhida, ticket, "agree_appointment", at(10, 20), at=at(12))
    assert ticket.wait_reason == "appointment"
    wake(ticket, at(12))
    assert (ticket.state, ticket.wait_reason) == ("in_progress", "")
    resolution = clock(ticket, "resolution")
    assert (resolution.state, resolution.due_at) == ("running", at(19, 40))


def test_a_wait_cannot_end_before_it_began(zhida: House) -> None:
    ticket = waiting(zhida)
    with pytest.raises(ServiceError) as refused:
        do(
            zhida,
            ticket,
            "end_wait",
            at(10),
            happened_at=at(9, 15),
            reason="He says so.",
        )
    assert (refused.value.code, refused.value.field) == ("after_next", "happened_at")
    ticket.refresh_from_db()
    assert (ticket.state, clock(ticket, "resolution").state) == ("waiting", "paused")


def test_the_wait_for_an_appointment_is_ended_by_nobodys_hand(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "agree_appointment", at(9, 20), at=at(12))
    with pytest.raises(Conflict, match="ends_by_itself"):
        do(zhida, ticket, "end_wait", at(9, 30))
