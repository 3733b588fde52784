"""Sessions of the test's own database: none may outlive the test that opened it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any, TypeVar

from django.db import connections

T = TypeVar("T")
#: How long a session that was just closed may take to be gone, in seconds.
PATIENCE = 10.0

_OTHERS = """
SELECT pid, usename FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()
"""
_END = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid = ANY(%s)
"""


class Watch:
    """Sees every session of the test's database, over a line of its own."""

    def __init__(self) -> None:
        self.line = another("owner")
        self.told: set[int] = set()

    def close(self) -> None:
        """Stop watching."""
        self.line.close()

    def left(self, *, patience: float = PATIENCE) -> Counter[str]:
        """Sessions that this thread does not hold, by role; each is told of once.

        One that is just ending is waited for.
        """
        until = time.monotonic() + patience
        while (found := self._untold()) and time.monotonic() < until:
            time.sleep(0.02)
        self.told |= found.keys()
        return Counter(found.values())

    def end(self) -> None:
        """End the sessions that this thread does not hold, each role its own."""
        strangers = list(self._strangers())
        for alias in connections if strangers else ():
            with closing(another(alias)) as line, line.cursor() as cursor:
                cursor.execute(_END, [strangers])

    def _untold(self) -> dict[int, str]:
        found = self._strangers()
        return {pid: role for pid, role in found.items() if pid not in self.told}

    def _strangers(self) -> dict[int, str]:
        with self.line.cursor() as cursor:
            cursor.execute(_OTHERS)
            found = dict(cursor.fetchall())
        for wrapper in connections.all(initialized_only=True):
            if wrapper.connection is not None and not wrapper.connection.closed:
                found.pop(wrapper.connection.info.backend_pid, None)
        return found


def another(alias: str, **changed: str) -> Any:
    """One more connection than Django's own; whoever asks for it closes it."""
    wrapper = connections[alias]
    parameters = wrapper.get_connection_params() | changed
    assert parameters["dbname"].startswith("test_") or changed
    line = wrapper.get_new_connection(parameters)
    line.autocommit = True
    return line


def beside(statement: str, values: Any, call: Callable[[], T]) -> T:
    """What ``call`` gives while the system's role has run a statement and not yet committed.

    The statement is committed as soon as the call, in a thread of its own, is over or waits
    for a lock: nothing is left to chance.
    """
    with (
        closing(another("system")) as first,
        closing(another("system")) as watch,
        first.cursor() as cursor,
        watch.cursor() as look,
        ThreadPoolExecutor(1) as pool,
    ):
        first.autocommit = False
        cursor.execute(statement, values)
        assert cursor.rowcount
        future = pool.submit(_closing_connections, call)
        waits = 0
        while not future.done() and not waits:
            wait([future], timeout=0.02)
            look.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            [waits] = look.fetchone()
        first.commit()
        return future.result(PATIENCE)


def _closing_connections(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        connections.close_all()
