"""The end of a work order: finished, then signed, or refused and taken up again; rated."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.kinds import EventKind
from tickets.models import ExtraWork, WorkOrder
from tickets.models.ticket import State
from tickets.services.base import event_time, excerpt, need, need_text, tell, timed
from tickets.services.calling_off import about
from tickets.services.ending import refuse, resolve
from tickets.services.work.base import working


def finish_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    outcome: str,
    done: str = "",
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> WorkOrder:
    """The work is finished; the customer is asked to sign.

    ``solved`` also resolves the ticket, at the same instant; ``not_solved`` leaves it open
    for another round [A.D]. Without ``done`` what was recorded before stands.
    """
    need(actor, Permission.TICKET_WORK)
    if outcome not in WorkOrder.Outcome.values:
        raise ServiceError("unknown", _("Choose one of the list."), field="outcome")
    with transaction.atomic():
        with working(order, verb="finish", actor=actor, now=now, version=version) as (
            case,
            fresh,
        ):
            at = event_time(
                case, happened_at=happened_at, reason=reason, actor=actor, now=now
            )
            fresh.done = need_text(done or fresh.done, field="done")
            _check_end(fresh, at)
            fresh.finished_at, fresh.outcome = at, outcome
            data = timed(reason, happened_at, **about(fresh, outcome=outcome))
            case.record(
                EventKind.WORK_FINISHED,
                actor=actor,
                now=now,
                at=at,
                body=fresh.done,
                data=data,
            )
        if outcome == WorkOrder.Outcome.SOLVED and order.ticket.is_working:
            resolve(
                actor=actor,
                now=now,
                ticket=order.ticket,
                body=order.done,
                happened_at=happened_at,
                reason=reason,
            )
    return order


def _check_end(order: WorkOrder, at: datetime) -> None:
    if order.arrived_at is not None and at < order.arrived_at:
        raise ServiceError(
            "before_arrival",
            _("This time lies before the work began."),
            field="happened_at",
        )
    if ExtraWork.objects.filter(
        work_order_id=order.pk, state=ExtraWork.State.ASKED
    ).exists():
        raise ServiceError(
            "extra_undecided",
            _("The customer has not decided on the extra work yet."),
        )


def refuse_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    reason: str,
    refused_by: str = "",
    version: int | None = None,
) -> WorkOrder:
    """The customer does not sign, and says why: the question is open again.

    A ticket that was resolved by it is reopened (rule 4), never closed.
    """
    if actor.is_client:
        need(actor, Permission.TICKET_CONFIRM)
        refused_by = actor.name
    else:
        need(actor, Permission.TICKET_WORK)
        refused_by = need_text(refused_by, field="refused_by")
    reason = need_text(reason, field="reason")
    with transaction.atomic():
        with working(
            order,
            verb="refuse",
            on="finish_work",
            actor=actor,
            now=now,
            version=version,
        ) as (case, fresh):
            event = case.record(
                EventKind.WORK_REFUSED,
                actor=actor,
                now=now,
                body=reason,
                data=about(fresh, signer=refused_by),
            )
            if fresh.engineer_id not in {None, actor.membership_id}:
                tell(
                    case,
                    {fresh.engineer_id},
                    kind="work_refused",
                    key=f"work:{event.seq}",
                    params={
                        "by": refused_by,
                        "work_order": fresh.number,
                        "reason": excerpt(reason),
                    },
                )
        if order.ticket.state == State.RESOLVED:
            refuse(actor=actor, now=now, ticket=order.ticket, reason=reason)
    return order


def resume_work(
    *, actor: Actor, now: datetime, order: WorkOrder, version: int | None = None
) -> WorkOrder:
    """Go on with it: after a refusal, or because something was forgotten."""
    need(actor, Permission.TICKET_WORK)
    with working(order, verb="resume", actor=actor, now=now, version=version) as (
        case,
        fresh,
    ):
        fresh.finished_at, fresh.outcome = None, ""
        case.record(EventKind.WORK_RESUMED, actor=actor, now=now, data=about(fresh))
    return order


def rate_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    rating: int,
    words: str = "",
) -> WorkOrder:
    """The customer's rating, 1 to 5: on their own page, or on the engineer's phone."""
    need(
        actor,
        Permission.TICKET_CONFIRM if actor.is_client else Permission.TICKET_WORK,
    )
    if not 1 <= rating <= 5:
        raise ServiceError("unknown", _("Choose one to five stars."), field="rating")
    with working(order, verb="rate", on="finish_work", actor=actor, now=now) as (
        case,
        fresh,
    ):
        fresh.rating, fresh.rating_words = rating, words.strip()
        case.record(
            EventKind.WORK_RATED,
            actor=actor,
            now=now,
            body=words.strip(),
            data=about(fresh, rating=rating),
        )
    return order
