"""Who does a work order and when: dispatched, given to another, moved, cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Membership
from people.roles import STAFF_ROLES, Permission
from servicedesk.lib.errors import ServiceError
from tickets.engine import Case
from tickets.kinds import EventKind
from tickets.models import Checklist, Ticket, WorkOrder
from tickets.rules.facts import FactKind
from tickets.services.base import UNSET, _Unset, acting_on, excerpt, need, need_text
from tickets.services.calling_off import about, record_cancelled, tell_engineer
from tickets.services.visiting import agree_appointment
from tickets.services.work.base import working

#: A plan further ahead than this is a slip of the finger; so is a longer job.
PLAN_MOST: Final = timedelta(days=366)
LONGEST: Final = timedelta(days=14)
#: Minutes for the way there where nobody has said.
TRAVEL: Final = 30


def dispatch(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    purpose: str,
    kind: str = WorkOrder.Kind.VISIT,
    engineer: Membership | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    travel: int = TRAVEL,
    version: int | None = None,
) -> WorkOrder:
    """Send somebody (or, without an engineer, put a job on the board).

    A visit decides that one is needed (rule 8). A plan is ours alone: what is agreed with
    the customer is the ticket's appointment. ``travel``: minutes for the way there. Raises
    ServiceError with the field at fault.
    """
    need(actor, Permission.WORK_DISPATCH)
    purpose = need_text(purpose, field="purpose")
    check_engineer(engineer)
    check_plan(start, end, now=now)
    with acting_on(
        ticket, verb="dispatch", actor=actor, now=now, version=version
    ) as case:
        if kind == WorkOrder.Kind.VISIT and case.ticket.visit != Ticket.Visit.NEEDED:
            case.record(
                FactKind.VISIT_DECIDED, actor=actor, now=now, data={"needed": True}
            )
            case.ticket.visit = Ticket.Visit.NEEDED.value
        last = WorkOrder.objects.filter(ticket_id=ticket.pk).aggregate(
            last=Max("ordinal")
        )
        order = WorkOrder.objects.create(
            ticket=case.ticket,
            ordinal=(last["last"] or 0) + 1,
            kind=kind,
            state=WorkOrder.State.ASSIGNED if engineer else WorkOrder.State.UNASSIGNED,
            engineer=engineer,
            purpose=purpose,
            planned_start_at=start,
            planned_end_at=end,
            travel=travel,
            checklist=_checklist(case.ticket) if kind == WorkOrder.Kind.VISIT else [],
            created_at=now,
            updated_at=now,
        )
        _dispatched(case, order, actor=actor, now=now)
    order.ticket = ticket
    return order


def _checklist(ticket: Ticket) -> list[dict[str, Any]]:
    """What has to be ready [H]: the lists for the equipment's category, and those for all."""
    category = ticket.equipment.category if ticket.equipment else ""
    lists = Checklist.objects.filter(
        is_active=True, category__in=["", category]
    ).order_by("category", "name")
    return [
        {"text": item["text"], "required": bool(item.get("required"))}
        for row in lists
        for item in row.items
    ]


def _dispatched(case: Case, order: WorkOrder, *, actor: Actor, now: datetime) -> None:
    """Write down who goes when, and tell them."""
    event = case.record(
        EventKind.WORK_DISPATCHED,
        actor=actor,
        now=now,
        body=order.purpose,
        data=about(
            order,
            kind=order.kind,
            engineer=order.engineer_id,
            name=order.engineer.user.name if order.engineer else "",
            start=order.planned_start_at and order.planned_start_at.isoformat(),
            end=order.planned_end_at and order.planned_end_at.isoformat(),
        ),
    )
    if order.engineer is None:
        return
    if case.ticket.assignee_id is None:
        case.ticket.assignee_id = order.engineer_id
    if order.engineer_id != actor.membership_id:
        tell_engineer(
            case, order, kind="work_dispatched", key=f"work:{event.seq}", actor=actor
        )


@transaction.atomic
def redispatch(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    engineer: Membership | None,
    start: datetime | None = None,
    end: datetime | None = None,
    reason: str = "",
    consent: str = "",
    asked_by: str = "us",
    travel: int | _Unset = UNSET,
    version: int | None = None,
) -> WorkOrder:
    """Give a work order to another engineer, or put it back on the board.

    Without a new plan the old one stays. Who had it learns that it is not theirs any more.
    An agreed appointment moves with it, only with consent, as in :func:`reschedule`.
    """
    need(actor, Permission.WORK_DISPATCH)
    check_engineer(engineer)
    check_plan(start, end, now=now)
    with working(
        order, verb="redispatch", on="dispatch", actor=actor, now=now, version=version
    ) as (case, fresh):
        moves = moves_appointment(case, fresh, start=start, consent=consent)
        before = fresh.engineer_id
        fresh.engineer = engineer
        if start is not None:
            fresh.planned_start_at, fresh.planned_end_at = start, end
        if not isinstance(travel, _Unset):
            fresh.travel = travel
        fresh.accepted_at = fresh.departed_at = None
        _dispatched(case, fresh, actor=actor, now=now)
        gone = before is not None and before != fresh.engineer_id
        if gone and before != actor.membership_id:
            tell_engineer(
                case,
                fresh,
                kind="work_taken_away",
                key=f"away:{case.ticket.last_seq}",
                actor=actor,
                to=before,
                reason=excerpt(reason.strip()),
            )
    if moves and start is not None:
        agree_appointment(
            actor=actor, now=now, ticket=order.ticket, at=start, asked_by=asked_by
        )
    return order


@transaction.atomic
def reschedule(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    start: datetime,
    end: datetime,
    consent: str = "",
    asked_by: str = "us",
    travel: int | _Unset = UNSET,
    version: int | None = None,
) -> WorkOrder:
    """Move a work order. An agreed appointment moves with it, only with consent [A.A].

    ``consent`` says who of the customer agreed, and how. Raises ServiceError
    ``consent_missing`` where the ticket's appointment would move without it.
    """
    need(actor, Permission.WORK_DISPATCH)
    check_plan(start, end, now=now)
    with working(
        order, verb="reschedule", on="dispatch", actor=actor, now=now, version=version
    ) as (case, fresh):
        moves = moves_appointment(case, fresh, start=start, consent=consent)
        before = fresh.planned_start_at
        fresh.planned_start_at, fresh.planned_end_at = start, end
        if not isinstance(travel, _Unset):
            fresh.travel = travel
        event = case.record(
            EventKind.WORK_RESCHEDULED,
            actor=actor,
            now=now,
            body=consent.strip(),
            data=about(
                fresh,
                start=start.isoformat(),
                end=end.isoformat(),
                before=before and before.isoformat(),
            ),
        )
        if fresh.engineer_id != actor.membership_id:
            tell_engineer(
                case, fresh, kind="work_moved", key=f"work:{event.seq}", actor=actor
            )
    if moves:
        agree_appointment(
            actor=actor, now=now, ticket=order.ticket, at=start, asked_by=asked_by
        )
    return order


def moves_appointment(
    case: Case, order: WorkOrder, *, start: datetime | None, consent: str
) -> bool:
    """Whether a new plan moves the time that was agreed with the customer [A.A].

    Raises ServiceError ``consent_missing`` where it does and nobody of them has agreed.
    """
    agreed = case.ticket.appointment_at
    moves = agreed is not None and agreed == order.planned_start_at
    moves = moves and start is not None and start != agreed
    if moves and not consent.strip():
        raise ServiceError(
            "consent_missing",
            _(
                "This time was agreed with the customer. Say who of them agrees to the new"
                " one."
            ),
            field="consent",
        )
    return moves


def plan_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    engineer: Membership | None,
    start: datetime | None = None,
    end: datetime | None = None,
    reason: str = "",
    consent: str = "",
    asked_by: str = "us",
    travel: int | _Unset = UNSET,
    version: int | None = None,
) -> WorkOrder:
    """Put a work order where it belongs on the board: another person, another time, or both."""
    common: dict[str, Any] = {
        "actor": actor,
        "now": now,
        "order": order,
        "consent": consent,
        "asked_by": asked_by,
        "travel": travel,
        "version": version,
    }
    is_same = engineer is not None and engineer.pk == order.engineer_id
    if is_same and start is not None and end is not None:
        return reschedule(start=start, end=end, **common)
    return redispatch(engineer=engineer, start=start, end=end, reason=reason, **common)


def cancel_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    reason: str,
    version: int | None = None,
) -> WorkOrder:
    """Call a work order off. What was recorded stays."""
    need(actor, Permission.WORK_DISPATCH)
    reason = need_text(reason, field="reason")
    with working(
        order, verb="cancel", on="finish_work", actor=actor, now=now, version=version
    ) as (case, fresh):
        record_cancelled(case, fresh, reason=reason, actor=actor, now=now)
    return order


def check_engineer(engineer: Membership | None) -> None:
    """Raise ServiceError for somebody who is no colleague, or no longer here."""
    if engineer is not None and not (
        engineer.is_active and engineer.role in STAFF_ROLES
    ):
        raise ServiceError(
            "unknown", _("Choose a colleague who is still here."), field="engineer"
        )


def check_plan(start: datetime | None, end: datetime | None, *, now: datetime) -> None:
    """Raise ServiceError with the field at fault for a plan that can't be kept."""
    if start is None and end is None:
        return
    if start is None or end is None:
        field = "start" if start is None else "end"
        raise ServiceError("plan_incomplete", _("Give both times."), field=field)
    if end <= start:
        raise ServiceError(
            "ends_before", _("It has to end after it begins."), field="end"
        )
    if end - start > LONGEST:
        raise ServiceError(
            "too_long", _("Plan two weeks at most in one go."), field="end"
        )
    if end <= now:
        raise ServiceError(
            "in_the_past", _("Choose a time that lies ahead."), field="start"
        )
    if start > now + PLAN_MOST:
        raise ServiceError("too_far", _("Choose a time within a year."), field="start")
