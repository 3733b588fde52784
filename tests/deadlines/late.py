"""Tickets that are late, and what was recorded of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connections

from deadlines import services as alarm
from notifications.models import Message
from servicedesk.lib.now import database_now
from tests.world import House
from tickets import services
from tickets.models import Escalation, EscalationStep, Ticket, TicketClock


def overdue(house: House, count: int = 1) -> list[Ticket]:
    """Tickets whose response is overdue by five minutes and not yet recorded as missed."""
    with house.scope():
        now = database_now()
        tickets = [
            services.file_ticket(
                actor=house.actor("client"),
                now=now - timedelta(hours=2, minutes=5),
                client=house.client_org,
                project=house.project,
                title=f"Late {number}",
                severity=1,
            )
            for number in range(count)
        ]
    return tickets


def fire_all(claims: list[alarm.Claim], lease: Any, house: House) -> int:
    return alarm.fire(
        tenant_id=house.tenant.pk, kind="ticket", lease=lease, claims=claims
    )


def counts(house: House) -> dict[str, int]:
    with house.scope():
        return {
            "escalations": Escalation.objects.count(),
            "steps": EscalationStep.objects.count(),
            "missed": TicketClock.objects.filter(fired_at__isnull=False).count(),
            "messages": Message.objects.filter(kind="clock_missed").count(),
        }


def in_threads(call: Callable[[], Any], number: int) -> list[Any]:
    """Run a call in several threads at once, each with connections of its own."""
    found: list[Any] = []
    barrier = threading.Barrier(number)

    def run() -> None:
        barrier.wait()
        try:
            found.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
