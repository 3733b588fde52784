"""A calendar month by month: what each day is, and how long the days are known."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sla import words
from sla.rules import Calendar

#: So long before "known until" the page asks for the next year's days.
WARN_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: ``kind`` is work, off, holiday, make_up or special."""

    on: date
    kind: str
    hours: str
    in_month: bool
    is_today: bool
    assumed: bool


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks of a month, Monday first."""

    first: date
    weeks: Sequence[Sequence[Day]]

    @property
    def previous(self) -> str:
        """The month before, as it stands in an address."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def next(self) -> str:
        """The month after, as it stands in an address."""
        return f"{self.first + timedelta(days=31):%Y-%m}"


def month_of(calendar: Calendar, first: date, *, today: date) -> Month:
    """The month that begins on ``first``."""
    weeks = gregorian.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        [
            [_day(calendar, on, month=first.month, today=today) for on in week]
            for week in weeks
        ],
    )


def month_from(text: str, *, today: date) -> date:
    """The first day of "2026-11"; of the present month for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if 1990 <= first.year <= 2200 else today.replace(day=1)


def runs_out(known_until: date | None, today: date) -> bool:
    """Whether the known days end soon, or have ended."""
    return known_until is not None and known_until - today < WARN_BEFORE


def _day(calendar: Calendar, on: date, *, month: int, today: date) -> Day:
    usual = calendar.week[on.weekday()]
    hours = calendar.exceptions.get(on, usual)
    known = calendar.known_until
    return Day(
        on=on,
        kind=_kind(calendar, on),
        hours=words.windows(hours) if hours else "",
        in_month=on.month == month,
        is_today=on == today,
        assumed=known is not None and on > known and on not in calendar.exceptions,
    )


def _kind(calendar: Calendar, on: date) -> str:
    usual = calendar.week[on.weekday()]
    if on not in calendar.exceptions:
        return "work" if usual else "off"
    hours = calendar.exceptions[on]
    if not hours:
        return "holiday" if usual else "off"
    return "special" if usual else "make_up"
