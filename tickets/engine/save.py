"""Write what settling has changed: a fixed number of statements for any number of cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models

from servicedesk.lib import bulk
from tickets import search
from tickets.engine.case import Case
from tickets.models import (
    Escalation,
    EscalationStep,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketSearch,
)
from tickets.rules.facts import FactKind

TICKET_FIELDS = (
    "severity",
    "tier",
    "state",
    "wait_reason",
    "kind",
    "visit",
    "appointment_at",
    "appointment_moves",
    "project_id",
    "site_id",
    "equipment_id",
    "standard_version_id",
    "department_id",
    "flow_version_id",
    "flow_step",
    "second_line_id",
    "assignee_id",
    "merged_into_id",
    "received_at",
    "resolved_at",
    "closed_at",
    "updated_at",
    "next_due_at",
    "next_warn_at",
    "next_metric",
    "missed_open",
    "escalated",
    "last_seq",
)
CLOCK_FIELDS = (
    "state",
    "counts",
    "started_at",
    "due_at",
    "warn_at",
    "finished_at",
    "missed_at",
    "fired_at",
    "withdrawn_at",
    "start_event",
    "pauses",
    "provisional",
    "received_at",
    "client_id",
    "department_id",
    "assignee_id",
)
ESCALATION_FIELDS = (
    "state",
    "opened_at",
    "ended_at",
    "acknowledged_at",
    "acknowledged_by_id",
    "plan",
)


def save_cases(
    cases: Collection[Case], writes: bulk.Together, *, now: datetime
) -> None:
    """Insert new tickets, events, clocks, escalations and steps; update what changed.

    What else is to be written goes with them (``writes``); the search learns what was said.
    """
    talked = [c.ticket.pk for c in cases if not c.is_new and _talked(c)]
    _save_tickets(cases, writes, now=now)
    events = [event for case in cases for event in case.events]
    event_ids = writes.insert(TicketEvent, _rows(events))
    clocks, clock_ids = _save_clocks(cases, writes)
    writes.insert(
        TicketSearch, [search.row_of(c.ticket, c.events) for c in cases if c.is_new]
    )
    writes.run()
    _give_keys(events, event_ids)
    _give_keys(clocks, clock_ids)
    _save_escalations(cases)
    steps = []
    for case in cases:
        case.ticket._state.adding = False
        for escalation, step in case.steps:
            step.clock_id = step.clock.pk
            step.escalation_id = escalation.pk if escalation else None
            steps.append(step)
    _insert(EscalationStep, steps)
    search.index_many(talked)


def _save_tickets(
    cases: Collection[Case], writes: bulk.Together, *, now: datetime
) -> None:
    for case in cases:
        if case.events:
            case.ticket.updated_at = now
    names = [field.attname for field in Ticket._meta.concrete_fields]
    new = [case.ticket for case in cases if case.is_new]
    known = [case.ticket for case in cases if not case.is_new]
    writes.insert(Ticket, [_columns(ticket, names) for ticket in new])
    writes.update(
        Ticket,
        [_columns(ticket, ("id", *TICKET_FIELDS)) for ticket in known],
        fields=TICKET_FIELDS,
    )


def _talked(case: Case) -> bool:
    """Whether words were added that the search has to learn; a receipt's it knows."""
    return any(
        search.has_words(event) and event.kind != FactKind.RECEIVED
        for event in case.events
    )


def _save_clocks(
    cases: Collection[Case], writes: bulk.Together
) -> tuple[list[TicketClock], list[int]]:
    """Write what changed; the new ones and the list of their keys to come."""
    rows = [case.clocks[key] for case in cases for key in sorted(case.changed_clocks)]
    new = [row for row in rows if not row.pk]
    keys = writes.insert(TicketClock, _rows(new))
    writes.update(
        TicketClock,
        [_columns(row, ("id", *CLOCK_FIELDS)) for row in rows if row.pk],
        fields=CLOCK_FIELDS,
    )
    return new, keys


def _save_escalations(cases: Collection[Case]) -> None:
    changed = [row for case in cases for row in case.changed_escalations]
    for row in changed:
        row.clock_id = row.clock_id or row.clock.pk
    new = [row for row in changed if not row.pk]
    old = [row for row in changed if row.pk]
    _insert(Escalation, new)
    bulk.update(
        Escalation,
        [_columns(r, ("id", *ESCALATION_FIELDS)) for r in old],
        fields=ESCALATION_FIELDS,
    )


def _insert(model: type[models.Model], rows: Collection[Any]) -> None:
    """Insert objects in one statement and give them their keys."""
    keys = bulk.insert(model, _rows(rows), returning=("id",))
    _give_keys(rows, [pk for (pk,) in keys])


def _give_keys(rows: Iterable[Any], keys: Iterable[int]) -> None:
    for row, pk in zip(rows, keys, strict=True):
        row.pk, row._state.adding = pk, False


def _rows(objects: Collection[models.Model]) -> list[dict[str, Any]]:
    """All columns of objects of one model but their key."""
    first = next(iter(objects), None)
    if first is None:
        return []
    names = [f.attname for f in first._meta.concrete_fields if not f.primary_key]
    return [_columns(row, names) for row in objects]


def _columns(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
