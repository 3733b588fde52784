"""Work orders that are called off, with their ticket or by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from people.actors import Actor
from tickets.engine import Case
from tickets.kinds import EventKind
from tickets.models import WorkOrder
from tickets.rules.work import OVER
from tickets.services.base import excerpt, tell


def about(order: WorkOrder, **data: Any) -> dict[str, Any]:
    """The data of a work order's event: which one it is, and what is said."""
    return {"work_order": order.ordinal} | data


def tell_engineer(
    case: Case,
    order: WorkOrder,
    *,
    kind: str,
    key: str,
    actor: Actor,
    to: int | None = None,
    **params: Any,
) -> None:
    """Tell whoever does (or did) a work order something about it."""
    person = to or order.engineer_id
    if person is None:
        return
    start = order.planned_start_at
    common = {
        "by": actor.name,
        "work_order": order.number,
        "purpose": excerpt(order.purpose),
        "client": str(order.ticket.client),
        "start_at": start.isoformat() if start else "",
    }
    tell(case, {person}, kind=kind, key=key, params=common | params)


def call_off(case: Case, *, reason: str, actor: Actor, now: datetime) -> None:
    """Cancel what is still open when a ticket is cancelled or merged into another."""
    rows = WorkOrder.objects.filter(ticket_id=case.ticket.pk).exclude(state__in=OVER)
    for order in rows.order_by("pk").select_for_update():
        order.ticket = case.ticket
        record_cancelled(case, order, reason=reason, actor=actor, now=now)
        order.state = WorkOrder.State.CANCELLED
        order.version += 1
        order.updated_at = order.ended_at = now
        order.save()


def record_cancelled(
    case: Case, order: WorkOrder, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Write down that a work order is called off, and tell whoever had it."""
    event = case.record(
        EventKind.WORK_CANCELLED, actor=actor, now=now, body=reason, data=about(order)
    )
    if order.engineer_id != actor.membership_id:
        tell_engineer(
            case,
            order,
            kind="work_cancelled",
            key=f"work:{event.seq}",
            actor=actor,
            reason=excerpt(reason),
        )
