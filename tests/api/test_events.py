"""The feed of events: complete, in order, without gaps whoever commits when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections
from django.test import Client

from servicedesk.api.horizon import horizon
from servicedesk.lib.now import database_now
from tests.api.conftest import Call, Program, filed, token_for
from tests.world import World
from tickets.models import Ticket, TicketEvent
from tickets.services import reply


@pytest.mark.django_db
def test_the_feed_tells_everything_once_in_order(call: Call, world: World) -> None:
    tickets = [filed(world.zhida, title=f"Fault {i}") for i in range(3)]
    program, seen, after = call("agent"), [], 0
    while True:
        page = program.get(f"events?after={after}&limit=2").json()
        seen += page["results"]
        after = page["next_after"]
        if not page["more"]:
            break
    ids = [one["id"] for one in seen]
    assert ids == sorted(set(ids))
    assert {one["ticket"] for one in seen} == {one.number for one in tickets}
    assert program.get(f"events?after={after}").json()["results"] == []
    program.post(f"tickets/{tickets[0].number}/replies", {"body": "News."})
    news = program.get(f"events?after={after}").json()["results"]
    assert [one["body"] for one in news] == ["News."]


@pytest.mark.django_db
def test_everybody_hears_of_their_own_tickets_only(
    call: Call, world: World, ticket: Ticket
) -> None:
    assert call("client").get("events").json()["results"]
    assert call("client_manager").get("events").json()["results"]
    for name in ("peer", "rival", "elsewhere"):
        assert call(name).get("events").json()["results"] == [], name
    assert call("agent", world.other).get("events").json()["results"] == []


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_still_being_written_is_never_skipped(world: World) -> None:
    """One writer takes an id and dawdles; a second one, later, is done at once."""
    house = world.zhida
    slow, fast = filed(house, title="Slow"), filed(house, title="Fast")
    program = Program(house.host, token_for(house, "agent"), Client())
    start = program.get("events?limit=200").json()["next_after"]
    written, go = threading.Event(), threading.Event()

    def dawdle() -> None:
        try:
            with house.scope():
                reply(
                    actor=house.actor("agent"),
                    now=database_now(),
                    ticket=slow,
                    body="Slow words",
                )
                written.set()
                go.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=dawdle)
    thread.start()
    assert written.wait(20)
    try:
        program.post(f"tickets/{fast.number}/replies", {"body": "Fast words"})
        early = program.get(f"events?after={start}").json()
        assert early["results"] == []
        assert early["next_after"] == start
    finally:
        go.set()
        thread.join()
    late = program.get(f"events?after={early['next_after']}").json()
    assert [one["body"] for one in late["results"]] == ["Slow words", "Fast words"]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_whoever_reads_while_many_write_gets_each_event_once(world: World) -> None:
    """Four writers who commit out of order, and one who asks again and again."""
    house = world.zhida
    tickets = [filed(house, title=f"Fault {i}") for i in range(4)]
    program = Program(house.host, token_for(house, "agent"), Client())
    start = after = program.get("events?limit=200").json()["next_after"]

    def write(place: int) -> None:
        try:
            for turn in range(6):
                with house.scope() as now:
                    reply(
                        actor=house.actor("agent"),
                        now=now,
                        ticket=tickets[place],
                        body=f"{place}.{turn}",
                    )
                    time.sleep((place * 7 + turn * 3) % 5 / 50)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=[place]) for place in range(4)]
    for writer in writers:
        writer.start()
    seen: list[dict[str, object]] = []
    while True:
        over = not any(writer.is_alive() for writer in writers)
        page = program.get(f"events?after={after}&limit=3").json()
        seen += page["results"]
        after = page["next_after"]
        if over and not page["results"]:
            break
    with house.scope():
        rows = TicketEvent.objects.filter(pk__gt=start).order_by("pk")
        assert [one["id"] for one in seen] == [row.pk for row in rows]
    assert len(seen) == 24


@pytest.mark.django_db
def test_writers_who_follow_upon_each_other_do_not_hold_it_back(
    world: World, ticket: Ticket
) -> None:
    with world.zhida.scope(), connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM tickets_ticketevent")
        (newest,) = cursor.fetchone()
    with writing() as first:
        assert horizon(patience=0) < newest
        with writing():
            first.rollback()
            assert horizon(patience=0) >= newest


@contextmanager
def writing() -> Iterator[Any]:
    """A transaction of somebody else that may be writing events."""
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE tickets_ticketevent IN ROW EXCLUSIVE MODE")
        yield other
    finally:
        other.close()
