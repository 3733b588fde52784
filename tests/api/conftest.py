"""Programs with tokens, and a ticket for them to work on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from people.keys import SHOWN, digest, new_token
from people.models import ApiToken
from people.services import grantable
from servicedesk.api.horizon import forget_horizon
from servicedesk.lib.now import database_now
from tests.world import House, World
from tickets.models import Ticket
from tickets.services import add_note, file_ticket

CANARY = "CANARY-7391"


def token_for(house: House, name: str, *, scopes: list[str] | None = None) -> str:
    """A token of a person; with all that their role may do unless scopes are given."""
    raw, now = new_token(), database_now()
    with house.scope():
        ApiToken.objects.create(
            membership=house.people[name],
            name=f"Test of {name}",
            prefix=raw[:SHOWN],
            token_hash=digest(raw),
            scopes=grantable(house.actor(name)) if scopes is None else scopes,
            created_at=now,
            expires_at=now + timedelta(days=1),
            last_used_at=now,
        )
    return raw


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
