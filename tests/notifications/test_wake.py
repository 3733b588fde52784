"""Waking a worker: best effort, at once, and never the reason for a failure."""

from __future__ import annotations

import socket
import time

import pytest
from django.core.cache import cache

from servicedesk.celery import app
from servicedesk.lib import line
from servicedesk.lib.wake import awake, wake

TASK = "notifications.deliver"


@pytest.fixture
def sent(monkeypatch):
    """What would have been given to the broker."""
    cache.clear()
    found = []
    monkeypatch.setattr(
        app, "send_task", lambda name, **options: found.append((name, options))
    )
    return found


@pytest.fixture
def redis_at(settings):
    def move(where):
        settings.CACHES = settings.CACHES | {
            "default": settings.CACHES["default"] | {"LOCATION": where}
        }
        line.reset()

    return move


@pytest.fixture
def silent(tmp_path):
    """A server that takes connections and never answers."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen(50)
        yield f"unix://{tmp_path / 's'}?db=1"


def test_many_wake_ups_are_one_until_the_task_has_begun(sent):
    assert wake(TASK)
    assert not wake(TASK)
    awake(TASK)
    assert wake(TASK)
    assert [name for name, _ in sent] == [TASK, TASK]
    assert all(options["expires"] and not options["retry"] for _, options in sent)


def test_without_redis_nothing_is_sent_and_nothing_raises(sent, redis_at):
    redis_at("unix:///nowhere/redis.sock?db=1")
    began = time.monotonic()
    assert not wake(TASK)
    awake(TASK)
    assert time.monotonic() - began < 0.5
    assert sent == []


def test_a_redis_that_hangs_costs_half_a_second_once(sent, redis_at, silent):
    redis_at(silent)
    began = time.monotonic()
    assert not wake(TASK)
    assert time.monotonic() - began < 0.6
    began = time.monotonic()
    for _ in range(20):
        wake(TASK)
    assert time.monotonic() - began < 0.1
    assert sent == []


def test_a_broker_that_fails_is_forgiven(monkeypatch):
    cache.clear()

    def fail(*args, **options):
        raise OSError

    monkeypatch.setattr(app, "send_task", fail)
    assert not wake(TASK)


@pytest.mark.parametrize("kind", ["gone", "hung"])
def test_a_real_broker_that_is_gone_is_given_up_at_once(
    monkeypatch, kind, tmp_path, silent
):
    cache.clear()
    path = (
        silent.removeprefix("unix://").partition("?")[0]
        if kind == "hung"
        else "/nowhere"
    )
    monkeypatch.setattr(
        app.conf, "broker_write_url", f"redis+socket://{path}?virtual_host=0"
    )
    began = time.monotonic()
    assert not wake(TASK)
    assert time.monotonic() - began < 2


def test_a_worker_asks_for_its_broker_every_few_seconds_for_ever(monkeypatch):
    """Within half a minute of its return everything has to be caught up."""
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _seconds: None)
    waits = []

    class EnoughError(Exception):
        pass

    def note(_error, wait):
        waits.append(wait)
        if len(waits) == 200:
            raise EnoughError

    most = app.conf.broker_connection_max_retries
    gone = "redis+socket:///nowhere?virtual_host=0"
    with app.connection_for_read(gone) as line_of, pytest.raises(EnoughError):
        line_of.ensure_connection(note, most)
    assert max(waits) <= 3


def test_what_was_in_flight_when_the_broker_went_does_not_end_the_worker():
    """The late acknowledgement fails as a lost connection, which the worker gets over."""
    line = app.connection_for_read()
    queue = line.SimpleQueue("in-flight")
    queue.put({"wake": 1})
    message = queue.get(timeout=5)
    errors = line.connection_errors
    line.collect()  # what the worker does when the broker is gone,
    message.channel._disconnect_pools()  # which leaves no way to it
    with pytest.raises(errors):
        message.ack()
    message.ack_log_error(Silent(), errors)


class Silent:
    """A log that nobody reads."""

    def critical(self, *_args, **_options):
        """Say nothing."""
