"""The visit: decided, agreed, moved; departed and arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.engine import Case
from tickets.models import AppointmentOffer, Ticket
from tickets.models.ticket import State
from tickets.rules.facts import FactKind
from tickets.rules.standing import standing
from tickets.services.base import (
    acting_on,
    audience,
    event_time,
    excerpt,
    need,
    need_text,
    tell,
    timed,
)
from tickets.services.duty import check_on_duty

#: An appointment further ahead than this is a slip of the finger.
APPOINTMENT_MOST = timedelta(days=366)


def decide_visit(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    needed: bool,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """Decide whether somebody has to go there (rule 8)."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="decide_visit", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        case.record(
            FactKind.VISIT_DECIDED,
            actor=actor,
            now=now,
            at=at,
            data=timed(reason, happened_at, needed=needed),
        )
        case.ticket.visit = (
            Ticket.Visit.NEEDED if needed else Ticket.Visit.NOT_NEEDED
        ).value
    return ticket


def agree_appointment(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    at: datetime,
    asked_by: str = "us",
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """Agree a time for the visit with the customer, or move it (rule 9).

    ``asked_by`` ("client" or "us") says who asked for it; the client sees the moves.
    """
    need(actor, Permission.TICKET_WORK)
    if asked_by not in {"client", "us"}:
        raise ServiceError("unknown", _("Choose one of the list."), field="asked_by")
    if at > now + APPOINTMENT_MOST:
        raise ServiceError("too_far", _("Choose a time within a year."), field="at")
    with acting_on(
        ticket, verb="agree_appointment", actor=actor, now=now, version=version
    ) as case:
        agreed = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        if at <= agreed:
            raise ServiceError(
                "in_the_past", _("Choose a time that lies ahead."), field="at"
            )
        agree_at(
            case,
            actor=actor,
            now=now,
            at=at,
            agreed=agreed,
            asked_by=asked_by,
            data=timed(reason, happened_at),
        )
    return ticket


def agree_at(
    case: Case,
    *,
    actor: Actor,
    now: datetime,
    at: datetime,
    asked_by: str,
    agreed: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write down that a time was agreed (default: now), and tell both sides.

    What was offered besides is taken back: its link works no more.
    Raises ServiceError ``roster_break`` where nobody is on duty at that time.
    """
    check_on_duty(case.ticket, at)
    AppointmentOffer.objects.open().filter(ticket_id=case.ticket.pk).update(
        state=AppointmentOffer.State.WITHDRAWN
    )
    agreed = agreed or now
    _end_other_wait(case, actor=actor, now=now, at=agreed)
    before, moved = case.ticket.appointment_at, _stands(case)
    said = {"at": at.isoformat(), "asked_by": asked_by, "moved": moved}
    event = case.record(
        FactKind.APPOINTMENT_AGREED,
        actor=actor,
        now=now,
        at=agreed,
        data=said | dict(data or {}),
    )
    case.ticket.appointment_at = at
    case.ticket.appointment_moves += moved
    case.ticket.wait_reason = "appointment"
    params = {"appointment_at": at.isoformat(), "by": actor.name}
    if moved and before is not None:
        params["before_at"] = before.isoformat()
    people = audience(case, clients=True, staff=True, but=actor.membership_id)
    tell(
        case, people, kind="appointment", key=f"appointment:{event.seq}", params=params
    )


def _end_other_wait(case: Case, *, actor: Actor, now: datetime, at: datetime) -> None:
    """A ticket waits for one thing at a time: what it waited for before has come."""
    reason = case.ticket.wait_reason
    if case.ticket.state != State.WAITING or reason == "appointment":
        return
    begun = [f.at for f in standing(case.facts) if f.kind is FactKind.WAIT_STARTED]
    case.record(
        FactKind.WAIT_ENDED,
        actor=actor,
        now=now,
        at=max([at, *begun]),
        data={"reason": reason},
    )


def _stands(case: Case) -> bool:
    """Whether a time is agreed for a visit that nobody has made yet."""
    stands = False
    for fact in standing(case.facts):
        if fact.kind is FactKind.APPOINTMENT_AGREED:
            stands = True
        elif fact.kind in {FactKind.APPOINTMENT_CANCELLED, FactKind.ARRIVED}:
            stands = False
    return stands


def cancel_appointment(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Call the appointment off; the client is told why."""
    need(actor, Permission.TICKET_WORK)
    reason = need_text(reason, field="reason")
    with acting_on(
        ticket, verb="cancel_appointment", actor=actor, now=now, version=version
    ) as case:
        if case.ticket.appointment_at is None:
            raise ServiceError("no_appointment", _("No appointment is agreed."))
        event = case.record(
            FactKind.APPOINTMENT_CANCELLED, actor=actor, now=now, body=reason
        )
        before, case.ticket.appointment_at = case.ticket.appointment_at, None
        people = audience(case, clients=True, staff=True, but=actor.membership_id)
        tell(
            case,
            people,
            kind="appointment_cancelled",
            key=f"appointment:{event.seq}",
            params={
                "before_at": before.isoformat(),
                "by": actor.name,
                "reason": excerpt(reason),
            },
        )
    return ticket


def depart(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """The engineer is on the way."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="depart", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        data = timed(reason, happened_at)
        _visit_begun(case, actor=actor, now=now, at=at)
        event = case.record(FactKind.DEPARTED, actor=actor, now=now, at=at, data=data)
        people = audience(case, clients=True, staff=False, but=actor.membership_id)
        tell(
            case,
            people,
            kind="state_changed",
            key=f"departed:{event.seq}",
            params={"by": actor.name, "state": "departed"},
        )
    return ticket


def arrive(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """The engineer is on site: from-arrival clocks start, an appointment's wait ends."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="arrive", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        _visit_begun(case, actor=actor, now=now, at=at)
        data = timed(reason, happened_at)
        case.record(FactKind.ARRIVED, actor=actor, now=now, at=at, data=data)
    return ticket


def _visit_begun(case: Case, *, actor: Actor, now: datetime, at: datetime) -> None:
    """Whoever goes there has decided that a visit is needed."""
    if case.ticket.visit != Ticket.Visit.NEEDED:
        case.record(
            FactKind.VISIT_DECIDED, actor=actor, now=now, at=at, data={"needed": True}
        )
        case.ticket.visit = Ticket.Visit.NEEDED.value
