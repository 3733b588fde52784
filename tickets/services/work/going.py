"""The way there: accepted or declined, prepared, departed, arrived, begun."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.kinds import EventKind
from tickets.models import Ticket, WorkOrder
from tickets.rules.facts import FactKind
from tickets.rules.work import unprepared
from tickets.services.base import audience, event_time, need, need_text, tell, timed
from tickets.services.calling_off import about
from tickets.services.work.base import working


def accept_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> WorkOrder:
    """The engineer takes it on."""
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="accept", actor=actor, now=now, version=version) as (
        case,
        fresh,
    ):
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        fresh.accepted_at = at
        data = timed(reason, happened_at, **about(fresh))
        case.record(EventKind.WORK_ACCEPTED, actor=actor, now=now, at=at, data=data)
    return order


def decline_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    reason: str,
    version: int | None = None,
) -> WorkOrder:
    """The engineer can't; it goes back on the board and the dispatchers see why."""
    need(actor, Permission.TICKET_WORK)
    reason = need_text(reason, field="reason")
    with working(order, verb="decline", actor=actor, now=now, version=version) as (
        case,
        fresh,
    ):
        event = case.record(
            EventKind.WORK_DECLINED,
            actor=actor,
            now=now,
            body=reason,
            data=about(fresh, engineer=fresh.engineer_id),
        )
        fresh.engineer = None
        fresh.accepted_at = None
        people = audience(case, clients=False, staff=True, but=actor.membership_id)
        department = case.ticket.department
        if department is not None and department.manager_id is not None:
            people |= {department.manager_id}
        tell(
            case,
            people,
            kind="work_declined",
            key=f"work:{event.seq}",
            params={"by": actor.name, "work_order": fresh.number, "reason": reason},
        )
    return order


def check_off(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    item: int,
    done: bool,
    happened_at: datetime | None = None,
) -> WorkOrder:
    """Tick an item of the preparation checklist, or take the tick back [H].

    ``happened_at`` is when, on a phone without a network; never later than now.
    """
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="prepare", actor=actor, now=now) as (_case, fresh):
        if not 0 <= item < len(fresh.checklist):
            raise ServiceError("unknown", _("Choose one of the list."), field="item")
        row = {
            key: value
            for key, value in fresh.checklist[item].items()
            if key in {"text", "required"}
        }
        if done:
            at = min(happened_at or now, now)
            row |= {"done_at": at.isoformat(), "done_by": actor.name}
        fresh.checklist[item] = row
    return order


def depart_for_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    happened_at: datetime | None = None,
    reason: str = "",
    unprepared_reason: str = "",
    version: int | None = None,
) -> WorkOrder:
    """On the way: the ticket's dispatch clock is met.

    What must be ready and isn't is refused (``not_prepared``), unless the engineer says
    why it goes without: somebody waits.
    """
    need(actor, Permission.TICKET_WORK)
    with working(
        order, verb="depart", on="depart", actor=actor, now=now, version=version
    ) as (
        case,
        fresh,
    ):
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        missing = unprepared(fresh.checklist)
        if missing and not unprepared_reason.strip():
            raise ServiceError(
                "not_prepared",
                _(
                    "Not ready yet: %(items)s. Tick it off, or say why you leave without."
                )
                % {"items": ", ".join(missing)},
                field="unprepared_reason",
            )
        data = about(fresh)
        if missing:
            data |= {"unprepared": missing, "unprepared_reason": unprepared_reason}
        fresh.departed_at = at
        event = case.record(
            FactKind.DEPARTED,
            actor=actor,
            now=now,
            at=at,
            data=timed(reason, happened_at, **data),
        )
        tell(
            case,
            audience(case, clients=True, staff=False, but=actor.membership_id),
            kind="state_changed",
            key=f"departed:{event.seq}",
            params={"by": actor.name, "state": "departed"},
        )
    return order


def arrive_for_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    happened_at: datetime | None = None,
    reason: str = "",
    place: str = "",
    version: int | None = None,
) -> WorkOrder:
    """On site: from-arrival clocks start. ``place`` is where the device said it was."""
    need(actor, Permission.TICKET_WORK)
    with working(
        order, verb="arrive", on="arrive", actor=actor, now=now, version=version
    ) as (
        case,
        fresh,
    ):
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        if fresh.departed_at is not None and at < fresh.departed_at:
            raise ServiceError(
                "before_departure",
                _("This time lies before the departure."),
                field="happened_at",
            )
        if case.ticket.visit != Ticket.Visit.NEEDED:
            case.record(
                FactKind.VISIT_DECIDED, actor=actor, now=now, data={"needed": True}
            )
            case.ticket.visit = Ticket.Visit.NEEDED.value
        fresh.arrived_at, fresh.place = at, place.strip()[:200]
        data = timed(reason, happened_at, **about(fresh))
        case.record(FactKind.ARRIVED, actor=actor, now=now, at=at, data=data)
    return order


def begin_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> WorkOrder:
    """A remote job begins."""
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="begin", actor=actor, now=now, version=version) as (
        case,
        fresh,
    ):
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        fresh.arrived_at = at
        data = timed(reason, happened_at, **about(fresh))
        case.record(EventKind.WORK_BEGUN, actor=actor, now=now, at=at, data=data)
    return order
