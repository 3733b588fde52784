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
    name_of = settlement.staffing.name_of
    present = [name_of(told.membership_id) for told in found.told if not told.copy]
    for told in found.told:
        chosen = "copy_to_absent" if told.copy else kind
        if found.alarm and told.as_role == found.reached and not told.copy:
            chosen = "nobody_reachable"
        more = {
            "as": told.as_role,
            "problem": found.problem,
            "instead_of": name_of(told.instead_of),
            "stand_in": ", ".join(present) if told.copy else "",
        }
        _draft(settlement, told.membership_id, chosen, key=key, params=params | more)


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
    """Most of the limit is used: the assignee is told, or whom the tier names instead."""
    standard = settlement.case.standards[row.standard_version_id]
    found = _resolve(settlement, standard.tier(row.tier).warn)
    _keep_step(settlement, None, row, step=step, due=due, found=found)
    _spread(
        settlement,
        found,
        kind="clock_warning",
        key=f"{row.key}:{step}:{due.isoformat()}",
        params=_params(settlement, row, clock=row.key),
    )


def _resolve(settlement: Settlement, tell: Recipient) -> Resolution:
    """Who that is now: the assignee, else the dedicated engineer, else the desk; or a manager."""
    ticket, staffing, now = settlement.case.ticket, settlement.staffing, settlement.now
    if tell is Recipient.DEPARTMENT_MANAGER:
        return staffing.department_manager(ticket.department_id, now)
    if tell is Recipient.GENERAL_MANAGER:
        return staffing.general_manager(now)
    engineer = ticket.project.engineer_id if ticket.project else None
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
    params = _params(
        settlement,
        row,
        missed_at=escalation.opened_at.isoformat(),
        step=rung.key,
        acknowledged_by=settlement.staffing.name_of(escalation.acknowledged_by_id),
        plan=escalation.plan[:300],
    )
    if _repeats(settlement, escalation, rung):
        # One message per person, ticket and hour, whatever is behind by then. The hour is
        # that of the reminder's time: late ones must not swallow the next.
        key, kind = f"reminder:{rung.due_at:%Y%m%d%H}", "reminder"
        params["items"] = _unanswered(settlement)
    else:
        key = f"{row.key}:{step}:{rung.due_at.isoformat()}"
        kind = "clock_missed" if rung.due_at == escalation.opened_at else "escalated"
    _spread(settlement, found, kind=kind, key=key, params=params)


def _repeats(settlement: Settlement, escalation: Escalation, rung: Rung) -> bool:
    standard = settlement.case.standards[escalation.standard_version_id]
    steps = standard.tier(escalation.tier).escalation
    return any(rule.key == rung.key and rule.every for rule in steps)


def _unanswered(settlement: Settlement) -> list[dict[str, Any]]:
    return [
        {
            "metric": e.metric,
            "missed_at": e.opened_at.isoformat(),
            "clock": settlement.row_of(e).key,
        }
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
    for member in sorted(settlement.case.told_of(escalation)):
        _draft(
            settlement,
            member,
            "withdrawn",
            key=f"{row.key}:withdrawn:{event.seq}",
            params=_params(settlement, row),
        )


def closed_by_time(settlement: Settlement) -> None:
    """The customer said nothing for as long as the standard gives them."""
    case = settlement.case
    ticket = case.ticket
    named = (ticket.requester_id, ticket.assignee_id, *case.followers)
    params = {
        "number": ticket.number,
        "title": ticket.title,
        "state": "closed",
        "by": "time",
    }
    for member in sorted({one for one in named if one is not None}):
        _draft(
            settlement,
            member,
            "state_changed",
            key=f"closed:{ticket.last_seq}",
            params=params,
        )
