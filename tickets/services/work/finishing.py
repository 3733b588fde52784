"""The end of a work order: finished, then signed, or refused and taken up again; rated."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from documents.models import Sheet, Signature
from documents.rules import Place
from documents.services import present_sheet, refuse_to_sign, sign
from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.engine import Case
from tickets.kinds import EventKind, PaperName
from tickets.models import ExtraWork, Ticket, WorkOrder
from tickets.models.ticket import State
from tickets.rules.work import Outcome
from tickets.services.base import event_time, excerpt, need, need_text, tell, timed
from tickets.services.calling_off import about
from tickets.services.ending import close_by_signature, refuse, resolve
from tickets.services.flow.signing import follow_signature
from tickets.services.papers import want_papers
from tickets.services.work.base import working
from tickets.sheets import SUBJECT, sheet_content


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


@dataclass(frozen=True, slots=True)
class Hand:
    """Who answers the question to sign, when and where; ``uid`` if it may be sent twice."""

    name: str
    signed_at: datetime
    place: Place | None = None
    uid: uuid.UUID | None = None


def sign_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    sha256: str,
    image: bytes,
    hand: Hand,
    how: str = Signature.How.DRAWN,
    version: int | None = None,
) -> WorkOrder:
    """The customer signs exactly what they were shown: the text with that SHA-256.

    The work order is over; a ticket that it solved is closed. Raises Conflict ``changed``
    when the work order says something else by now, and as :func:`documents.services.sign`.
    """
    need(actor, Permission.TICKET_WORK)
    with transaction.atomic():
        with working(
            order, verb="sign", on="finish_work", actor=actor, now=now, version=version
        ) as (case, fresh):
            sheet = shown_sheet(fresh, actor=actor, now=now)
            signature = sign(
                sheet=sheet,
                sha256=sha256,
                role=Signature.Role.CLIENT,
                name=hand.name,
                image=image,
                signed_at=hand.signed_at,
                place=hand.place,
                uid=hand.uid,
                how=how,
                actor=actor,
                now=now,
            )
            fresh.signed_at = signature.signed_at
            case.record(
                EventKind.WORK_SIGNED,
                actor=actor,
                now=now,
                at=signature.signed_at,
                data=about(fresh, signer=signature.name, sheet=signature.sheet.version)
                | ({"how": "paper"} if how == Signature.How.PAPER else {}),
            )
            if _closes(case.ticket, fresh):
                follow_signature(
                    case, fresh, signer=signature.name, actor=actor, now=now
                )
        want_papers(PaperName.WORK_ORDER, {order.pk: order.ticket}, now=now)
        if _closes(order.ticket, order):
            close_by_signature(
                actor=actor,
                now=now,
                ticket=order.ticket,
                name=signature.name,
                work_order=order.ordinal,
            )
    return order


def _closes(ticket: Ticket, order: WorkOrder) -> bool:
    """Whether the customer's signature ends the ticket: the work has solved it."""
    return ticket.state == State.RESOLVED and order.outcome == Outcome.SOLVED


def shown_sheet(order: WorkOrder, *, actor: Actor, now: datetime) -> Sheet:
    """The sheet of a work order as it stands: what the customer is shown."""
    return present_sheet(
        subject_kind=SUBJECT,
        subject_id=order.pk,
        content=sheet_content(order),
        now=now,
        actor=actor,
    )


def refuse_work(
    *,
    actor: Actor,
    now: datetime,
    order: WorkOrder,
    reason: str,
    hand: Hand,
    version: int | None = None,
) -> WorkOrder:
    """The customer does not sign, and says why: the question is open again.

    A ticket that was resolved by it is reopened (rule 4), never closed.
    """
    need(
        actor,
        Permission.TICKET_CONFIRM if actor.is_client else Permission.TICKET_WORK,
    )
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
            sheet = shown_sheet(fresh, actor=actor, now=now)
            refuse_to_sign(
                sheet=sheet,
                sha256=sheet.sha256,
                role=Signature.Role.CLIENT,
                name=hand.name,
                reason=reason,
                signed_at=hand.signed_at,
                place=hand.place,
                uid=hand.uid,
                actor=actor,
                now=now,
            )
            _tell_refused(
                case, fresh, reason=reason, by=hand.name, actor=actor, now=now
            )
        if order.ticket.state == State.RESOLVED:
            refuse(actor=actor, now=now, ticket=order.ticket, reason=reason)
    return order


def _tell_refused(
    case: Case, order: WorkOrder, *, reason: str, by: str, actor: Actor, now: datetime
) -> None:
    event = case.record(
        EventKind.WORK_REFUSED,
        actor=actor,
        now=now,
        body=reason,
        data=about(order, signer=by),
    )
    if order.engineer_id in {None, actor.membership_id}:
        return
    params = {"by": by, "work_order": order.number, "reason": excerpt(reason)}
    tell(
        case,
        {order.engineer_id},
        kind="work_refused",
        key=f"work:{event.seq}",
        params=params,
    )


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
