"""A ticket to work on, and its work order, in the afternoon of one fixed day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.world import House
from tickets import services
from tickets.models import Ticket, WorkOrder
from tickets.services import work

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """An instant of the day."""
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.fixture
def ticket(zhida: House) -> Ticket:
    """Received at nine, urgent."""
    return services.file_ticket(
        actor=zhida.actor("client"),
        now=at(9),
        client=zhida.client_org,
        project=zhida.project,
        equipment=zhida.equipment,
        title="The control room is dark",
        severity=3,
        requester=zhida.people["client"],
    )


@pytest.fixture
def send(zhida: House, ticket: Ticket) -> Callable[..., WorkOrder]:
    """Dispatches a work order at 9:05 to the engineer."""

    def dispatch(**values: Any) -> WorkOrder:
        given: dict[str, Any] = {
            "purpose": "Look at the power supply",
            "engineer": zhida.engineer,
        }
        return work.dispatch(
            actor=zhida.actor("agent"), now=at(9, 5), ticket=ticket, **(given | values)
        )

    return dispatch


@pytest.fixture
def on_site(zhida: House, send: Callable[..., WorkOrder]) -> WorkOrder:
    """Accepted 9:06, departed 9:10, arrived 9:40."""
    order = send()
    me = zhida.actor("engineer")
    work.accept_work(actor=me, now=at(9, 6), order=order)
    work.depart_for_work(actor=me, now=at(9, 10), order=order)
    work.arrive_for_work(actor=me, now=at(9, 40), order=order)
    return order
