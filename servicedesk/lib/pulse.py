"""Which parts of a page have changed: a number for each topic, in Redis.

A service that changes something names its topics (``bump``); pages ask for the numbers of
the topics they show (``versions``) and fetch a part anew when its number differs. A number is
the instant of the last change in microseconds, so it never comes back, also when Redis was
emptied. All of it is a hint: what is shown comes from PostgreSQL.

Topics are words of the tenant: ``me:<membership>``, ``ticket:<number>`` (what staff see of a
ticket), ``ticket:<number>/client`` (what its client sees of it), ``queue``,
``client:<client>`` (the tickets of a client organisation), ``dashboard``, ``health``;
``servicedesk.pulse`` says who may ask for which.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from redis import Redis

from servicedesk.lib import line

KEEP = 7 * 24 * 3600  # seconds after the last change
PRESENCE = 15.0  # seconds after the last sign of a person
#: A topic that nobody has changed yet is dated back, so that no page takes it for news.
SEED = 60_000_000
#: Clocks of web servers and of the database may differ by this much (microseconds).
SKEW = 1_000_000
#: The number of a part that has to be fetched anew whatever the topic's number is.
NEVER = "0"


class _Lost:
    """Whether this process has changes that Redis did not take."""

    pending = False


def bump(topics: Iterable[str], *, tenant_id: int) -> None:
    """Say that topics have changed, once the current transaction is committed."""
    names = sorted(set(topics))
    if names:
        transaction.on_commit(lambda: bump_now(names, tenant_id=tenant_id), robust=True)


def bump_now(topics: Collection[str], *, tenant_id: int) -> None:
    """Say that topics have changed, at once."""
    stamp = _stamp()

    def write(redis: Redis) -> bool:
        with redis.pipeline(transaction=False) as pipe:
            for topic in topics:
                pipe.set(_key(tenant_id, topic), stamp, ex=KEEP)
            pipe.execute()
        return True

    if not line.attempt(write, default=False):
        _Lost.pending = True


def versions(topics: Sequence[str], *, tenant_id: int) -> dict[str, int] | None:
    """The number of each topic; None where Redis can't be reached."""
    if not topics:
        return {}
    keys = [_key(tenant_id, topic) for topic in topics]

    def read(redis: Redis) -> dict[str, int] | None:
        if _Lost.pending:
            # Every page fetches everything once: nobody knows what was missed.
            redis.set(_EPOCH, _stamp(), ex=KEEP)
            _Lost.pending = False
        epoch, *found = line.texts(redis.mget(_EPOCH, *keys))
        missing = [key for key, value in zip(keys, found, strict=True) if value is None]
        seeded = _seed(redis, missing) if missing else {}
        return {
            topic: max(int(value or seeded[key]), int(epoch or 0))
            for topic, key, value in zip(topics, keys, found, strict=True)
        }

    return line.attempt(read, default=None)


def drawn(topic: str, *, tenant_id: int, instant: datetime) -> str:
    """The number for a part drawn from what the database held at ``instant``.

    With Redis gone, as with a change since ``instant``, it is one that no topic has: the page
    fetches the part anew with its first pulse, and nothing is missed in between.
    """
    found = versions([topic], tenant_id=tenant_id)
    return as_of(found[topic], instant=instant.timestamp()) if found else NEVER


def as_of(version: int, *, instant: float) -> str:
    """The number of a part, NEVER where it changed at or after ``instant`` (in seconds)."""
    return NEVER if version > instant * 1_000_000 - SKEW else str(version)


# -- who is looking --------------------------------------------------------------------------


def enter(topic: str, *, tenant_id: int, member: int, name: str) -> None:
    """Note that somebody has a topic open now."""

    def write(redis: Redis) -> bool:
        key = _presence_key(tenant_id, topic)
        with redis.pipeline(transaction=False) as pipe:
            pipe.zadd(
                key, {json.dumps([member, name], ensure_ascii=False): time.time()}
            )
            pipe.expire(key, int(4 * PRESENCE))
            pipe.execute()
        return True

    line.attempt(write, default=False)


def present(topic: str, *, tenant_id: int, but: int | None = None) -> list[str]:
    """The names of those who have a topic open, without the member ``but``."""
    return [name for member, name in _members(topic, tenant_id) if member != but]


def presence_version(topic: str, *, tenant_id: int, but: int | None = None) -> int:
    """A number that differs when others have the topic open; 0 where nobody has."""
    others = [member for member, _name in _members(topic, tenant_id) if member != but]
    return sum((place + 1) * member for place, member in enumerate(sorted(others)))


def _members(topic: str, tenant_id: int) -> list[tuple[int, str]]:
    def read(redis: Redis) -> list[tuple[int, str]]:
        since = time.time() - PRESENCE
        found = redis.zrangebyscore(_presence_key(tenant_id, topic), since, "+inf")
        return sorted((int(m), str(n)) for m, n in map(json.loads, found))  # type: ignore[arg-type]

    return line.attempt(read, default=[])


# -- inside ----------------------------------------------------------------------------------

_EPOCH = "sd:pulse:epoch"


def _seed(redis: Redis, keys: Sequence[str]) -> dict[str, str]:
    """Give topics that Redis does not know a number, the same for whoever asks next."""
    stamp = str(_stamp() - SEED)
    with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.set(key, stamp, ex=KEEP, nx=True)
        pipe.mget(keys)
        found = line.texts(pipe.execute()[-1])
    return {key: value or stamp for key, value in zip(keys, found, strict=True)}


def _stamp() -> int:
    return time.time_ns() // 1000


def _key(tenant_id: int, topic: str) -> str:
    return f"sd:pulse:{tenant_id}:{topic}"


def _presence_key(tenant_id: int, topic: str) -> str:
    return f"sd:here:{tenant_id}:{topic}"
