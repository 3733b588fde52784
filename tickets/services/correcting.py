"""Correct when something happened (rule 7)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.models import Ticket, TicketEvent
from tickets.models.ticket import State
from tickets.rules.facts import FactKind
from tickets.services.base import acting_on, event_time, need, need_text

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
        ticket, verb="add_note", actor=actor, now=now, version=version
    ) as case:
        if event.ticket_id != ticket.pk or event.kind not in CORRECTABLE:
            raise ServiceError("unknown", _("The time of this can't be corrected."))
        if event.kind == FactKind.RECEIVED:
            _check_receipt_order(case.ticket, at, now)
        else:
            at = event_time(
                case, happened_at=at, reason=reason, actor=actor, now=now, field="at"
            )
        case.record(
            FactKind.CORRECTED,
            actor=actor,
            now=now,
            body=reason,
            data={
                "fact": event.seq,
                "at": at.isoformat(),
                "was": event.happened_at.isoformat(),
                "kind": event.kind,
            },
        )
        if event.kind == FactKind.RECEIVED:
            case.ticket.received_at = at
        if event.kind == FactKind.RESOLVED and case.ticket.state in {
            State.RESOLVED,
            State.CLOSED,
        }:
            case.ticket.resolved_at = at
    return ticket


def _check_receipt_order(ticket: Ticket, at: datetime, now: datetime) -> None:
    if at > now:
        raise ServiceError(
            "in_the_future", _("This time lies in the future."), field="at"
        )
    first = (
        TicketEvent.objects.filter(ticket=ticket)
        .exclude(kind=FactKind.RECEIVED)
        .order_by("happened_at")
        .values_list("happened_at", flat=True)
        .first()
    )
    if first is not None and at > first:
        raise ServiceError(
            "after_next",
            _("Something else had already happened by then."),
            field="at",
        )
