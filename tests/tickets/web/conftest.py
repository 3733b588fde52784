"""Browsers of the people of one tenant, and tickets to look at."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from servicedesk.lib.now import database_now
from tests.world import House, World
from tickets import services
from tickets.models import Ticket

HTMX = {"HTTP_HX_REQUEST": "true"}
#: Words that only colleagues may ever read.
CANARY = "CANARY-7781-for-colleagues-only"
_numbers = itertools.count(1)


@pytest.fixture
def browse(
    zhida: House, world: World, sign_in: Callable[[House, str], Client]
) -> Callable[..., Client]:
    """A browser by the name of a person; of the neighbour with ``house="other"``."""
    known: dict[tuple[str, str], Client] = {}

    def browser(name: str, house: str = "zhida") -> Client:
        key = (name, house)
        if key not in known:
            known[key] = sign_in(getattr(world, house), name)
        return known[key]

    return browser


@pytest.fixture
def file(zhida: House) -> Callable[..., Ticket]:
    """Files a request of the first client organisation some minutes ago."""

    def file_one(*, minutes: float = 5, by: str = "client", **values: Any) -> Ticket:
        given = {
            "client": zhida.client_org,
            "project": zhida.project,
            "title": f"Screen {next(_numbers)} is black",
            "symptom": "It went black at nine.",
            "severity": 2,
            "requester": zhida.people[by],
        }
        now = database_now() - timedelta(minutes=minutes)
        return services.file_ticket(actor=zhida.actor(by), now=now, **(given | values))

    return file_one


@pytest.fixture
def ticket(file: Callable[..., Ticket]) -> Ticket:
    """A request that nobody has touched yet."""
    return file()


@pytest.fixture
def do(zhida: House) -> Callable[..., Ticket]:
    """Does a verb as somebody, now."""

    def verb(ticket: Ticket, name: str, by: str = "engineer", **values: Any) -> Ticket:
        actor = zhida.actor(by)
        getattr(services, name)(
            actor=actor, now=database_now(), ticket=ticket, **values
        )
        ticket.refresh_from_db()
        return ticket

    return verb


def fresh(ticket: Ticket) -> Ticket:
    """The ticket as the database has it now."""
    return Ticket.objects.get(pk=ticket.pk)


def text(response: Any) -> str:
    """The page as text."""
    content: str = response.content.decode()
    return content
