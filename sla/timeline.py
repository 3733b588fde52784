"""Working windows as instants: what :mod:`sla.clock` measures and walks along.

What a working window means on the day the clocks change. A window opens at the first instant
at which the wall clock of its zone reads its opening time *or later*, and closes at the first
instant at which it reads its closing time or later; the working time is the real time that
passes between the two. So

- an edge inside a gap (the clocks go forward over it) lies at the end of the gap;
- an edge inside a fold (the hour comes twice) is its first occurrence;
- a day of 00:00-24:00 has 23 or 25 hours when it should, and a day that a zone skipped
  altogether has none;
- windows that don't overlap on paper never overlap in time, whatever the zone does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from sla.rules import Calendar, Interval

ZERO = timedelta(0)
#: Further ahead than this nothing is looked for.
HORIZON = timedelta(days=100 * 366)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Windows are worked out and kept in stretches of four weeks.
_STRETCH = timedelta(weeks=4)
#: So many stretches (about 20 years) are kept per calendar.
_KEPT = 260
#: Outside these years no working time is known: not every zone could be converted there.
_FIRST_YEAR, _LAST_YEAR = 1000, 9000


class UnreachableError(ArithmeticError):
    """The calendar does not hold so much working time within :data:`HORIZON`."""


class Timeline(Protocol):
    """Working time as a line that can be measured and walked along."""

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time in [start, end), where start <= end."""

    def reach(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant with that much (more than none) worked since start."""

    def spans(self, start: datetime, end: datetime) -> Iterable[Interval]:
        """Working time that covers [start, end), in order, perhaps cut into pieces."""


def timeline_of(calendar: Calendar) -> Timeline:
    """The timeline of a calendar; its windows are kept from one call to the next."""
    return _ALL_THE_TIME if calendar.always else _working_hours(calendar)


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive one."""
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC)


def normalise(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same instants as disjoint, non-touching intervals in order, in UTC.

    Empty and backward intervals hold no instant and disappear.
    """
    merged: list[Interval] = []
    for start, end in sorted((utc(each.start), utc(each.end)) for each in intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(Interval(start, end))
    return tuple(merged)


def local_date(at: datetime, zone: str) -> date:
    """The date on the wall at an instant."""
    return _reads(at, _zone(zone)).date()


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock on the wall reads ``wall`` or later.

    ``wall`` is naive. See the head of this module for what that says about gaps and folds.
    """
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset() or ZERO
    offset_after = wall.replace(tzinfo=zone, fold=1).utcoffset() or ZERO
    if offset_after <= offset:
        return (wall - offset).replace(tzinfo=UTC)
    # A gap: the clocks change, at a whole second, somewhere in (low, low + gap].
    low = (wall - offset_after).replace(tzinfo=UTC, microsecond=0)
    gap = offset_after - offset + timedelta(seconds=1)
    seconds = range(int(gap.total_seconds()))
    jump = bisect_left(
        seconds, wall, key=lambda s: _reads(low + timedelta(seconds=s), zone)
    )
    return low + timedelta(seconds=jump)


class _AllTheTime:
    """24×7: all time is working time."""

    def worked(self, start: datetime, end: datetime) -> timedelta:
        return end - start

    def reach(self, start: datetime, amount: timedelta) -> datetime:
        try:
            return start + amount
        except OverflowError:
            raise UnreachableError("beyond the last year there is") from None

    def spans(self, start: datetime, end: datetime) -> Iterable[Interval]:
        return (Interval(start, end),)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The working windows of four weeks, with what had been worked as each one closed."""

    windows: list[Interval] = field(default_factory=list)
    opens: list[datetime] = field(default_factory=list)
    totals: list[timedelta] = field(default_factory=list)

    @property
    def total(self) -> timedelta:
        return self.totals[-1] if self.totals else ZERO

    def before(self, at: datetime) -> timedelta:
        """Working time from the beginning of this stretch to ``at``."""
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return ZERO
        return self.totals[place] - max(self.windows[place].end - at, ZERO)

    def reach(self, amount: timedelta) -> datetime:
        """The earliest instant with that much worked since the stretch began."""
        place = bisect_left(self.totals, amount)
        return self.windows[place].end - (self.totals[place] - amount)


class _WorkingHours:
    """The windows of a calendar as instants, worked out as they are needed and kept."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._zone = _zone(calendar.zone)
        self._stretches: dict[int, _Stretch] = {}

    def worked(self, start: datetime, end: datetime) -> timedelta:
        first, last = _number(start), _number(end)
        done = self._stretch(first).before(start)
        whole = sum((self._stretch(n).total for n in range(first, last)), ZERO)
        return whole + self._stretch(last).before(end) - done

    def reach(self, start: datetime, amount: timedelta) -> datetime:
        number = _number(start)
        last = min(number + HORIZON // _STRETCH, self._last_number())
        stretch = self._stretch(number)
        wanted = amount + stretch.before(start)
        while stretch.total < wanted:
            if number >= last:
                raise UnreachableError(
                    f"calendar {self._calendar.key} holds no {amount} of working time"
                )
            wanted -= stretch.total
            number += 1
            stretch = self._stretch(number)
        return stretch.reach(wanted)

    def spans(self, start: datetime, end: datetime) -> Iterator[Interval]:
        for number in range(_number(start), _number(end) + 1):
            yield from self._stretch(number).windows

    def _last_number(self) -> int:
        """The last stretch that can hold working time."""
        year = _LAST_YEAR + 1
        if not any(self._calendar.week):
            year = max((day.year for day in self._calendar.exceptions), default=1) + 1
        return _number(datetime(year, 1, 8, tzinfo=UTC))

    def _stretch(self, number: int) -> _Stretch:
        known = self._stretches.get(number)
        if known is not None:
            return known
        if len(self._stretches) >= _KEPT:
            self._stretches.clear()
        return self._stretches.setdefault(number, self._lay_out(number))

    def _lay_out(self, number: int) -> _Stretch:
        stretch, total = _Stretch(), ZERO
        begin = _EPOCH + number * _STRETCH
        if not _FIRST_YEAR <= begin.year <= _LAST_YEAR:
            return stretch
        end = begin + _STRETCH
        # A window may open three dates earlier (a night shift, far east of Greenwich) and
        # still reach into this stretch, or one date later (far west) and open inside it.
        days = (begin.date() + timedelta(days=n) for n in range(-3, _STRETCH.days + 2))
        for window in normalise(w for day in days for w in self._windows_of(day)):
            cut = Interval(max(window.start, begin), min(window.end, end))
            if cut.start < cut.end:
                total += cut.end - cut.start
                stretch.windows.append(cut)
                stretch.opens.append(cut.start)
                stretch.totals.append(total)
        return stretch

    def _windows_of(self, day: date) -> Iterator[Interval]:
        """The windows that open on a date; one may close on the next."""
        usual = self._calendar.week[day.weekday()]
        for opens, closes in self._calendar.exceptions.get(day, usual):
            last_day = day if closes > opens else day + timedelta(days=1)
            yield Interval(
                first_instant(datetime.combine(day, opens), self._zone),
                first_instant(datetime.combine(last_day, closes), self._zone),
            )


_ALL_THE_TIME = _AllTheTime()


@lru_cache(maxsize=256)
def _working_hours(calendar: Calendar) -> _WorkingHours:
    return _WorkingHours(calendar)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _number(at: datetime) -> int:
    """Which stretch an instant lies in."""
    return (at - _EPOCH) // _STRETCH


def _reads(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall says."""
    return at.astimezone(zone).replace(tzinfo=None)
