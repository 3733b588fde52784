"""Work on a ticket: answer, propose, wait, call back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from tickets.attachments import Upload, attach
from tickets.models import Ticket
from tickets.rules.facts import FactKind
from tickets.services.base import (
    acting_on,
    event_time,
    need,
    need_text,
    tell_reply,
    timed,
)

WAITS = {"customer", "parts", "third_party"}


def answer(
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
    """A person answers with the way of service and a plan: the first response [A.A].

    Whoever answers an unassigned ticket takes it.
    """
    need(actor, Permission.TICKET_WORK)
    body = need_text(body, field="body")
    with acting_on(
        ticket, verb="answer", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        event = case.record(
            FactKind.ANSWERED,
            actor=actor,
            now=now,
            at=at,
            body=body,
            data=timed(reason, happened_at),
        )
        if case.ticket.assignee_id is None:
            case.ticket.assignee_id = actor.membership_id
        tell_reply(case, event, actor=actor, kind="answered")
    if files:
        attach(ticket=ticket, event=event, files=files, actor=actor, now=now)
    return ticket


def propose_solution(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """Propose a solution to the customer [E: within 1 h]."""
    need(actor, Permission.TICKET_WORK)
    body = need_text(body, field="body")
    with acting_on(
        ticket, verb="propose_solution", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        event = case.record(
            FactKind.SOLUTION_PROPOSED,
            actor=actor,
            now=now,
            at=at,
            body=body,
            data=timed(reason, happened_at),
        )
        tell_reply(case, event, actor=actor)
    return ticket


def start_wait(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    wait: str,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Wait for the customer, parts or a third party.

    The clocks stop only where the tier says so (rule 2); the page says when they go on.
    """
    need(actor, Permission.TICKET_WORK)
    if wait not in WAITS:
        raise ServiceError("unknown", _("Choose one of the list."), field="wait")
    note = need_text(note, field="note")
    with acting_on(
        ticket, verb="start_wait", actor=actor, now=now, version=version
    ) as case:
        event = case.record(
            FactKind.WAIT_STARTED,
            actor=actor,
            now=now,
            body=note,
            data={"reason": wait},
        )
        case.ticket.wait_reason = wait
        if wait == "customer":
            tell_reply(case, event, actor=actor)
    return ticket


def end_wait(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """What was waited for has come. An appointment's wait ends by itself (rule 9)."""
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="end_wait", actor=actor, now=now, version=version
    ) as case:
        if case.ticket.wait_reason == "appointment":
            raise Conflict(
                "ends_by_itself",
                _(
                    "This wait ends at the agreed time, when somebody arrives or when the"
                    " appointment is cancelled."
                ),
            )
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        case.record(
            FactKind.WAIT_ENDED,
            actor=actor,
            now=now,
            at=at,
            data=timed(reason, happened_at, reason=case.ticket.wait_reason),
        )
    return ticket


def call_back(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str,
    happened_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> Ticket:
    """Call the customer back after guidance by phone [H: within 2 h]."""
    need(actor, Permission.TICKET_WORK)
    body = need_text(body, field="body")
    with acting_on(
        ticket, verb="call_back", actor=actor, now=now, version=version
    ) as case:
        at = event_time(
            case, happened_at=happened_at, reason=reason, actor=actor, now=now
        )
        case.record(
            FactKind.CALLED_BACK,
            actor=actor,
            now=now,
            at=at,
            body=body,
            data=timed(reason, happened_at),
        )
    return ticket
