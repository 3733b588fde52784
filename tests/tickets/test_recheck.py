"""What is stored of the clocks equals what the record says; a slip is found."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.tickets.scene import SERIOUS, URGENT, at, do, file, wake
from tests.world import House
from tickets.models import Ticket, TicketClock
from tickets.services.checking import differing_clocks


def full_of_turns(house: House) -> Ticket:
    """Missed, raised, paused, visited, resolved and reopened."""
    ticket = wake(file(house, at(9)), at(11, 0, 1))
    do(house, ticket, "answer", at(11, 10))
    do(house, ticket, "start_wait", at(11, 20), wait="customer")
    do(house, ticket, "reply", at(11, 50), by="client")
    do(house, ticket, "agree_appointment", at(12), at=at(13))
    do(house, ticket, "arrive", at(12, 50), by="engineer")
    do(house, ticket, "resolve", at(13, 30))
    return do(house, ticket, "refuse", at(14), by="client")


def test_stored_and_recomputed_are_the_same(zhida: House) -> None:
    tickets = [full_of_turns(zhida), file(zhida, at(14), URGENT)]
    ids = [ticket.pk for ticket in tickets]
    assert differing_clocks(ticket_ids=ids, now=at(14, 1)) == {}


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (TicketClock, {"due_at": at(23)}),
        (TicketClock, {"pauses": []}),
        (TicketClock, {"state": "met"}),
        (Ticket, {"severity": URGENT}),
        (Ticket, {"received_at": at(8)}),
    ],
)
def test_a_slip_is_found_and_left_as_it_is(
    zhida: House, model: Any, change: dict[str, Any]
) -> None:
    ticket = full_of_turns(zhida)
    rows = model.objects.filter(
        **({"metric": "resolution", "counts": True} if model is TicketClock else {})
    )
    rows.update(**change)
    assert list(differing_clocks(ticket_ids=[ticket.pk], now=at(14, 1))) == [
        ticket.number
    ]
    assert rows.filter(**change).exists()


def test_what_the_sweep_is_about_to_do_is_no_slip(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    now = at(9, 45) + timedelta(seconds=1)
    assert differing_clocks(ticket_ids=[ticket.pk], now=now) == {}


def test_the_command_fails_where_something_differs(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "resolve", at(9, 30))
    do(zhida, ticket, "confirm", at(9, 40), by="client")
    out = StringIO()
    call_command("recheck_clocks", tenant="zhida", stdout=out)
    assert "1 tickets are as their record says" in out.getvalue()
    TicketClock.objects.filter(metric="resolution").update(finished_at=at(9, 31))
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("recheck_clocks", tenant="zhida", stdout=out)
    assert ticket.number in out.getvalue()
