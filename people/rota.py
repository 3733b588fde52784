"""A duty roster 值班表 as plain values: whose turn it is, what comes next, where nobody is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from people.rules import Away

DAY = timedelta(days=1)
#: How far ahead the next turn is looked for.
HORIZON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A line of the roster. Times are of the roster's zone; both days of its period count."""

    key: int
    name: str
    weekdays: frozenset[int]  # 1 (Monday) to 7
    starts: time
    ends: time  # not after starts: on the next day
    from_on: date
    until_on: date | None
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Turn:
    """A line on one day, half-open: [start, end)."""

    key: int
    name: str
    start: datetime
    end: datetime
    people: frozenset[int]


def turns(
    lines: Iterable[ShiftLine], *, start: datetime, end: datetime, zone: tzinfo
) -> list[Turn]:
    """The turns that overlap [start, end), the earliest first."""
    first = start.astimezone(zone).date() - DAY
    last = end.astimezone(zone).date()
    found = [
        turn
        for line in lines
        for turn in _turns_of(line, first, last, zone=zone)
        if turn.start < end and start < turn.end
    ]
    return sorted(found, key=lambda turn: (turn.start, turn.end, turn.key))


def _turns_of(
    line: ShiftLine, first: date, last: date, *, zone: tzinfo
) -> Iterator[Turn]:
    day = max(first, line.from_on)
    last = min(last, line.until_on or last)
    while day <= last:
        if day.isoweekday() in line.weekdays:
            ends_on = day if line.ends > line.starts else day + DAY
            yield Turn(
                line.key,
                line.name,
                datetime.combine(day, line.starts, zone).astimezone(UTC),
                datetime.combine(ends_on, line.ends, zone).astimezone(UTC),
                line.people,
            )
        day += DAY


def present(turns: Iterable[Turn], absences: Collection[Away]) -> list[Turn]:
    """The turns without who is away for all of one; a turn that nobody is left for is none."""
    found = []
    for turn in turns:
        away = {
            one.membership_id
            for one in absences
            if one.starts_at <= turn.start and turn.end <= one.ends_at
        }
        if turn.people - away:
            found.append(replace(turn, people=turn.people - away))
    return found


def on_duty(
    turns: Iterable[Turn], absences: Iterable[Away], at: datetime
) -> frozenset[int]:
    """Who is on duty, and there, at an instant."""
    away = {one.membership_id for one in absences if one.starts_at <= at < one.ends_at}
    here = (turn.people for turn in turns if turn.start <= at < turn.end)
    return frozenset().union(*here) - away


def gaps(
    turns: Iterable[Turn], *, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The stretches of [start, end) in which nobody is on duty."""
    found, until = [], start
    for turn in sorted(turns, key=lambda turn: turn.start):
        if turn.start > until:
            found.append((until, min(turn.start, end)))
        until = max(until, turn.end)
        if until >= end:
            return found
    return [*found, (until, end)]
