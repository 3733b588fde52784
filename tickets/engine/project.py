"""From derived clocks to stored rows, and from both to the ticket's own columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sla.rules import Severity
from tickets.engine.case import Case
from tickets.models import Escalation, TicketClock
from tickets.rules.facts import Clock, ClockState
from tickets.rules.level import head_of

#: What a stored clock repeats of the derived one, besides its pauses.
FIELDS = (
    "state",
    "counts",
    "started_at",
    "due_at",
    "warn_at",
    "finished_at",
    "missed_at",
    "start_event",
    "provisional",
)


def missed_at(clock: Clock) -> datetime:
    """When a clock was missed that is known to be."""
    if clock.missed_at is None:
        raise ValueError(clock.key)
    return clock.missed_at


def row_of(case: Case, clock: Clock) -> TicketClock:
    """The row of a clock that :func:`store_clock` has stored in the case."""
    return case.clocks[clock.key]


def store_clock(case: Case, clock: Clock) -> TicketClock:
    """Bring the row of a clock up to what was derived; note it if it changed."""
    row = case.clocks.get(clock.key)
    if row is None:
        row = case.clocks[clock.key] = _new_row(case, clock)
        case.changed_clocks.add(clock.key)
    values: dict[str, Any] = {name: getattr(clock, name) for name in FIELDS}
    values["state"] = clock.state.value
    values["pauses"] = [
        {
            "start": pause.start.isoformat(),
            "end": pause.end.isoformat() if pause.end else None,
            "reason": str(pause.reason),
        }
        for pause in clock.pauses
    ]
    values |= _copied(case)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            case.changed_clocks.add(clock.key)
    return row


def _new_row(case: Case, clock: Clock) -> TicketClock:
    ticket = case.ticket
    return TicketClock(
        tenant_id=ticket.tenant_id,
        ticket=ticket,
        key=clock.key,
        metric=clock.target.metric.value,
        tier=clock.tier,
        severity=int(clock.severity),
        standard_version_id=clock.standard,
        limit=clock.target.limit,
    )


def _copied(case: Case) -> dict[str, Any]:
    ticket = case.ticket
    return {
        "received_at": ticket.received_at,
        "client_id": ticket.client_id,
        "department_id": ticket.department_id,
        "assignee_id": ticket.assignee_id,
    }


def project_head(case: Case) -> None:
    """When a ticket was received and resolved, and how severe it is: what its facts say."""
    head, ticket = head_of(case.facts), case.ticket
    if head is not None:
        ticket.severity = int(head.severity)
        ticket.received_at, ticket.resolved_at = head.received_at, head.resolved_at


def project_ticket(case: Case, clocks: Iterable[Clock]) -> None:
    """Write what lists sort and filter by: the next due time, the miss, the tier."""
    ticket = case.ticket
    open_clocks = [clock for clock in clocks if clock.counts and clock.open]
    running = [clock for clock in open_clocks if clock.due_at is not None]
    first = min(running, key=lambda c: (c.due_at, c.key), default=None)
    ticket.next_due_at = first.due_at if first else None
    ticket.next_metric = first.target.metric.value if first else ""
    warned = [
        c.warn_at for c in running if c.warn_at and c.state is not ClockState.MISSED
    ]
    ticket.next_warn_at = min(warned, default=None)
    ticket.missed_open = any(clock.state is ClockState.MISSED for clock in open_clocks)
    ticket.escalated = any(e.state == Escalation.State.OPEN for e in case.escalations)
    ticket.tier = case.standard.tier_for(Severity(ticket.severity)).key
