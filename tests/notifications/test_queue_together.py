"""Queueing over several connections at once, and with Redis gone."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections

from notifications.services import Draft, queue
from servicedesk.lib import line
from tenants.scope import tenant_scope
from tests.notifications.post import NOW, deliveries, messages, tell

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("committed")]


def test_two_who_tell_the_same_at_once_tell_it_once(world):
    house = world.zhida
    people = [person.pk for person in house.people.values()]
    drafts = [
        Draft(pk, "assigned", f"k{n}", "ticket", n) for pk in people for n in range(20)
    ]
    together, counts = threading.Barrier(2), []

    def work(mine):
        try:
            with tenant_scope(house.tenant.pk):
                together.wait(timeout=10)
                counts.append(queue(mine, now=NOW))
        finally:
            connections.close_all()

    # In opposite orders: whoever locked as asked would wait in a circle.
    workers = [
        threading.Thread(target=work, args=(mine,)) for mine in (drafts, drafts[::-1])
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sum(counts) == len(drafts)
    assert len(messages(house)) == len(deliveries(house)) == len(drafts)


def test_with_redis_gone_the_message_is_there_and_nothing_waits(world, settings):
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere?db=1"}
    }
    line.reset()
    began = time.monotonic()
    tell(world.zhida, "engineer")
    assert time.monotonic() - began < 1
    assert len(deliveries(world.zhida)) == 1
