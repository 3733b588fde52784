"""How a day of work lies on the dispatch board: which hours, which lanes. Pure.

Time is cut into slots of a quarter of an hour. A lane is a row of pieces that fill the shown
hours without a gap: jobs, and between them stretches of free time that end with each hour, so
that the hours can be seen and dropped on. Jobs of one person that overlap lie in lanes below
one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.rules.work import Booking

SLOT = timedelta(minutes=15)
HOUR = timedelta(hours=1)
#: Shown without being asked for, in hours from the beginning of the day.
FIRST, LAST = 7, 20


class Ground(StrEnum):
    """What a stretch of somebody's time is where no job lies on it."""

    FREE = "free"
    DUTY = "duty"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Window:
    """The shown stretch of a day, in whole hours."""

    start: datetime
    end: datetime

    @property
    def slots(self) -> int:
        """How many slots it has."""
        return (self.end - self.start) // SLOT

    def hours(self) -> Iterator[datetime]:
        """The beginnings of its hours."""
        at = self.start
        while at < self.end:
            yield at
            at += HOUR


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of somebody's time that is no job: on duty, or away."""

    start: datetime
    end: datetime
    ground: Ground


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of a lane: ``span`` slots from ``at`` on; ``key`` of a job, else None."""

    at: datetime
    span: int
    ground: Ground = Ground.FREE
    key: int | None = None


def window_of(
    start: datetime, end: datetime, bookings: Iterable[Booking], *, whole: bool
) -> Window:
    """The hours to show of the day [start, end): the usual ones and all with a booking."""
    if whole:
        return Window(start, end)
    first, last = start + FIRST * HOUR, start + LAST * HOUR
    for one in bookings:
        first = min(first, max(start, one.start))
        last = max(last, min(end, one.end))
    begins = start + (first - start) // HOUR * HOUR
    ends = start - (start - last) // HOUR * HOUR
    return Window(begins, min(ends, end))


def lanes(
    window: Window, bookings: Iterable[Booking], shades: Sequence[Shade] = ()
) -> list[list[Piece]]:
    """The lanes of one person, at least one: jobs that overlap lie below one another."""
    rows: list[list[tuple[int, int, int]]] = [[]]
    for one in sorted(bookings, key=lambda b: (b.start, b.end, b.key)):
        first, last = _slots(window, one)
        if first >= last:
            continue
        row = next((row for row in rows if not row or row[-1][1] <= first), None)
        if row is None:
            rows.append(row := [])
        row.append((first, last, one.key))
    return [list(_fill(window, row, shades)) for row in rows]


def _slots(window: Window, one: Booking) -> tuple[int, int]:
    """The slots that a booking touches, within the window."""
    first = max(0, (one.start - window.start) // SLOT)
    last = min(window.slots, -((window.start - one.end) // SLOT))
    return first, last


def _fill(
    window: Window, row: Sequence[tuple[int, int, int]], shades: Sequence[Shade]
) -> Iterator[Piece]:
    at = 0
    for first, last, key in row:
        yield from _ground(window, at, first, shades=shades)
        yield Piece(window.start + first * SLOT, last - first, key=key)
        at = last
    yield from _ground(window, at, window.slots, shades=shades)


def _ground(
    window: Window, first: int, last: int, *, shades: Sequence[Shade]
) -> Iterator[Piece]:
    """Free time from one slot to another, cut at the hours and where its ground changes."""
    begun = first
    for slot in range(first, last):
        here = _shade(window.start + slot * SLOT, shades)
        ends = slot + 1
        is_edge = (
            ends == last
            or ends % 4 == 0
            or _shade(window.start + ends * SLOT, shades) != here
        )
        if is_edge:
            yield Piece(window.start + begun * SLOT, ends - begun, here)
            begun = ends


def _shade(at: datetime, shades: Sequence[Shade]) -> Ground:
    """What the slot that begins at an instant is; being away weighs more than duty."""
    grounds = {one.ground for one in shades if one.start < at + SLOT and at < one.end}
    for ground in (Ground.AWAY, Ground.DUTY):
        if ground in grounds:
            return ground
    return Ground.FREE
