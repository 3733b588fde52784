"""One ticket as its page shows it, in a number of queries that no conversation makes longer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from people.actors import Actor
from people.models import Membership
from people.roles import CLIENT_ROLES
from tickets.models import (
    AppointmentOffer,
    Attachment,
    Escalation,
    EscalationStep,
    Follower,
    Ticket,
)
from tickets.queries.feed import Feed, read_feed
from tickets.queries.flow import NEWEST, Handling, read_handling
from tickets.queries.offers import NextStep, next_step, offers, situation
from tickets.queries.promise import Promise, read_promise
from tickets.queries.words import metric_name

RELATIVES_MOST = 20
#: Steps fire within this time of their due time.
ORDINARY = timedelta(seconds=1.5)
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
)


@dataclass(frozen=True, slots=True)
class Rung:
    """A step that fired: when, how late, who was told."""

    fired_at: datetime
    due_at: datetime
    problem: str = ""
    told: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What was done: who was told, by name."""
        if self.problem == "nobody_has_role":
            return _("Nobody has this role")
        if self.problem == "all_away" and not self.names:
            return _("Nobody reachable")
        return _("Told: %(names)s") % {"names": ", ".join(self.names) or "–"}

    @property
    def lateness(self) -> timedelta:
        """Between its time and its firing."""
        return self.fired_at - self.due_at

    @property
    def is_late(self) -> bool:
        """Whether it fired later than it does in ordinary running."""
        return self.lateness > ORDINARY


@dataclass(frozen=True, slots=True)
class Climb:
    """An escalation with its rungs."""

    escalation: Escalation
    steps: list[Rung]

    def named(self, people: Iterable[Membership]) -> Climb:
        """With the names of those who were told."""
        names = {person.pk: person.user.name for person in people}
        steps = [
            replace(rung, names=tuple(names.get(pk, "–") for pk in rung.told))
            for rung in self.steps
        ]
        return replace(self, steps=steps)

    @property
    def metric(self) -> object:
        """The promise that was missed."""
        return metric_name(self.escalation.metric)

    @property
    def waiting(self) -> bool:
        """Whether somebody has to acknowledge it."""
        is_open = self.escalation.state == Escalation.State.OPEN
        return is_open and self.escalation.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Relative:
    """Another ticket that this one belongs together with."""

    pk: int
    number: str
    title: str
    merged_into: int | None
    follows_up: int | None

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Everything that the ticket page shows."""

    ticket: Ticket
    promise: Promise
    feed: Feed
    step: NextStep
    handling: Handling
    offered: list[str]
    escalations: list[Climb] = field(default_factory=list)
    followers: list[Membership] = field(default_factory=list)
    relatives: list[Relative] = field(default_factory=list)

    @property
    def files(self) -> list[Attachment]:
        """What was filed with the request."""
        return self.feed.files

    @property
    def survivor(self) -> Relative | None:
        """The ticket that this one was merged into, where it may be seen."""
        return self._relative(self.ticket.merged_into_id)

    @property
    def origin(self) -> Relative | None:
        """The closed ticket that this one goes on from, where it may be seen."""
        return self._relative(self.ticket.follows_up_id)

    def _relative(self, pk: int | None) -> Relative | None:
        return next((one for one in self.relatives if one.pk == pk), None)

    @property
    def merged_here(self) -> list[Relative]:
        """The tickets that were merged into this one."""
        return [one for one in self.relatives if one.merged_into == self.ticket.pk]

    @property
    def continued_by(self) -> list[Relative]:
        """The tickets that go on where this one was closed."""
        return [one for one in self.relatives if one.follows_up == self.ticket.pk]


def related(tickets: QuerySet[Ticket], actor: Actor) -> QuerySet[Ticket]:
    """With what the page shows of a ticket's surroundings, in the ticket's own query."""
    others = Ticket.objects.visible_to(actor).filter(
        Q(merged_into_id=OuterRef("pk"))
        | Q(follows_up_id=OuterRef("pk"))
        | Q(pk=OuterRef("merged_into_id"))
        | Q(pk=OuterRef("follows_up_id"))
    )
    newest = AppointmentOffer.objects.filter(ticket=OuterRef("pk")).order_by("-pk")
    found = others.order_by("pk").values(
        found=JSONObject(
            pk="pk",
            number="number",
            title="title",
            merged_into="merged_into_id",
            follows_up="follows_up_id",
        )
    )
    return tickets.select_related(*RELATED).annotate(
        relatives=ArraySubquery(found[:RELATIVES_MOST]),
        newest_flow=NEWEST,
        offer_state=Subquery(newest.values("state")[:1]),
    )


def read_ticket(
    ticket: Ticket, actor: Actor, now: datetime, *, after: int | None = None
) -> TicketPage:
    """The page of a ticket that :func:`related` has loaded; six queries.

    ``after`` limits the conversation to what is newer.
    """
    promise = read_promise(ticket, actor, now)
    handling = read_handling(ticket, actor, now, moved=promise.moved)
    escalations = [] if actor.is_client else _escalations(ticket)
    here = situation(
        ticket, actor, promise=promise, escalations=escalations, handling=handling
    )
    offered = offers(here)
    climbs = [Climb(row, _rungs(row)) for row in escalations]
    told = {pk for climb in climbs for rung in climb.steps for pk in rung.told}
    told |= {pk for one in handling.called for pk in one.told}
    people = _people(ticket, told)
    return TicketPage(
        ticket=ticket,
        promise=promise,
        feed=read_feed(ticket, actor, after=after, moved=promise.moved),
        step=next_step(here, offered),
        handling=handling.named({one.pk: one.user.name for one in people}),
        offered=offered,
        escalations=[climb.named(people) for climb in climbs],
        followers=_followers(people, actor),
        relatives=[Relative(**one) for one in ticket.relatives],  # type: ignore[attr-defined]
    )


def _escalations(ticket: Ticket) -> list[Escalation]:
    """Escalations with their rungs as JSON; one query."""
    steps = EscalationStep.objects.filter(escalation_id=OuterRef("pk")).order_by(
        "due_at", "pk"
    )
    rungs = steps.values(
        rung=JSONObject(
            fired_at="fired_at", due_at="due_at", told="told", problem="problem"
        )
    )
    return list(
        Escalation.objects.filter(ticket_id=ticket.pk)
        .select_related("acknowledged_by__user")
        .annotate(rungs=ArraySubquery(rungs))
        .order_by("-opened_at", "-pk")
    )


def _rungs(escalation: Escalation) -> list[Rung]:
    return [
        Rung(
            fired_at=datetime.fromisoformat(row["fired_at"]),
            due_at=datetime.fromisoformat(row["due_at"]),
            problem=row["problem"],
            told=tuple(one["membership"] for one in row["told"]),
        )
        for row in escalation.rungs  # type: ignore[attr-defined]
    ]


def _people(ticket: Ticket, told: set[int]) -> list[Membership]:
    """Followers, and whoever was told of an escalation; one query."""
    follows = Follower.objects.filter(ticket_id=ticket.pk, membership_id=OuterRef("pk"))
    following = Follower.objects.filter(ticket_id=ticket.pk).values("membership_id")
    people = Membership.objects.filter(Q(pk__in=following) | Q(pk__in=told))
    return list(
        people.select_related("user")
        .annotate(follows=Exists(follows))
        .order_by("user__name", "pk")
    )


def _followers(people: Iterable[Membership], actor: Actor) -> list[Membership]:
    """Who follows; a client's person sees the client's own people only."""
    return [
        person
        for person in people
        if person.follows  # type: ignore[attr-defined]
        if person.role in CLIENT_ROLES or not actor.is_client
    ]
