"""Pages of a list by cursor: they don't jump while rows come and go, and the thousandth
page costs what the first does.

A cursor names the row it lies beside by (value of the sort field, id), so that it stays true
when that row is gone. Empty values of the sort field come last, whichever the direction.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

PAGE_SIZE = 50

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of rows: by one instant, then by id in the same direction."""

    field: str
    descending: bool = False
    nullable: bool = False

    def order(self, *, backwards: bool = False) -> tuple[Any, ...]:
        """For ``order_by``, where no value is missing."""
        sign = "-" if self.descending != backwards else ""
        return (f"{sign}{self.field}", f"{sign}id")

    def whole(self) -> tuple[Any, ...]:
        """For ``order_by`` of the first page, missing values last."""
        if not self.nullable:
            return self.order()
        name = F(self.field)
        first = (
            name.desc(nulls_last=True) if self.descending else name.asc(nulls_last=True)
        )
        return (first, "-id" if self.descending else "id")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: beside the row with this value and id."""

    value: datetime | None
    pk: int
    backwards: bool = False

    def encode(self) -> str:
        """As it stands in an address."""
        parts = [
            self.value.isoformat() if self.value else None,
            self.pk,
            int(self.backwards),
        ]
        text = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor | None:
        """From an address; None for anything that is no cursor."""
        try:
            raw = base64.urlsafe_b64decode(text[:200] + "=" * (-len(text) % 4))
            value, pk, backwards = json.loads(raw)
            instant = None if value is None else datetime.fromisoformat(value)
            if instant is not None and instant.tzinfo is None:
                return None
            if type(pk) is not int or not 0 < pk < 2**63:
                return None
            return cls(instant, pk, bool(backwards))
        except (ValueError, TypeError, binascii.Error):
            return None


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page, with the cursors of its neighbours ("" where there is none)."""

    rows: list[M]
    next_cursor: str = ""
    previous_cursor: str = ""

    @property
    def is_first(self) -> bool:
        """Whether nothing comes before it."""
        return not self.previous_cursor


def paginate(
    queryset: QuerySet[M], sort: Sort, cursor: str = "", *, size: int = PAGE_SIZE
) -> Page[M]:
    """The page at a cursor; the first one without, or with a cursor that is none."""
    place = Cursor.decode(cursor) if cursor else None
    if place is None:
        found = list(queryset.order_by(*sort.whole())[: size + 1])
        rows = found[:size]
        return Page(rows, _after(rows, sort, there=len(found) > size))
    if place.backwards:
        found = _before(queryset, sort, (place, size + 1))
        rows = found[:size][::-1]
        back = _before_cursor(rows, sort, there=len(found) > size)
        return Page(rows, _after(rows, sort, there=True), back)
    found = _behind(queryset, sort, (place, size + 1))
    rows = found[:size]
    more = _after(rows, sort, there=len(found) > size)
    return Page(rows, more, _before_cursor(rows, sort, there=True))


def _behind(queryset: QuerySet[M], sort: Sort, request: tuple[Cursor, int]) -> list[M]:
    """Rows after a place, in order."""
    place, wanted = request
    if place.value is None:
        beside = Q(pk__lt=place.pk) if sort.descending else Q(pk__gt=place.pk)
        return list(
            _unset(queryset, sort).filter(beside).order_by(_by_id(sort))[:wanted]
        )
    found = list(
        queryset.filter(*_beyond(sort, place, down=sort.descending)).order_by(
            *sort.order()
        )[:wanted]
    )
    if sort.nullable and len(found) < wanted:
        rest = _unset(queryset, sort).order_by(_by_id(sort))
        found += rest[: wanted - len(found)]
    return found


def _before(queryset: QuerySet[M], sort: Sort, request: tuple[Cursor, int]) -> list[M]:
    """Rows before a place, the nearest first."""
    place, wanted = request
    order = sort.order(backwards=True)
    if place.value is not None:
        beyond = _beyond(sort, place, down=not sort.descending)
        return list(queryset.filter(*beyond).order_by(*order)[:wanted])
    beside = Q(pk__gt=place.pk) if sort.descending else Q(pk__lt=place.pk)
    unset = _unset(queryset, sort).filter(beside)
    found = list(unset.order_by(_by_id(sort, backwards=True))[:wanted])
    if len(found) < wanted:
        known = queryset.filter(**{f"{sort.field}__isnull": False}).order_by(*order)
        found += known[: wanted - len(found)]
    return found


def _beyond(sort: Sort, place: Cursor, *, down: bool) -> Sequence[Q]:
    """Past a place. The first condition is a plain bound, which an index can start at."""
    word = "lt" if down else "gt"
    return (
        Q(**{f"{sort.field}__{word}e": place.value}),
        Q(**{f"{sort.field}__{word}": place.value}) | Q(**{f"pk__{word}": place.pk}),
    )


def _unset(queryset: QuerySet[M], sort: Sort) -> QuerySet[M]:
    return queryset.filter(**{f"{sort.field}__isnull": True})


def _by_id(sort: Sort, *, backwards: bool = False) -> str:
    return "-id" if sort.descending != backwards else "id"


def _after(rows: Sequence[M], sort: Sort, *, there: bool) -> str:
    return _cursor(rows[-1], sort, backwards=False) if rows and there else ""


def _before_cursor(rows: Sequence[M], sort: Sort, *, there: bool) -> str:
    return _cursor(rows[0], sort, backwards=True) if rows and there else ""


def _cursor(row: Model, sort: Sort, *, backwards: bool) -> str:
    return Cursor(getattr(row, sort.field), int(row.pk), backwards).encode()
