"""Which messages of the promise are overtaken by the time their e-mail could be sent.

A warning is, once the thing is done or nobody has to do it; a reminder, once everything that it
lists is answered. A miss and the steps of its escalation tell of what has happened: they are
always sent. (Reminders of the flow: ``tickets.engine.flows``.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from notifications.models import Message
from tickets.models import Escalation, TicketClock
from tickets.rules.facts import OPEN_STATES, ClockState

Clocks = set[tuple[int, str]]


def warnings_overtaken(messages: Sequence[Message]) -> set[int]:
    """Warnings of clocks that nobody has to look after any more."""
    climbing = Escalation.objects.filter(
        clock_id=OuterRef("pk"), state=Escalation.State.OPEN
    )
    open_ones = Q(state__in=[state.value for state in OPEN_STATES]) | Q(
        Exists(climbing), state=ClockState.MISSED
    )
    waiting = _found(TicketClock.objects.filter(open_ones), messages, "key")
    return _without(messages, waiting, lambda params: [params])


def reminders_overtaken(messages: Sequence[Message]) -> set[int]:
    """Reminders of what a manager has acknowledged, or what has ended."""
    unanswered = Escalation.objects.filter(
        state=Escalation.State.OPEN, acknowledged_at=None
    )
    waiting = _found(unanswered, messages, "clock__key")
    return _without(messages, waiting, lambda params: params.get("items", []))


def _found(rows: Any, messages: Sequence[Message], key: str) -> Clocks:
    tickets = {message.topic_id for message in messages}
    return set(rows.filter(ticket_id__in=tickets).values_list("ticket_id", key))


def _without(
    messages: Sequence[Message],
    waiting: Clocks,
    listed: Callable[[Any], Sequence[Any]],
) -> set[int]:
    """Those of which nothing that they list still waits; one that names no clock still tells."""
    return {
        message.pk
        for message in messages
        if (items := [item for item in listed(message.params) if item.get("clock")])
        if not any((message.topic_id, item["clock"]) in waiting for item in items)
    }
