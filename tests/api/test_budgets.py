"""What a call costs the database: a number of statements that does not grow with the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Call, filed
from tests.world import World
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
#: The scope and its transaction (three; in a test's transaction one more), the token and its
#: member (two).
SHARED = 6


def statements(call: Callable[[], Any]) -> list[str]:
    """What a call asks the database."""
    with CaptureQueriesContext(connection) as caught:
        answer = call()
    assert answer.status_code in {200, 201}, answer.content
    return [one["sql"] for one in caught]


@pytest.mark.parametrize(
    ("room", "own"),
    [
        ("me", 1),
        ("tickets", 1),
        ("tickets?q=pump", 2),
        ("events", 4),
        ("people", 1),
        ("contacts", 1),
        ("escalations", 2),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(
    call: Call, world: World, room: str, own: int
) -> None:
    filed(world.zhida)
    program = call("agent")
    program.get(room)
    few = statements(lambda: program.get(room))
    for i in range(4):
        filed(world.zhida, title=f"The pump {i}")
    many = statements(lambda: program.get(room))
    assert len(many) == len(few)
    assert len(many) <= SHARED + own, many


def test_a_ticket_costs_the_same_whatever_was_said_on_it(
    call: Call, ticket: Ticket
) -> None:
    program, path = call("agent"), f"tickets/{ticket.number}"
    program.get(path)
    short = statements(lambda: program.get(path))
    for i in range(5):
        program.post(f"{path}/replies", {"body": f"Word {i}"})
    long = statements(lambda: program.get(path))
    assert len(long) == len(short)
    assert len(long) <= SHARED + 3, long


def test_filing_costs_six_statements_and_little_more_with_all_that_can_come_with_it(
    call: Call, world: World
) -> None:
    house, agent, client = world.zhida, call("agent"), call("client")
    body = {"title": "The pump", "project": house.project.pk, "severity": "urgent"}
    for program in (agent, client):
        program.post("tickets", body)
    plain = statements(lambda: agent.post("tickets", body))
    assert len(plain) <= SHARED + 6, plain
    keyed = statements(lambda: agent.post("tickets", body, Idempotency_Key="k"))
    assert len(keyed) <= len(plain) + 2, keyed
    # Whose they are, who they are, the receipt to them, the engineer's message, the version.
    by_client = statements(lambda: client.post("tickets", body))
    assert len(by_client) <= len(plain) + 4, by_client


def test_an_act_costs_what_it_did(call: Call, world: World, ticket: Ticket) -> None:
    program, path = call("engineer"), f"tickets/{ticket.number}"
    program.get(path)
    before = filed(world.zhida)  # what a connection prepares once is prepared by then
    for verb in ("replies", "answer"):
        program.post(f"tickets/{before.number}/{verb}", {"body": "We come."})
    reply = statements(lambda: program.post(f"{path}/replies", {"body": "We come."}))
    assert len(reply) <= SHARED + 20, reply
    answer = statements(lambda: program.post(f"{path}/answer", {"body": "We come."}))
    assert len(answer) <= SHARED + 21, answer
