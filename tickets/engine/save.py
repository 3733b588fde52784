"""Write what settling has changed: a fixed number of statements for any number of cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models

from servicedesk.lib import bulk
from tickets import search
from tickets.engine.case import Case
from tickets.models import Escalation, EscalationStep, Ticket, TicketClock, TicketEvent
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


def save_cases(cases: Collection[Case], *, now: datetime) -> None:
    """Insert events, clocks, escalations and steps; update what changed, and the search."""
    _insert(TicketEvent, [event for case in cases for event in case.events])
    _save_clocks(cases)
    _save_escalations(cases)
    steps = []
    for case in cases:
        for escalation, step in case.steps:
            step.clock_id = step.clock.pk
            step.escalation_id = escalation.pk if escalation else None
            steps.append(step)
    _insert(EscalationStep, steps)
    changed = [case.ticket for case in cases]
    for case in cases:
        if case.events:
            case.ticket.updated_at = now
    bulk.update(
        Ticket,
        [_columns(t, ("id", *TICKET_FIELDS)) for t in changed],
        fields=TICKET_FIELDS,
    )
    search.index_many([case.ticket.pk for case in cases if _talked(case)])


def _talked(case: Case) -> bool:
    """Whether words were added that the search has to learn; a receipt's it knows."""
    return any(
        search.has_words(event) and event.kind != FactKind.RECEIVED
        for event in case.events
    )


def _save_clocks(cases: Collection[Case]) -> None:
    rows = [case.clocks[key] for case in cases for key in sorted(case.changed_clocks)]
    _insert(TicketClock, [row for row in rows if not row.pk])
    known = [row for row in rows if not row._state.adding]
    bulk.update(
        TicketClock,
        [_columns(r, ("id", *CLOCK_FIELDS)) for r in known],
        fields=CLOCK_FIELDS,
    )
    for row in rows:
        row._state.adding = False


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


def _insert(model: type[models.Model], rows: Iterable[Any]) -> None:
    """Insert objects in one statement and give them their keys."""
    rows = list(rows)
    names = [f.attname for f in model._meta.concrete_fields if not f.primary_key]
    keys = bulk.insert(model, [_columns(row, names) for row in rows], returning=("id",))
    for row, (pk,) in zip(rows, keys, strict=True):
        row.pk = pk


def _columns(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
