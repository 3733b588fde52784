"""Severity raised and lowered; escalations answered."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tickets.engine import Case, working_on
from tickets.kinds import EventKind
from tickets.models import Escalation, Ticket
from tickets.rules.facts import FactKind
from tickets.rules.level import was_raised_by_escalation
from tickets.services.base import (
    acting_on,
    audience,
    excerpt,
    need,
    need_text,
    tell,
    tell_reply,
)

SEVERITIES = frozenset(Ticket.Severity.values)
#: What can be agreed for as long as it is not solved.
CONTINGENCIES = ("spare", "workaround", "other")


def raise_severity(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    to: int,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Raise the severity; a raise never gives us more time (rule 3)."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="raise_severity", actor=actor, now=now, version=version
    ) as case:
        raise_(case, to=to, reason=reason, actor=actor, now=now)
    return ticket


def lower_severity(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    to: int,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Lower the severity, with a reason that the client sees (rule 3).

    After an escalation has raised it only a manager may. Raises NotPermitted otherwise.
    """
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="lower_severity", actor=actor, now=now, version=version
    ) as case:
        lower(case, to=to, reason=reason, actor=actor, now=now)
    return ticket


def raise_(case: Case, *, to: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record a raise in an open case."""
    _check_severity(to, possible=case.ticket.severity < to)
    _change(case, FactKind.SEVERITY_RAISED, to=to, reason=reason, actor=actor, now=now)


def lower(case: Case, *, to: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record a lowering in an open case."""
    _check_severity(to, possible=case.ticket.severity > to)
    raised = was_raised_by_escalation(case.facts)
    if raised and not actor.may(Permission.TICKET_LOWER_ESCALATED):
        raise NotPermitted(
            "manager_needed",
            _("An escalation has raised this ticket; only a manager may lower it."),
            field="severity",
        )
    _change(case, FactKind.SEVERITY_LOWERED, to=to, reason=reason, actor=actor, now=now)


def _check_severity(to: int, *, possible: bool) -> None:
    if to not in SEVERITIES or not possible:
        raise ServiceError("unknown", _("Choose another severity."), field="severity")


def _change(
    case: Case, kind: FactKind, *, to: int, reason: str, actor: Actor, now: datetime
) -> None:
    reason = need_text(reason, field="reason")
    before, case.ticket.severity = case.ticket.severity, to
    event = case.record(
        kind, actor=actor, now=now, body=reason, data={"to": to, "from": before}
    )
    people = audience(case, clients=True, staff=True, but=actor.membership_id)
    word = "severity_raised" if kind is FactKind.SEVERITY_RAISED else "severity_lowered"
    tell(
        case,
        people,
        kind=word,
        key=f"severity:{event.seq}",
        params={
            "severity": to,
            "severity_before": before,
            "by": actor.name,
            "reason": excerpt(reason),
        },
    )


def acknowledge(
    *, actor: Actor, now: datetime, escalation: Escalation, plan: str
) -> Escalation:
    """A manager takes note of a miss, with a plan.

    That stops the reminders of this escalation, not the clock; a later miss opens a new one.
    """
    need(actor, Permission.ESCALATION_ACKNOWLEDGE)
    plan = need_text(plan, field="plan")
    with working_on([escalation.ticket_id], now=now) as cases:
        case = cases[escalation.ticket_id]
        row = next(e for e in case.escalations if e.pk == escalation.pk)
        if row.state != Escalation.State.OPEN or row.acknowledged_at is not None:
            raise Conflict(
                "already_answered", _("This escalation needs no answer any more.")
            )
        row.acknowledged_at, row.acknowledged_by_id = now, actor.membership_id
        row.plan = plan
        case.touch(row)
        event = case.record(
            EventKind.ACKNOWLEDGED,
            actor=actor,
            now=now,
            body=plan,
            data={"escalation": row.pk, "metric": row.metric},
        )
        tell(
            case,
            _concerned(case, row, but=actor.membership_id),
            kind="acknowledged",
            key=f"acknowledged:{event.seq}",
            params={"by": actor.name, "plan": excerpt(plan)},
        )
    escalation.refresh_from_db()
    return escalation


def _concerned(case: Case, escalation: Escalation, *, but: int | None) -> set[int]:
    """Whoever was told of an escalation, and whoever has the ticket."""
    people = case.told_of(escalation) | {case.ticket.assignee_id or 0}
    return people - {0, but}


def agree_contingency(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str,
    kind: str,
    agreed_with: str,
    version: int | None = None,
) -> Ticket:
    """Record the contingency plan agreed with the customer [A.C].

    ``kind`` is "spare" (or loaner) unit, "workaround" or "other"; ``body`` what was agreed,
    ``agreed_with`` who of the customer said yes.
    """
    need(actor, Permission.TICKET_WORK)
    body = need_text(body, field="body")
    agreed_with = need_text(agreed_with, field="agreed_with")
    if kind not in CONTINGENCIES:
        raise ServiceError("unknown", _("Choose one of the list."), field="kind")
    with acting_on(
        ticket, verb="agree_contingency", actor=actor, now=now, version=version
    ) as case:
        data = {"kind": kind, "agreed_with": agreed_with}
        event = case.record(
            EventKind.CONTINGENCY, actor=actor, now=now, body=body, data=data
        )
        tell_reply(case, event, actor=actor)
    return ticket
