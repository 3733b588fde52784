"""Reading one ticket for an answer: through the door, with its promise, and its version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.http import Http404

from people.actors import Actor
from servicedesk.api.ticket_shapes import clock_of, full_of
from servicedesk.lib.rest import entity_tag
from tickets.kinds import STAFF_ONLY
from tickets.models import Escalation, Ticket, TicketEvent
from tickets.queries.detail import Relative, related
from tickets.queries.filing import said
from tickets.queries.offers import offers, situation
from tickets.queries.promise import Promise, read_promise
from tickets.rules.facts import Fact

LONGEST_NUMBER = 24


def find_ticket(actor: Actor, number: str) -> Ticket:
    """A ticket by its number, of those that the actor may see; 404 for any other."""
    ticket = None
    if len(number) <= LONGEST_NUMBER and "\0" not in number:
        ticket = Ticket.objects.visible_to(actor).filter(number=number).first()
    if ticket is None:
        raise Http404
    return ticket


#: The columns that a row of a list needs, of the ticket and of what it names.
_ROW = (
    *("number", "title", "kind", "state", "wait_reason", "severity", "severity_asked"),
    *("tier", "channel", "visit", "appointment_at", "appointment_moves"),
    *("received_at", "resolved_at", "closed_at", "updated_at"),
    *("next_metric", "next_due_at", "missed_open", "escalated"),
    *("client__name", "project__name", "department__name"),
    *("equipment__model", "equipment__serial_number"),
    *("assignee__is_active", "assignee__accepted_at"),
    *("assignee__user__name", "assignee__user__email"),
)


def for_rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets with what a row of a list shows, and nothing else."""
    return tickets.select_related(
        "client", "project", "equipment", "assignee__user", "department"
    ).only(*_ROW)


def with_surroundings(ticket: Ticket, actor: Actor) -> Ticket:
    """The ticket as it is now, with what an answer names; one query."""
    return related(Ticket.objects.filter(pk=ticket.pk), actor).get()


def visible_events(actor: Actor) -> QuerySet[TicketEvent]:
    """Events that the actor may see, of any ticket: nothing of ours for clients."""
    events: QuerySet[TicketEvent] = TicketEvent.objects.visible_to(actor)
    return events.exclude(kind__in=STAFF_ONLY) if actor.is_client else events


def tag_of(ticket: Ticket, actor: Actor) -> str:
    """The version of a ticket.

    For staff the number of its last event. A client's people are told by theirs neither that
    nor how often something internal was written: it is that of the last event they see.
    """
    if not actor.is_client:
        return f'W/"{ticket.last_seq}"'
    seen = visible_events(actor).filter(ticket_id=ticket.pk)
    return entity_tag([ticket.pk, seen.aggregate(last=Max("seq"))["last"]])


def clocks_of(promise: Promise, actor: Actor) -> list[dict[str, Any]]:
    """The promise; a client's people see what counts."""
    shown = promise.shown if actor.is_client else promise.clocks
    return [clock_of(promised, actor) for promised in shown]


def show(
    ticket: Ticket, actor: Actor, now: datetime, *, facts: Sequence[Fact] | None = None
) -> dict[str, Any]:
    """A ticket with everything; a query, for staff two. ``facts`` as for the promise."""
    promise = read_promise(ticket, actor, now, facts=facts)
    escalations = (
        list(Escalation.objects.filter(ticket_id=ticket.pk))
        if not actor.is_client and ticket.escalated
        else []
    )
    here = situation(ticket, actor, promise=promise, escalations=escalations)
    found = getattr(ticket, "relatives", [])
    return full_of(
        ticket,
        actor,
        standard=said(promise.standard.name),
        clocks=clocks_of(promise, actor),
        offered=offers(here),
        relatives=[Relative(**one) for one in found],
    )
