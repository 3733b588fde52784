"""Set-based writes: many rows, one statement, whatever their number.

``bulk_create`` and ``bulk_update`` of the ORM send one placeholder a value, and build their
SQL anew each time; a sweep that writes hundreds of rows a batch feels both. Here the rows
travel as one JSON document, and PostgreSQL unpacks it with the types of the columns. The
statement is an ordinary INSERT or UPDATE: row-level security holds as for any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connections, models
from django.utils.functional import Promise

from servicedesk.lib import prepared

Row = Mapping[str, Any]


def insert(
    model: type[models.Model],
    rows: Sequence[Row],
    *,
    on_conflict: str = "",
    returning: Sequence[str] = (),
    using: str = "default",
) -> list[tuple[Any, ...]]:
    """Insert rows, in their order; return the columns ``returning`` of what was inserted.

    A row maps column names (``attname``: ``ticket_id``, not ``ticket``) to Python values;
    every row has the same. What is left out takes the database's default: an automatic key
    does, a Python default does not, so give ``tenant_id`` and everything that is not null.
    ``None`` is NULL, also in a JSON column.

    ``on_conflict`` is what follows ON CONFLICT: ``"DO NOTHING"``, or ``"(tenant_id, name) DO
    UPDATE SET …"``. It is part of the statement: a constant, never anything from a user.

    Raises KeyError for rows of different shape, FieldDoesNotExist for an unknown column,
    TypeError for a value without a column form, and what the database raises.
    """
    if not rows:
        return []
    columns = tuple(rows[0])
    statement = _insert_statement(
        model,
        columns,
        on_conflict=on_conflict,
        returning=tuple(returning),
        using=using,
    )
    with connections[using].cursor() as cursor:
        cursor.execute(statement, [pack(rows, columns)])
        return cursor.fetchall() if returning else []


def update(
    model: type[models.Model],
    rows: Sequence[Row],
    *,
    fields: Sequence[str],
    key: str = "id",
    using: str = "default",
) -> int:
    """Set ``fields`` of the rows found by ``key``; return how many were found.

    Each row maps ``key`` and every one of ``fields`` (column names) to values; other
    entries are left alone. A key must not come twice. Raises as :func:`insert` does.
    """
    if not rows:
        return 0
    columns = (key, *fields)
    statement = _update_statement(model, columns, using=using)
    with connections[using].cursor() as cursor:
        cursor.execute(statement, [pack(rows, columns)])
        return int(cursor.rowcount)


class Together:
    """Several writes in one statement, and so one round trip: all of them, or none.

    They see the same moment and not each other, so no two may touch the same row. Keys are
    checked when the transaction ends, wherever they are deferred.
    """

    def __init__(self, *, using: str = "default") -> None:
        self._using = using
        self._statements: list[str] = []
        self._documents: list[str] = []
        self._keys: dict[int, list[int]] = {}

    def insert(
        self, model: type[models.Model], rows: Sequence[Row], *, on_conflict: str = ""
    ) -> list[int]:
        """As :func:`insert`; the new ids are in the list that is returned after :meth:`run`."""
        keys: list[int] = []
        if rows:
            columns = tuple(rows[0])
            self._keys[len(self._statements)] = keys
            self._statements.append(
                _insert_statement(
                    model,
                    columns,
                    on_conflict=on_conflict,
                    returning=("id",),
                    using=self._using,
                )
            )
            self._documents.append(pack(rows, columns))
        return keys

    def update(
        self, model: type[models.Model], rows: Sequence[Row], *, fields: Sequence[str]
    ) -> None:
        """As :func:`update`, by id."""
        if rows:
            columns = ("id", *fields)
            self._statements.append(
                _update_statement(model, columns, using=self._using)
            )
            self._documents.append(pack(rows, columns))

    def run(self) -> None:
        """Write it."""
        if not self._statements:
            return
        statement = _joined(tuple(self._statements), tuple(self._keys))
        for place, pk in prepared.fetch(statement, self._documents, using=self._using):
            self._keys[place].append(pk)


@lru_cache(maxsize=500)
def _joined(statements: tuple[str, ...], keyed: tuple[int, ...]) -> str:
    """Every statement as a part of one; the ids of those that are asked for theirs."""
    parts = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(statements))
    keys = [f"SELECT {place}, id FROM w{place}" for place in keyed]  # noqa: S608
    return f"WITH {parts} " + (" UNION ALL ".join(keys) or "SELECT 1 WHERE false")


def recordset(
    model: type[models.Model],
    columns: Sequence[str],
    *,
    alias: str = "v",
    using: str = "default",
) -> str:
    """``jsonb_to_recordset(%s::jsonb) AS v(…)`` with the columns' types, for own statements.

    The one parameter is what :func:`pack` makes.
    """
    types = ", ".join(
        f"{_quoted(name, using)} {_type(model, name, using)}" for name in columns
    )
    return f"jsonb_to_recordset(%s::jsonb) AS {alias}({types})"


def pack(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """The rows as the document that :func:`recordset` unpacks."""
    wanted = tuple(columns)
    if any(tuple(row) != wanted for row in rows):
        rows = [{name: row[name] for name in wanted} for row in rows]
    return _encoder.encode(rows)


@lru_cache(maxsize=500)
def _insert_statement(
    model: type[models.Model],
    columns: tuple[str, ...],
    *,
    on_conflict: str,
    returning: tuple[str, ...],
    using: str,
) -> str:
    names = ", ".join(_quoted(name, using) for name in columns)
    values = ", ".join(f"v.{_quoted(name, using)}" for name in columns)
    parts = [
        f"INSERT INTO {_quoted(model._meta.db_table, using)} ({names})",
        f"SELECT {values}",
        f"FROM {recordset(model, columns, using=using)}",
    ]
    if on_conflict:
        parts.append(f"ON CONFLICT {on_conflict}")
    if returning:
        parts.append(
            "RETURNING " + ", ".join(_quoted(name, using) for name in returning)
        )
    return " ".join(parts)


@lru_cache(maxsize=500)
def _update_statement(
    model: type[models.Model], columns: tuple[str, ...], *, using: str
) -> str:
    table = _quoted(model._meta.db_table, using)
    key, *fields = (_quoted(name, using) for name in columns)
    pairs = ", ".join(f"{name} = v.{name}" for name in fields)
    source = recordset(model, columns, using=using)
    return (
        f"UPDATE {table} SET {pairs} FROM {source}"  # noqa: S608 our models' own names
        f" WHERE {table}.{key} = v.{key}"
    )


def _quoted(name: str, using: str) -> str:
    return connections[using].ops.quote_name(name)


def _type(model: type[models.Model], column: str, using: str) -> str:
    for field in model._meta.concrete_fields:
        if field.column == column:
            return str(field.db_type(connections[using]))
    # Raises FieldDoesNotExist with Django's own words for what is not there at all.
    known: Any = model._meta.get_field(column)
    message = f"{column} is not a column of {model._meta.label}; use {known.attname}."
    raise TypeError(message)


def _plain(value: Any) -> Any:
    """The text that PostgreSQL reads for what JSON has no form of."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            message = f"{value} has no time zone."
            raise TypeError(message)
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    message = f"{type(value).__name__} has no form as a column's value."
    raise TypeError(message)


_encoder = json.JSONEncoder(
    default=_plain,
    ensure_ascii=False,  # Chinese stays as it is: a third of the bytes, no escapes
    check_circular=False,
    allow_nan=False,
    separators=(",", ":"),
)
