"""What the clock tests share: instants written as local time, and a brute-force oracle.

The oracle knows nothing of offsets, transitions or sums. It looks at the clock on the wall
once a minute, remembers the furthest that clock has ever read, and calls the minute working
when that reading lies within a window.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.rules import Calendar, Interval

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: So long before the first minute of interest the oracle begins to watch the wall.
WATCH_FROM = 3 * DAY


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """An instant from local time: ``2026-02-13 17:00``; ``…*`` is the second occurrence."""
    fold = int(text.endswith("*"))
    local = datetime.fromisoformat(text.rstrip("*")).replace(fold=fold)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def between(text: str, zone: str = "Asia/Shanghai") -> Interval:
    """An interval from ``2026-02-13 17:00 / 2026-02-14 09:00``."""
    start, end = text.split(" / ")
    return Interval(at(start, zone), at(end, zone))


def windows(text: str) -> tuple[tuple[time, time], ...]:
    """Windows from ``09:00-12:00 13:30-18:00``; 24:00 closes at midnight."""
    pairs = (window.split("-") for window in text.split())
    return tuple(
        (time.fromisoformat(a), time.fromisoformat(b.replace("24:00", "00:00")))
        for a, b in pairs
    )


def weekly(zone: str, *days: str, **more) -> Calendar:
    """A calendar whose week repeats the given days (one, five or seven of them)."""
    if len(days) == 1:
        days = days * 7
    week = [windows(day) for day in days] + [()] * (7 - len(days))
    return Calendar(key="test", zone=zone, week=tuple(week), **more)


def hours(text: str) -> timedelta:
    """A duration from ``7:30`` or ``7:30:00.000001``."""
    h, m, *s = text.split(":")
    return timedelta(hours=int(h), minutes=int(m), seconds=float(s[0]) if s else 0)


class Oracle:
    """One bool per minute from ``first`` on: whether that minute is worked and not paused."""

    def __init__(self, calendar, first: datetime, minutes: int, pauses=()) -> None:
        self.first = first
        watched = list(self._watch(calendar, first, minutes))
        self.worked = [working for _, working in watched]
        self.counted = [
            working and not any(p.start <= minute < p.end for p in pauses)
            for minute, working in watched
        ]

    def elapsed(self, start: datetime, end: datetime, *, paused=True) -> timedelta:
        a, b = (start - self.first) // MINUTE, (end - self.first) // MINUTE
        return sum((self.counted if paused else self.worked)[a:b]) * MINUTE

    def advance(self, start: datetime, amount: timedelta) -> datetime | None:
        """The first minute at which so much had been counted; None beyond what was seen."""
        now, done = start, timedelta(0)
        for counts in self.counted[(start - self.first) // MINUTE :]:
            if done == amount:
                return now
            done += MINUTE if counts else timedelta(0)
            now += MINUTE
        return now if done == amount else None

    def _watch(self, calendar, first, minutes):
        zone, furthest = ZoneInfo(calendar.zone), datetime.min  # noqa: DTZ901
        now = first - WATCH_FROM
        while now < first + minutes * MINUTE:
            reading = now.astimezone(zone).replace(tzinfo=None)
            furthest = max(furthest, reading)
            if now >= first:
                yield now, calendar.always or self._open(calendar, furthest)
            now += MINUTE

    def _open(self, calendar, reading: datetime) -> bool:
        today = reading.date()
        return any(
            opens <= reading < closes
            for day in (today - DAY, today)
            for opens, closes in self._windows(calendar, day)
        )

    def _windows(self, calendar, day: date):
        usual = calendar.week[day.weekday()]
        for opens, closes in calendar.exceptions.get(day, usual):
            start, end = datetime.combine(day, opens), datetime.combine(day, closes)
            yield start, end if end > start else end + DAY
