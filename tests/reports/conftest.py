"""A past to report on: requests filed and worked on through the services, at set times."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from servicedesk.lib.now import database_now
from tests.world import House
from tickets import services
from tickets.models import Ticket

_numbers = itertools.count(1)


@pytest.fixture
def browse(
    zhida: House, sign_in: Callable[[House, str], Client]
) -> Callable[[str], Client]:
    """A browser by the name of a person."""
    known: dict[str, Client] = {}

    def browser(name: str) -> Client:
        if name not in known:
            known[name] = sign_in(zhida, name)
        return known[name]

    return browser


@pytest.fixture
def file(zhida: House) -> Callable[..., Ticket]:
    """Files a serious request at an instant: answer in 1 h, solution in 4 h."""

    def file_one(at: datetime, *, by: str = "client", **values: Any) -> Ticket:
        mine = by != "rival"
        given = {
            "client": zhida.client_org if mine else zhida.rival_org,
            "project": zhida.project if mine else zhida.rival_project,
            "title": f"Camera {next(_numbers)} is dark",
            "severity": 2,
            "requester": zhida.people[by],
        }
        actor = zhida.actor(by)
        return services.file_ticket(actor=actor, now=at, **(given | values))

    return file_one


@pytest.fixture
def do(zhida: House) -> Callable[..., Ticket]:
    """Does a verb as somebody, so many minutes after the request was received."""

    def verb(
        ticket: Ticket, name: str, minutes: float, by: str = "boss", **values: Any
    ) -> Ticket:
        at = ticket.received_at + timedelta(minutes=minutes)
        getattr(services, name)(actor=zhida.actor(by), now=at, ticket=ticket, **values)
        ticket.refresh_from_db()
        return ticket

    return verb


@pytest.fixture
def work(file: Callable[..., Ticket], do: Callable[..., Ticket]) -> Callable[..., Any]:
    """A request that is assigned, answered and solved, each after so many minutes."""

    def whole(
        at: datetime,
        *,
        answer: float | None = 10,
        resolve: float | None = 60,
        assignee: Any = None,
        **values: Any,
    ) -> Ticket:
        ticket = file(at, **values)
        if assignee is not None:
            do(ticket, "assign", 1, assignee=assignee)
        if answer is not None:
            do(ticket, "answer", answer, body="We come and look.")
        if resolve is not None:
            do(ticket, "resolve", resolve, body="The cable was loose.")
        return ticket

    return whole


@pytest.fixture
def past(zhida: House, work: Callable[..., Any]) -> dict[str, Ticket]:
    """A little of everything in the last days, some of it still open."""
    now = database_now()
    ago = {days: now - timedelta(days=days) for days in (1, 2, 9, 20, 40)}
    engineer, colleague = zhida.engineer, zhida.colleague
    return {
        "kept": work(ago[1], assignee=engineer),
        "late answer": work(ago[2], answer=90, resolve=200, assignee=engineer),
        "late both": work(ago[9], answer=90, resolve=300, assignee=colleague),
        "nobody's": work(ago[9], answer=10, resolve=None),
        "general": work(ago[20], severity=1, assignee=colleague),
        "urgent": work(ago[20], severity=3, answer=30, resolve=100, assignee=engineer),
        "long ago": work(ago[40], assignee=engineer),
        "rival": work(ago[2], by="rival", answer=70, resolve=200, assignee=engineer),
        "elsewhere": work(
            ago[1],
            project=None,
            department=zhida.other_department,
            assignee=zhida.elsewhere,
        ),
        "nowhere": work(ago[2], project=None, answer=None, resolve=200),
        "at risk": work(now - timedelta(minutes=50), answer=None, resolve=None),
        "over": work(now - timedelta(minutes=70), answer=None, resolve=None),
    }
