"""Statements that PostgreSQL reads and plans once for each connection, not at every call.

For the few that every request of the busiest kind makes: planning them takes longer than
running them. Row security holds as ever: the tenant is asked for when the plan is run. They
belong to the session, so a pooler before PostgreSQL must pool sessions, not transactions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections

#: What each connection to the database has prepared; it ends with the connection.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def fetch(
    sql: str, values: Sequence[Any], *, using: str = "default"
) -> list[tuple[Any, ...]]:
    """The rows of a statement that has ``%s`` where a value goes, and nowhere else.

    It is a constant, or one of few. A value takes the type that its place asks for.
    """
    name, prepare, execute = _forms(sql)
    line = connections[using]
    with line.cursor() as cursor:
        known = _prepared.setdefault(line.connection, set())
        if name not in known:
            cursor.execute(prepare)
            known.add(name)
        cursor.execute(execute, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@lru_cache(maxsize=500)
def _forms(sql: str) -> tuple[str, str, str]:
    """The name of a statement, how it is prepared and how it is executed."""
    name = "sd_" + hashlib.sha256(sql.encode()).hexdigest()[:32]
    first, *rest = sql.split("%s")
    numbered = first + "".join(f"${n}{text}" for n, text in enumerate(rest, start=1))
    places = ", ".join(["%s"] * len(rest))
    values = f"({places})" if rest else ""
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name}{values}"
