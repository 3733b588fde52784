"""The line to Redis, which may be dead: whoever uses it goes on without.

Redis holds hints only: what has changed, who is looking, what to wake. A call takes half a
second at most; after a failure nobody tries again for a moment, so that a Redis that hangs
does not hold up every request.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import TypeVar, cast

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
T = TypeVar("T")

PATIENCE = 0.25  # seconds for one command
REST = 1.0  # seconds after a failure during which nobody tries


class _Line:
    """One client a process, made when first used and again after a fork."""

    def __init__(self) -> None:
        self.client: Redis | None = None
        self.pid = 0
        self.rests_until = 0.0
        self.failures = 0

    def connected(self) -> Redis:
        if self.client is None or self.pid != os.getpid():
            self.pid = os.getpid()
            self.client = Redis.from_url(
                str(settings.CACHES["default"]["LOCATION"]),
                decode_responses=True,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                # A connection that died while idle is replaced once; silence is not.
                retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
            )
        return self.client


_line = _Line()


def attempt(work: Callable[[Redis], T], default: T) -> T:
    """What ``work`` gets from Redis; ``default`` where Redis can't be reached."""
    if time.monotonic() < _line.rests_until:
        return default
    try:
        return work(_line.connected())
    except (RedisError, OSError) as error:
        _line.rests_until = time.monotonic() + REST
        _line.failures += 1
        logger.warning("Redis does not answer: %s", error)
        return default


def attempt_broker(work: Callable[[Redis], T], default: T) -> T:
    """The same for Celery's broker, whose queues lie in a database of their own."""
    client = _broker()
    try:
        return work(client)
    except (RedisError, OSError) as error:
        logger.warning("The broker does not answer: %s", error)
        return default
    finally:
        client.close()


def _broker() -> Redis:
    return Redis.from_url(
        settings.BROKER_URL,
        decode_responses=True,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
    )


def failures() -> int:
    """How often this process found the line dead. Grows only."""
    return _line.failures


def reset() -> None:
    """Forget the connection and its failures (after a change of settings, in tests)."""
    if _line.client is not None:
        _line.client.close()
    _line.__init__()  # type: ignore[misc]


def texts(values: object) -> list[str | None]:
    """The answer of MGET, typed: this client decodes to text and is not asynchronous."""
    return cast("list[str | None]", values)
