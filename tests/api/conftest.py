"""Programs with tokens, and a ticket for them to work on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from people.keys import SHOWN, digest, new_token
from people.services import grantable
from servicedesk.api.horizon import forget_horizon
from servicedesk.lib.now import database_now
from tests.world import House, World
from tickets.models import Ticket
from tickets.services import add_note, file_ticket

CANARY = "CANARY-7391"


def token_for(house: House, name: str, *, scopes: list[str] | None = None) -> str:
    """A token of a person; with all that their role may do unless scopes are given.

    Committed on a connection of its own: tokens are looked up by the system's role, which
    does not see what the test's own transaction has not committed.
    """
    raw, granted = new_token(), grantable(house.actor(name))
    row = (
        house.tenant.pk,
        house.people[name].pk,
        f"Test of {name}",
        raw[:SHOWN],
        digest(raw),
        granted if scopes is None else scopes,
    )
    with committed(house) as cursor:
        cursor.execute(
            "INSERT INTO people_apitoken (tenant_id, membership_id, name, prefix,"
            " token_hash, scopes, created_at, expires_at, last_used_at) VALUES"
            " (%s, %s, %s, %s, %s, %s, now(), now() + interval '1 day', now())",
            row,
        )
    _made.append((house, digest(raw)))
    return raw


_made: list[tuple[House, str]] = []


@contextmanager
def committed(house: House) -> Iterator[Any]:
    """A cursor in the tenant's scope on another connection; commits at the end."""
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other, other.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.tenant_id', %s, true)", [str(house.tenant.pk)]
            )
            yield cursor
    finally:
        other.close()


@pytest.fixture(autouse=True, scope="module")
def _take_tokens_back() -> Iterator[None]:
    """What was committed for a module's tests is gone after them."""
    yield
    while _made:
        house, token_hash = _made.pop()
        with committed(house) as cursor:
            cursor.execute(
                "DELETE FROM people_apitoken WHERE token_hash = %s", [token_hash]
            )


@dataclass
class Program:
    """A program that speaks to a tenant's host with a token."""

    host: str
    token: str
    http: Client

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call an address below /api/v1/; ``If_Match="…"`` is a header."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        where = path if path.startswith("/") else f"/api/v1/{path}"
        more: dict[str, Any] = {}
        if body is not None:
            more = {"data": json.dumps(body), "content_type": "application/json"}
        return self.http.generic(
            method, where, headers=sent, HTTP_HOST=self.host, **more
        )

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST JSON."""
        return self.ask("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """PATCH JSON."""
        return self.ask("PATCH", path, body, **headers)

    def upload(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        """POST a form with files."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {self.token}"
        return self.http.post(
            f"/api/v1/{path}", data, headers=sent, HTTP_HOST=self.host
        )


Call = Callable[..., Program]


@pytest.fixture(autouse=True)
def _forget() -> None:
    """No count of calls and no horizon of an earlier test."""
    cache.clear()
    forget_horizon()


@pytest.fixture
def call(world: World, db: None) -> Call:
    """``call("agent")`` is a program with the agent's token at zhida's host."""

    def make(
        name: str, house: House | None = None, *, scopes: list[str] | None = None
    ) -> Program:
        house = house or world.zhida
        token = token_for(house, name, scopes=scopes) if name else ""
        return Program(house.host, token, Client(raise_request_exception=False))

    return make


@pytest.fixture
def ticket(world: World, db: None) -> Ticket:
    """A ticket that the client filed, with an internal note on it."""
    return filed(world.zhida)


def filed(house: House, **values: Any) -> Ticket:
    """File a ticket as the client and note something about it."""
    now = database_now()
    with house.scope():
        ticket = file_ticket(
            actor=house.actor("client"),
            now=now,
            client=values.pop("client", house.client_org),
            requester=house.client,
            title=values.pop("title", "The pump does not start"),
            project=values.pop("project", house.project),
            **values,
        )
        add_note(
            actor=house.actor("agent"), now=now, ticket=ticket, body=f"{CANARY} inside"
        )
        ticket.refresh_from_db()
    return ticket


def row_counts(house: House, *models: Any) -> list[int]:
    """How many rows there are of some models."""
    with house.scope():
        return [model.objects.count() for model in models]
