"""How things stand now: open, at risk, missed, not acknowledged; and what is due next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from people.actors import Actor
from reports.queries.selection import tickets_of, unanswered_of
from reports.rules import Question
from tickets.models import Escalation, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.queries.clocks import clocks_of, foremost, view_of

#: What can be counted of tickets as they stand now.
OPEN, AT_RISK, MISSED = "open", "risk", "missed"


def standing_tickets(
    what: str, question: Question, actor: Actor, *, now: datetime
) -> TicketQuerySet:
    """The tickets behind one number of :class:`Standing`; without order."""
    working = tickets_of(question, actor).working()
    if what == AT_RISK:
        return working.at_risk(now)
    return working.missed(now) if what == MISSED else working


@dataclass(frozen=True, slots=True)
class Standing:
    """The four numbers of the wall."""

    open: int
    at_risk: int
    missed: int
    unanswered: int


def standing(question: Question, actor: Actor, *, now: datetime) -> Standing:
    """Count what is open, at risk, missed, and missed without an answer."""

    def count(what: str) -> int:
        return standing_tickets(what, question, actor, now=now).count()

    return Standing(
        open=count(OPEN),
        at_risk=count(AT_RISK),
        missed=count(MISSED),
        unanswered=unanswered_of(question, actor).count(),
    )


def unanswered(question: Question, actor: Actor) -> QuerySet[Escalation]:
    """The escalations that nobody has acknowledged, with their tickets, the oldest first."""
    related = ("ticket", "ticket__client", "ticket__assignee__user")
    found = unanswered_of(question, actor).select_related(*related)
    return found.order_by("opened_at", "pk")


@dataclass(frozen=True, slots=True)
class Watched:
    """One ticket with the clock that matters most."""

    ticket: Ticket
    clock: Any


def watched(tickets: list[Ticket], *, now: datetime) -> list[Watched]:
    """Tickets with their clocks; one query."""
    clocks = clocks_of(tickets)
    return [
        Watched(ticket, view_of(foremost(ticket, clocks.get(ticket.pk, [])), now))
        for ticket in tickets
    ]


def nearest(
    question: Question, actor: Actor, *, now: datetime, limit: int
) -> list[Watched]:
    """The open tickets that are due next, the missed ones first."""
    tickets = for_rows(tickets_of(question, actor).working())
    due = tickets.filter(next_due_at__isnull=False).by_time_left()
    return watched(list(due[:limit]), now=now)


def for_rows(tickets: TicketQuerySet) -> TicketQuerySet:
    """With what a row shows, and without the long texts."""
    return tickets.select_related("client", "assignee__user").defer(
        "symptom", "effect", "wish"
    )
