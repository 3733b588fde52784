"""Times offered to the customer: offered, accepted, answered with another, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.models import Message
from people.actors import Actor
from people.roles import Permission, Role
from people.services import queue_letter_to
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tickets.engine import Case
from tickets.kinds import EventKind
from tickets.models import AppointmentOffer, Ticket, WorkOrder
from tickets.models.offer import new_nonce
from tickets.rules.facts import FactKind
from tickets.rules.work import AHEAD
from tickets.services.base import acting_on, audience, excerpt, need, tell
from tickets.services.calling_off import about, tell_engineer
from tickets.services.duty import check_on_duty
from tickets.services.visiting import APPOINTMENT_MOST, agree_at

State = AppointmentOffer.State
#: How long a customer has to answer, unless the time itself comes first.
VALID: Final = timedelta(days=3)
#: How long a job is taken to last that was planned without a time.
USUAL: Final = timedelta(hours=2)


def customer(ticket: Ticket, name: str) -> Actor:
    """Whoever answers by the link: the ticket's contact, as far as anybody can know."""
    return Actor(
        tenant_id=int(ticket.tenant_id or 0),
        membership_id=None,
        user_id=None,
        name=name,
        role=Role.CLIENT_STAFF,
        permissions=frozenset({Permission.TICKET_REPLY}),
        client_id=ticket.client_id,
        zone=ticket.tenant.zone,
        via="link",
    )


def offer_appointment(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    at: datetime,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Offer the customer a time; what was offered before is taken back.

    The contact gets a link that needs no sign-in, by message or by e-mail. Nothing is agreed
    until they accept. Raises ServiceError for ``at``.
    """
    need(actor, Permission.TICKET_WORK)
    if actor.membership_id is None:
        raise NotPermitted("not_permitted", _("Your role does not allow this."))
    _check_time(at, now=now)
    with acting_on(
        ticket, verb="offer_appointment", actor=actor, now=now, version=version
    ) as case:
        check_on_duty(case.ticket, at)
        AppointmentOffer.objects.open().filter(ticket_id=ticket.pk).update(
            state=State.WITHDRAWN
        )
        offer = AppointmentOffer.objects.create(
            ticket=case.ticket,
            at=at,
            note=note.strip(),
            nonce=new_nonce(),
            offered_by_id=actor.membership_id,
            offered_at=now,
            expires_at=min(now + VALID, at),
        )
        data = {"offer": offer.pk, "at": at.isoformat()}
        case.record(EventKind.OFFERED, actor=actor, now=now, body=offer.note, data=data)
        _send(case, offer, now=now)
    return ticket


def _check_time(at: datetime, *, now: datetime, field: str = "at") -> None:
    if at <= now:
        raise ServiceError(
            "in_the_past", _("Choose a time that lies ahead."), field=field
        )
    if at > now + APPOINTMENT_MOST:
        raise ServiceError("too_far", _("Choose a time within a year."), field=field)


def _send(case: Case, offer: AppointmentOffer, *, now: datetime) -> None:
    """Let the contact have the link: as a member's message, else to their address.

    A contact with neither gets it from us: staff can copy it from the ticket's page.
    """
    contact, requester = case.ticket.contact, case.ticket.requester_id
    member = contact.membership_id if contact else requester
    if member is not None:
        params = {
            "offer": offer.pk,
            "nonce": offer.nonce,
            "appointment_at": offer.at.isoformat(),
            "until_at": offer.expires_at.isoformat(),
            "note": excerpt(offer.note),
        }
        key = f"offer:{offer.pk}"
        tell(case, {member}, kind="appointment_offered", key=key, params=params)
    elif contact and contact.email:
        queue_letter_to(
            now=now,
            kind="appointment_offer",
            address=contact.email,
            language=case.ticket.tenant.language or settings.LANGUAGE_CODE,
            params={"offer": offer.pk, "name": contact.name},
        )


@contextmanager
def _answering(
    ticket: Ticket,
    offer: AppointmentOffer | None,
    *,
    verb: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Iterator[tuple[Case, AppointmentOffer]]:
    """The locked case with its open offer, which a customer answers.

    Raises Conflict ``offer_answered`` or ``offer_expired``; ``offer`` is the one that the
    customer saw, None for whichever is open.
    """
    need(actor, Permission.TICKET_REPLY)
    if not actor.is_client:
        raise NotPermitted("not_permitted", _("Only the customer answers an offer."))
    with acting_on(ticket, verb=verb, actor=actor, now=now, version=version) as case:
        rows = AppointmentOffer.objects.open().filter(ticket_id=ticket.pk)
        if offer is not None:
            rows = rows.filter(pk=offer.pk)
        fresh = rows.select_for_update().first()
        if fresh is None:
            raise Conflict("offer_answered", _("This offer is answered or taken back."))
        if fresh.is_over(now):
            raise Conflict(
                "offer_expired",
                _("The time to answer this offer is over. Ask us for another."),
            )
        yield case, fresh
        fresh.answered_at, fresh.answered_by = now, actor.name[:100]
        fresh.answered_via = actor.via
        fresh.save()


def accept_offer(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    offer: AppointmentOffer | None = None,
    version: int | None = None,
) -> Ticket:
    """The customer accepts: the appointment stands, and the planned visit moves to it."""
    with _answering(
        ticket,
        offer,
        verb="agree_appointment",
        actor=actor,
        now=now,
        version=version,
    ) as (case, fresh):
        before = case.ticket.appointment_at
        agree_at(case, actor=actor, now=now, at=fresh.at, asked_by="us")
        _move_visit(case, fresh.at, before=before, actor=actor, now=now)
        fresh.state = State.ACCEPTED
    return ticket


def propose_time(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    at: datetime,
    words: str = "",
    offer: AppointmentOffer | None = None,
    version: int | None = None,
) -> Ticket:
    """The customer proposes another time; it is for us to accept it or to offer again."""
    _check_time(at, now=now)
    with _answering(
        ticket, offer, verb="propose_time", actor=actor, now=now, version=version
    ) as (case, fresh):
        check_on_duty(case.ticket, at)
        fresh.state, fresh.proposed_at = State.COUNTERED, at
        fresh.words = words.strip()
        data = {"offer": fresh.pk, "at": at.isoformat()}
        event = case.record(
            EventKind.OFFER_COUNTERED, actor=actor, now=now, body=fresh.words, data=data
        )
        if case.ticket.wait_reason == "customer":
            case.record(
                FactKind.WAIT_ENDED, actor=actor, now=now, data={"reason": "customer"}
            )
        people = audience(case, clients=False, staff=True, but=actor.membership_id)
        tell(
            case,
            people | {fresh.offered_by_id},
            kind="time_proposed",
            key=f"proposed:{event.seq}",
            params={
                "by": actor.name,
                "appointment_at": at.isoformat(),
                "excerpt": excerpt(fresh.words),
            },
        )
    return ticket


def accept_proposal(
    *, actor: Actor, now: datetime, ticket: Ticket, version: int | None = None
) -> Ticket:
    """Take the time that the customer proposed. Raises Conflict where there is none."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="agree_appointment", actor=actor, now=now, version=version
    ) as case:
        rows = AppointmentOffer.objects.filter(ticket_id=ticket.pk).order_by("-pk")
        newest = rows.select_for_update().first()
        if newest is None or newest.state != State.COUNTERED:
            raise Conflict("no_proposal", _("No other time is proposed."))
        at = newest.proposed_at
        _check_time(at, now=now)
        before = case.ticket.appointment_at
        agree_at(case, actor=actor, now=now, at=at, asked_by="client")
        _move_visit(case, at, before=before, actor=actor, now=now)
        newest.state = State.ACCEPTED
        newest.save()
    return ticket


def withdraw_offer(
    *, actor: Actor, now: datetime, ticket: Ticket, version: int | None = None
) -> Ticket:
    """Take back what was offered; its link works no more. Raises Conflict where nothing is."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="offer_appointment", actor=actor, now=now, version=version
    ) as case:
        offer = (
            AppointmentOffer.objects.open()
            .filter(ticket_id=ticket.pk)
            .select_for_update()
            .first()
        )
        if offer is None:
            raise Conflict("offer_answered", _("This offer is answered or taken back."))
        offer.state = State.WITHDRAWN
        offer.save()
        data = {"offer": offer.pk, "at": offer.at.isoformat()}
        case.record(EventKind.OFFER_WITHDRAWN, actor=actor, now=now, data=data)
    return ticket


def _move_visit(
    case: Case, at: datetime, *, before: datetime | None, actor: Actor, now: datetime
) -> None:
    """The visit that nobody has begun takes place when it was agreed; its engineer is told."""
    rows = WorkOrder.objects.filter(
        ticket_id=case.ticket.pk, kind=WorkOrder.Kind.VISIT, state__in=AHEAD
    )
    orders = list(rows.order_by("ordinal").select_for_update(of=("self",)))
    same = [one for one in orders if before and one.planned_start_at == before]
    for order in (same or orders)[:1]:
        if order.planned_start_at == at:
            return
        order.ticket = case.ticket
        start, end = order.planned_start_at, order.planned_end_at
        length = end - start if start and end else USUAL
        order.planned_start_at, order.planned_end_at = at, at + length
        order.version += 1
        order.updated_at = now
        order.save()
        data: dict[str, Any] = about(
            order,
            start=at.isoformat(),
            end=(at + length).isoformat(),
            before=start and start.isoformat(),
        )
        event = case.record(EventKind.WORK_RESCHEDULED, actor=actor, now=now, data=data)
        key = f"work:{event.seq}"
        tell_engineer(case, order, kind="work_moved", key=key, actor=actor)


def offers_overtaken(messages: Sequence[Message]) -> set[int]:
    """Messages with a link that was used, taken back, or is too late to be of use."""
    open_ones = set(
        AppointmentOffer.objects.open()
        .filter(pk__in=[message.params.get("offer") for message in messages])
        .values_list("pk", flat=True)
    )
    return {m.pk for m in messages if m.params.get("offer") not in open_ones}
