"""What is nearest to a miss, and the names behind the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clients.models import Client
from people.actors import Actor
from people.models import Department, Membership
from reports.queries.now import tickets_of
from reports.queries.promises import Promises
from reports.rules import Question
from sla.models import StandardVersion
from sla.services import standards_of
from tickets.models import Ticket
from tickets.queries.clocks import clocks_of, foremost, view_of


@dataclass(frozen=True, slots=True)
class Watched:
    """One ticket with the clock that matters most."""

    ticket: Ticket
    clock: Any


def nearest(
    question: Question, actor: Actor, *, now: datetime, limit: int
) -> list[Watched]:
    """The open tickets that are due next, the missed ones first."""
    tickets = list(
        tickets_of(question, actor)
        .working()
        .filter(next_due_at__isnull=False)
        .select_related("client", "assignee__user")
        .by_time_left()[:limit]
    )
    clocks = clocks_of(tickets)
    return [
        Watched(ticket, view_of(foremost(ticket, clocks.get(ticket.pk, [])), now))
        for ticket in tickets
    ]


@dataclass(slots=True)
class Names:
    """What the numbers in the figures are called."""

    departments: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    clients: dict[int, str] = field(default_factory=dict)
    tiers: dict[str, Any] = field(default_factory=dict)


def names_of(found: Promises) -> Names:
    """Look up every name that a dashboard needs."""
    people = [key for key in found.by_assignee if key is not None]
    clients = [key for key in found.by_client if key is not None]
    members = Membership.objects.filter(pk__in=people).values_list("pk", "user__name")
    return Names(
        departments=dict(Department.objects.values_list("pk", "name")),
        people=dict(members),
        clients=dict(Client.objects.filter(pk__in=clients).values_list("pk", "name")),
        tiers=_tier_names({tier for _metric, tier in found.by_promise}),
    )


def _tier_names(wanted: set[str]) -> dict[str, Any]:
    """Tier key → its name in both languages, from the newest version that has it."""
    if not wanted:
        return {}
    newest = StandardVersion.objects.order_by("standard_id", "-number").distinct(
        "standard_id"
    )
    standards = standards_of(list(newest.values_list("pk", flat=True)))
    return {
        tier.key: tier.name
        for standard in standards.values()
        for tier in standard.tiers
        if tier.key in wanted
    }
