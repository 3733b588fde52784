"""One ticket as its page shows it, in a number of queries that no conversation makes longer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch, Q

from people.actors import Actor
from people.roles import CLIENT_ROLES
from tickets.models import Escalation, EscalationStep, Follower, Ticket
from tickets.queries.feed import Feed, read_feed
from tickets.queries.offers import NextStep, next_step, offers, situation
from tickets.queries.promise import Promise, read_promise
from tickets.queries.words import metric_name

#: What the page shows of a ticket's surroundings, in the query of the ticket itself.
RELATED = (
    "client",
    "project__engineer__user",
    "project__standard",
    "site",
    "contact",
    "equipment",
    "department",
    "assignee__user",
    "requester__user",
    "merged_into",
    "follows_up",
)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung that fired: when, how late, who was told."""

    step: EscalationStep

    @property
    def lateness(self) -> int:
        """Seconds between its time and its firing."""
        return int((self.step.fired_at - self.step.due_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Climb:
    """An escalation with its rungs."""

    escalation: Escalation
    steps: list[Step]

    @property
    def metric(self) -> object:
        """The promise that was missed."""
        return metric_name(self.escalation.metric)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Everything that the ticket page shows."""

    ticket: Ticket
    promise: Promise
    feed: Feed
    step: NextStep
    offered: list[str]
    escalations: list[Climb] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)
    relatives: list[Ticket] = field(default_factory=list)

    @property
    def merged_here(self) -> list[Ticket]:
        """The tickets that were merged into this one."""
        return [one for one in self.relatives if one.merged_into_id == self.ticket.pk]

    @property
    def continued_by(self) -> list[Ticket]:
        """The tickets that go on where this one was closed."""
        return [one for one in self.relatives if one.follows_up_id == self.ticket.pk]


def read_ticket(
    ticket: Ticket, actor: Actor, now: datetime, *, after: int | None = None
) -> TicketPage:
    """The page of a ticket; ``after`` limits the conversation to what is newer."""
    promise = read_promise(ticket, actor, now)
    climbs = [] if actor.is_client else _escalations(ticket)
    here = situation(
        ticket,
        actor,
        promise=promise,
        escalations=[climb.escalation for climb in climbs],
    )
    offered = offers(here)
    return TicketPage(
        ticket=ticket,
        promise=promise,
        feed=read_feed(ticket, actor, after=after),
        step=next_step(here, offered),
        offered=offered,
        escalations=climbs,
        followers=_followers(ticket, actor),
        relatives=_relatives(ticket, actor),
    )


def _escalations(ticket: Ticket) -> list[Climb]:
    """Escalations with their rungs; two queries, one where there is none."""
    steps = EscalationStep.objects.order_by("due_at", "pk")
    found = (
        Escalation.objects.filter(ticket_id=ticket.pk)
        .select_related("acknowledged_by__user")
        .prefetch_related(Prefetch("steps", steps))
        .order_by("-opened_at", "-pk")
    )
    return [Climb(row, [Step(step) for step in row.steps.all()]) for row in found]


def _followers(ticket: Ticket, actor: Actor) -> list[Follower]:
    """Who follows; a client's person sees the client's own people only."""
    followers = Follower.objects.filter(ticket_id=ticket.pk).select_related(
        "membership__user"
    )
    if actor.is_client:
        followers = followers.filter(membership__role__in=CLIENT_ROLES)
    return list(followers.order_by("membership__user__name", "pk"))


def _relatives(ticket: Ticket, actor: Actor) -> list[Ticket]:
    related = Q(merged_into_id=ticket.pk) | Q(follows_up_id=ticket.pk)
    return list(Ticket.objects.visible_to(actor).filter(related).order_by("pk")[:20])
