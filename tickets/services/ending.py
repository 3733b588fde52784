"""The end of a ticket, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.attachments import Upload, attach
from tickets.engine import Case
from tickets.kinds import EventKind
from tickets.models import Ticket, TicketEvent
from tickets.rules.facts import FactKind
from tickets.services.base import (
    acting_on,
    event_time,
    excerpt,
    need,
    need_text,
    sides,
    tell,
    tell_change,
    timed,
)
from tickets.services.calling_off import call_off


def resolve(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str,
    happened_at: datetime | None = None,
    reason: str = "",
    files: Sequence[Upload] = (),
    version: int | None = None,
) -> Ticket:
    """The thing is done; the customer is asked to confirm it."""
    need(actor, Permission.TICKET_WORK)
    body = need_text(body, field="body")
    with acting_on(
        ticket, verb="resolve", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        event = case.record(
            FactKind.RESOLVED,
            actor=actor,
            now=now,
            at=at,
            body=body,
            data=timed(reason, happened_at),
        )
        case.ticket.resolved_at = at
        if case.ticket.assignee_id is None:
            case.ticket.assignee_id = actor.membership_id
        _ask_to_confirm(case, event, actor=actor)
    if files:
        attach(ticket=ticket, event=event, files=files, actor=actor, now=now)
    return ticket


def _ask_to_confirm(case: Case, event: TicketEvent, *, actor: Actor) -> None:
    """The client is asked for their word; our side learns of the state."""
    theirs, ours = sides(case, but=actor.membership_id)
    params = {"by": actor.name, "state": "resolved"}
    tell(case, ours, kind="state_changed", key=f"state:{event.seq}", params=params)
    close_at = event.happened_at + case.standard.auto_confirm_after
    params = {"excerpt": excerpt(event.body), "close_at": close_at.isoformat()}
    tell(case, theirs, kind="resolved", key=f"state:{event.seq}", params=params)


def confirm(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str = "",
    version: int | None = None,
) -> Ticket:
    """The customer confirms; staff may do it in their name and say who said so."""
    _need_either(actor)
    if actor.is_staff:
        body = need_text(body, field="body")
    with acting_on(
        ticket, verb="confirm", actor=actor, now=now, version=version
    ) as case:
        data = {"by": "customer" if actor.is_client else "staff"}
        case.record(FactKind.CLOSED, actor=actor, now=now, body=body.strip(), data=data)
        case.ticket.closed_at = now
        tell_change(case, actor=actor, state="closed")
    return ticket


def close_by_signature(
    *, actor: Actor, now: datetime, ticket: Ticket, name: str, work_order: int
) -> Ticket:
    """The customer has signed for the work that solved it: their word, in writing."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(ticket, verb="confirm", actor=actor, now=now) as case:
        data = {"by": "signature", "name": name, "work_order": work_order}
        case.record(FactKind.CLOSED, actor=actor, now=now, data=data)
        case.ticket.closed_at = now
        tell_change(case, actor=actor, state="closed")
    return ticket


def refuse(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """The customer says that it is not solved: the ticket is reopened (rule 4)."""
    _need_either(actor)
    reason = need_text(reason, field="reason")
    with acting_on(
        ticket, verb="refuse", actor=actor, now=now, version=version
    ) as case:
        case.record(EventKind.REFUSED, actor=actor, now=now, body=reason)
        _reopen(case, actor=actor, now=now)
        tell_change(case, actor=actor, state="reopened", reason=reason)
    return ticket


def reopen(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Go on with a resolved or closed ticket within the standard's period (rule 4).

    Later it is a new, linked ticket: raises ServiceError ``too_late_to_reopen``.
    """
    _need_either(actor)
    reason = need_text(reason, field="reason")
    with acting_on(
        ticket, verb="reopen", actor=actor, now=now, version=version
    ) as case:
        ended = case.ticket.resolved_at or case.ticket.closed_at or now
        if now > ended + case.standard.reopen_within:
            raise ServiceError(
                "too_late_to_reopen",
                _(
                    "This was solved too long ago to be reopened. File a new, linked request."
                ),
            )
        _reopen(case, actor=actor, now=now, body=reason)
        tell_change(case, actor=actor, state="reopened", reason=reason)
    return ticket


def _reopen(case: Case, *, actor: Actor, now: datetime, body: str = "") -> None:
    case.record(FactKind.REOPENED, actor=actor, now=now, body=body)
    case.ticket.resolved_at = case.ticket.closed_at = None


def cancel(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Nothing needs to be done any more. Met and missed stay in every statistic."""
    _need_either(actor)
    reason = need_text(reason, field="reason")
    with acting_on(
        ticket, verb="cancel", actor=actor, now=now, version=version
    ) as case:
        call_off(case, reason=reason, actor=actor, now=now)
        case.record(FactKind.CANCELLED, actor=actor, now=now, body=reason)
        case.ticket.closed_at = now
        tell_change(case, actor=actor, state="cancelled", reason=reason)
    return ticket


def _need_either(actor: Actor) -> None:
    """The client's own word, or staff in their name."""
    if not actor.may(Permission.TICKET_CONFIRM):
        need(actor, Permission.TICKET_WORK)
