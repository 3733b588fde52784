"""The feed of events: complete, in order, without gaps whoever commits when."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.test import Client

from servicedesk.api.horizon import forget_horizon, horizon
from servicedesk.lib.now import database_now
from tests.api.conftest import Call, Program, filed, token_for
from tests.world import World
from tickets.models import Ticket
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


@pytest.mark.django_db
def test_what_is_settled_is_not_asked_for_again(
    world: World, ticket: Ticket, django_assert_num_queries: object
) -> None:
    forget_horizon()
    end = horizon()
    assert end > 0
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert horizon(wanted=end) == end
