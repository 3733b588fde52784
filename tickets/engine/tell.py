"""Whom the promise tells what: the recipients and messages of each step."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from notifications.services import Draft
from people.rules import Resolution
from sla.rules import Recipient
from tickets.kinds import EventKind
from tickets.models import Escalation, EscalationStep, TicketClock, TicketEvent
from tickets.rules.ladder import Rung

if TYPE_CHECKING:
    from tickets.engine.settle import Settlement


def _params(settlement: Settlement, row: TicketClock, **more: Any) -> dict[str, Any]:
    ticket = settlement.case.ticket
    return {
        "number": ticket.number,
        "title": ticket.title,
        "metric": row.metric,
        "severity": ticket.severity,
        "due_at": row.due_at.isoformat() if row.due_at else None,
    } | more


def _draft(
    settlement: Settlement,
    recipient: int,
    kind: str,
    *,
    key: str,
    params: dict[str, Any],
) -> None:
    ticket = settlement.case.ticket
    settlement.case.drafts.append(
        Draft(
            recipient_id=recipient,
            kind=kind,
            dedupe_key=f"t{ticket.pk}:{key}",
            topic="ticket",
            topic_id=ticket.pk,
            params=params,
        )
    )


def _spread(
    settlement: Settlement,
    found: Resolution,
    *,
    kind: str,
    key: str,
    params: dict[str, Any],
) -> None:
    """One message to everyone told; the absent get a copy, administrators the alarm."""
    for told in found.told:
        chosen = "copy_to_absent" if told.copy else kind
        if found.alarm and told.as_role == found.reached and not told.copy:
            chosen = "nobody_reachable"
        _draft(
            settlement,
            told.membership_id,
            chosen,
            key=key,
            params=params | {"as": told.as_role, "problem": found.problem},
        )


def _keep_step(
    settlement: Settlement,
    escalation: Escalation | None,
    row: TicketClock,
    *,
    step: str,
    due: datetime,
    found: Resolution,
) -> None:
    kept = EscalationStep(
        tenant_id=row.tenant_id,
        escalation=escalation,
        ticket=settlement.case.ticket,
        clock=row,
        step=step,
        due_at=due,
        fired_at=settlement.now,
        told=[
            {
                "membership": told.membership_id,
                "as": told.as_role,
                "instead_of": told.instead_of,
                "copy": told.copy,
            }
            for told in found.told
        ],
        problem=found.problem,
    )
    settlement.case.steps.append((escalation, kept))


def warning(
    settlement: Settlement, row: TicketClock, *, step: str, due: datetime
) -> None:
    """75 % of the limit is used: the assignee, else the dedicated engineer, else the desk."""
    ticket = settlement.case.ticket
    engineer = (
        ticket.project.engineer_id if ticket.project_id and ticket.project else None
    )
    found = settlement.staffing.warned(
        ticket.assignee_id, engineer, ticket.department_id, at=settlement.now
    )
    _keep_step(settlement, None, row, step=step, due=due, found=found)
    _spread(
        settlement,
        found,
        kind="clock_warning",
        key=f"{row.key}:{step}:{due.isoformat()}",
        params=_params(settlement, row),
    )


def _resolve(settlement: Settlement, tell: Recipient) -> Resolution:
    ticket, staffing, now = settlement.case.ticket, settlement.staffing, settlement.now
    if tell is Recipient.DEPARTMENT_MANAGER:
        return staffing.department_manager(ticket.department_id, now)
    if tell is Recipient.GENERAL_MANAGER:
        return staffing.general_manager(now)
    engineer = (
        ticket.project.engineer_id if ticket.project_id and ticket.project else None
    )
    return staffing.warned(ticket.assignee_id, engineer, ticket.department_id, at=now)


def rung(
    settlement: Settlement,
    escalation: Escalation,
    row: TicketClock,
    *,
    rung: Rung,
    step: str,
) -> None:
    """A rung of the ladder: the manager at the miss, the next above, the reminders."""
    found = _resolve(settlement, rung.tell)
    _keep_step(settlement, escalation, row, step=step, due=rung.due_at, found=found)
    repeats = _repeats(settlement, escalation, rung)
    if repeats:
        # One message per person, ticket and hour, whatever is behind by then.
        key, kind = f"reminder:{settlement.now:%Y%m%d%H}", "reminder"
    else:
        key = f"{row.key}:{step}:{rung.due_at.isoformat()}"
        kind = "clock_missed" if rung.due_at == escalation.opened_at else "escalated"
    settlement.case.record(
        EventKind.ESCALATED,
        actor=settlement.actor,
        now=settlement.now,
        at=rung.due_at,
        data={
            "clock": row.key,
            "metric": row.metric,
            "step": step,
            "to": found.reached,
        },
    )
    missed_at = escalation.opened_at.isoformat()
    params = _params(settlement, row, missed_at=missed_at, step=rung.key)
    if repeats:
        params["items"] = _unanswered(settlement)
    _spread(settlement, found, kind=kind, key=key, params=params)


def _repeats(settlement: Settlement, escalation: Escalation, rung: Rung) -> bool:
    standard = settlement.case.standards[escalation.standard_version_id]
    tier = next(tier for tier in standard.tiers if tier.key == escalation.tier)
    return any(rule.key == rung.key and rule.every for rule in tier.escalation)


def _unanswered(settlement: Settlement) -> list[dict[str, Any]]:
    return [
        {"metric": e.metric, "missed_at": e.opened_at.isoformat()}
        for e in settlement.case.escalations
        if e.state == Escalation.State.OPEN and e.acknowledged_at is None
    ]


def miss_recorded(settlement: Settlement, row: TicketClock, event: TicketEvent) -> None:
    """A correction made a miss of something already done: one message, no ladder (rule 7)."""
    found = settlement.staffing.department_manager(
        settlement.case.ticket.department_id, settlement.now
    )
    _spread(
        settlement,
        found,
        kind="miss_recorded",
        key=f"{row.key}:recorded:{event.seq}",
        params=_params(settlement, row),
    )


def withdrawn(
    settlement: Settlement,
    escalation: Escalation,
    row: TicketClock,
    *,
    event: TicketEvent,
) -> None:
    """Whoever was told of the miss is told that it was none (rule 7)."""
    told: set[int] = set()
    if escalation.pk:
        steps = EscalationStep.objects.filter(escalation_id=escalation.pk)
        for people in steps.values_list("told", flat=True):
            told |= {one["membership"] for one in people}
    for member in sorted(told):
        _draft(
            settlement,
            member,
            "withdrawn",
            key=f"{row.key}:withdrawn:{event.seq}",
            params=_params(settlement, row),
        )


def closed_by_time(settlement: Settlement) -> None:
    """The customer said nothing for as long as the standard gives them."""
    ticket = settlement.case.ticket
    if ticket.requester_id is None:
        return
    params = {
        "number": ticket.number,
        "title": ticket.title,
        "state": "closed",
        "by": "time",
    }
    _draft(
        settlement,
        ticket.requester_id,
        "state_changed",
        key=f"closed:{ticket.last_seq}",
        params=params,
    )
