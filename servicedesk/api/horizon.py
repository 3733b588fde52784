"""How far the feed of events may be read without ever losing one.

Ids are given when a row is inserted, rows are seen when their transaction commits: the event
with id 6 can be seen while number 5 is still on its way. Who has read up to 6 would never see
5. So the feed ends at a horizon below which nothing can appear any more:

1. ``top`` is the last id that the sequence has given.
2. Whoever had been given an id up to ``top`` holds a lock on the table until they are done
   (PostgreSQL takes it before it evaluates the row). So those who hold one now are waited
   for, a moment at most; who comes later gets ids above ``top``.
3. When they are gone, everything up to ``top`` is settled for good, which the process
   remembers. If they take longer, the feed goes as far as was settled before, and no
   further: it comes late, it never has a gap. Who was waited for in vain is remembered too:
   the next call looks whether they are gone by then, so that writers who follow upon each
   other without a pause can't hold it back for ever.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

#: For how long one call waits, in steps.
PATIENCE = 0.25
STEP = 0.01
_TOP = """
SELECT pg_sequence_last_value(
    pg_get_serial_sequence('tickets_ticketevent', 'id')::regclass)
"""
_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
  AND relation = 'tickets_ticketevent'::regclass
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid IS DISTINCT FROM pg_backend_pid()
"""
_settled: dict[str, int] = {}
#: A top that was not settled in time, and whose end it waits for.
_awaited: dict[str, tuple[int, set[str]]] = {}


def horizon(*, patience: float = PATIENCE) -> int:
    """The id up to which everything that will ever be there can be seen now.

    Read the events *after* this.
    """
    name = str(connection.settings_dict["NAME"])
    top = int(_ask(_TOP)[0][0] or 0)
    writers = _writers()
    earlier, awaited = _awaited.get(name, (0, set()))
    if not awaited & writers:
        _settle(name, earlier)
    until = time.monotonic() + patience
    left = writers
    while left and time.monotonic() < until:
        time.sleep(STEP)
        left = left & _writers()
    if not left:
        _settle(name, top)
    elif earlier <= _settled.get(name, 0):
        _awaited[name] = (top, left)
    return _settled.get(name, 0)


def _settle(name: str, top: int) -> None:
    _settled[name] = max(_settled.get(name, 0), top)


def forget_horizon() -> None:
    """Forget what is settled (tests that begin their ids anew)."""
    _settled.clear()
    _awaited.clear()


def _writers() -> set[str]:
    return {row[0] for row in _ask(_WRITERS)}


def _ask(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
