"""Correct when something happened (rule 7)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.engine import Case
from tickets.models import Ticket, TicketEvent
from tickets.rules.facts import FactKind
from tickets.rules.level import is_automatic
from tickets.rules.standing import standing
from tickets.services.base import acting_on, check_time, event_time, need, need_text

#: What a person enters with the time it happened, and may therefore correct.
CORRECTABLE = frozenset(
    {
        FactKind.RECEIVED,
        FactKind.ANSWERED,
        FactKind.VISIT_DECIDED,
        FactKind.APPOINTMENT_AGREED,
        FactKind.DEPARTED,
        FactKind.ARRIVED,
        FactKind.SOLUTION_PROPOSED,
        FactKind.WAIT_STARTED,
        FactKind.WAIT_ENDED,
        FactKind.RESOLVED,
        FactKind.CALLED_BACK,
    }
)


def correct(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    event: TicketEvent,
    at: datetime,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Say when an event really happened; clocks and escalations are computed anew.

    The event itself stays as it was written; the correction is one more, with its reason.
    """
    need(actor, Permission.TICKET_WORK)
    reason = need_text(reason, field="reason")
    with acting_on(
        ticket,
        verb="correct",
        actor=actor,
        now=now,
        version=version,
        time_field="at",
    ) as case:
        # What the platform did by itself follows from the rest.
        entered = event.kind in CORRECTABLE and event.via != "system"
        if event.ticket_id != ticket.pk or not entered:
            raise ServiceError("unknown", _("The time of this can't be corrected."))
        if event.kind == FactKind.RECEIVED:
            at = _received_at(case, event, at, reason=reason, actor=actor, now=now)
        else:
            at = event_time(
                case, happened_at=at, reason=reason, actor=actor, now=now, field="at"
            )
        before = {fact.seq: fact.at for fact in standing(case.facts)}
        was = before.get(event.seq, event.happened_at)
        case.record(
            FactKind.CORRECTED,
            actor=actor,
            now=now,
            body=reason,
            data={
                "fact": event.seq,
                "at": at.isoformat(),
                "was": was.isoformat(),
                "kind": event.kind,
            },
        )
    return ticket


def _received_at(
    case: Case,
    event: TicketEvent,
    at: datetime,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> datetime:
    """Check when it was received: before it was written down and before all that followed."""
    check_time(
        case.standard.backdate_limit,
        happened_at=at,
        reason=reason,
        actor=actor,
        now=now,
        field="at",
    )
    followed = [
        fact.at
        for fact in standing(case.facts)
        if fact.seq != event.seq and not is_automatic(fact)
    ]
    if at > min([event.recorded_at, *followed]):
        raise ServiceError(
            "after_next",
            _("Something else had already happened by then."),
            field="at",
        )
    return at
