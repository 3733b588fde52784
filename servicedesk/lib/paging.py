"""Lists of master data page by page, by cursor: the hundredth page costs what the first does.

A cursor names the row that a page lies beside by the values it is sorted by, so that it stays
true when that row has gone. Sort fields must not be null; the id tells equal rows apart.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by text fields, all in one direction, then by id."""

    fields: tuple[str, ...]
    descending: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The fields with the one that makes the order total."""
        return (*self.fields, "pk")

    def order(self, *, backwards: bool = False) -> list[str]:
        """For ``order_by``."""
        sign = "-" if self.descending != backwards else ""
        return [f"{sign}{name}" for name in self.names]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in order, and the cursors of what comes before and after."""

    rows: Sequence[Row]
    total: int
    next: str = ""
    previous: str = ""


def paginate(
    rows: QuerySet[Row], *, sort: Sort, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """The page that a cursor names; the first for one that cannot be read."""
    total = rows.count()
    place = _decode(cursor, len(sort.names))
    key, backwards = place or (None, False)
    found = rows.order_by(*sort.order(backwards=backwards))
    if key is not None:
        found = found.filter(_beyond(sort, key, backwards=backwards))
    taken = list(found[: size + 1])
    more = len(taken) > size
    taken = taken[:size]
    if backwards:
        taken.reverse()
    return Page(
        taken,
        total,
        next=_cursor(sort, taken, at=-1) if more or backwards else "",
        previous=_cursor(sort, taken, at=0) if (more or not backwards) and key else "",
    )


def _beyond(sort: Sort, key: Key, *, backwards: bool) -> Q:
    """Rows after a key: (a, b) > (x, y) as a > x, or a = x and b > y."""
    beyond = "lt" if sort.descending != backwards else "gt"
    pairs = list(zip(sort.names, key, strict=True))
    steps = [
        Q(**dict(pairs[:index])) & Q(**{f"{name}__{beyond}": value})
        for index, (name, value) in enumerate(pairs)
    ]
    return reduce(Q.__or__, steps)


def _cursor(sort: Sort, rows: Sequence[Model], *, at: int) -> str:
    if not rows:
        return ""
    values: list[Any] = [_value(rows[at], name) for name in sort.names]
    parts = [*values, int(at == 0)]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _value(row: Any, name: str) -> Any:
    return reduce(getattr, name.split("__"), row)


def _decode(text: str, length: int) -> tuple[Key, bool] | None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        *key, backwards = json.loads(raw)
        "".join(map(str, key)).encode()  # half a surrogate pair is no text
    except (ValueError, TypeError, binascii.Error):
        return None
    *texts, pk = key or [None]
    if len(key) != length or type(pk) is not int or not 0 < pk < 2**63:
        return None
    if not all(isinstance(part, str) and "\0" not in part for part in texts):
        return None
    return tuple(key), bool(backwards)
