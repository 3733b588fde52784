"""The names behind the numbers of the figures."""

from __future__ import annotations

from dataclasses import dataclass, field

from clients.models import Client
from people.models import Department, Membership
from reports.queries.promises import Promises


@dataclass(slots=True)
class Names:
    """What departments, people and clients are called, by id."""

    departments: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    clients: dict[int, str] = field(default_factory=dict)


def names_of(found: Promises) -> Names:
    """Look up every name that the figures need."""
    people = [key for key in found.by_assignee if key is not None]
    clients = [key for key in found.by_client if key is not None]
    members = Membership.objects.filter(pk__in=people).values_list("pk", "user__name")
    return Names(
        departments=dict(Department.objects.values_list("pk", "name")),
        people=dict(members),
        clients=dict(Client.objects.filter(pk__in=clients).values_list("pk", "name")),
    )
