"""How windows, shares and dates are written in a standard's file, and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise

from servicedesk.lib.textfile.notation import DAY, NotationError
from sla.rules import Window

WEEK = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)

_WINDOW = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*[-–—~]\s*(\d{1,2}):(\d\d)(?::(\d\d))?",
    re.ASCII,
)


def read_window(text: str) -> Window:
    """A window: 09:00-12:00, 22:00-06:00 (the next day), 08:00-24:00."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        raise NotationError("bad_window", value=text[:40])
    numbers = [int(group or 0) for group in match.groups()]
    try:
        opens = _time(numbers[:3])
        midnight = numbers[3:] == [24, 0, 0]
        closes = time(0) if midnight else _time(numbers[3:])
    except ValueError:
        raise NotationError("bad_window", value=text[:40]) from None
    if opens == closes and not midnight:
        raise NotationError("empty_window", value=text[:40])
    return opens, closes


def _time(numbers: list[int]) -> time:
    hour, minute, second = numbers
    return time(hour, minute, second)


def write_window(window: Window) -> str:
    """A window as it is read."""
    opens, closes = window
    return f"{_clock(opens)}-{_clock(closes) if closes != time(0) else '24:00'}"


def _clock(at: time) -> str:
    return at.isoformat("seconds" if at.second else "minutes")


def read_days(text: str) -> tuple[int, ...]:
    """Days of the week, Monday 0: monday, monday-friday, daily."""
    if text == "daily":
        return tuple(range(7))
    first, dash, last = text.partition("-")
    if first not in WEEK or (dash and last not in WEEK):
        raise NotationError("bad_days", value=text[:40])
    begin, end = WEEK.index(first), WEEK.index(last or first)
    if end < begin:
        raise NotationError("bad_days", value=text[:40])
    return tuple(range(begin, end + 1))


def write_days(first: int, last: int) -> str:
    """Days of the week as they are read."""
    if (first, last) == (0, 6):
        return "daily"
    return WEEK[first] if first == last else f"{WEEK[first]}-{WEEK[last]}"


def read_share(text: str) -> float:
    """A share: 75% or 0.75."""
    match = re.fullmatch(r"(-?\d{1,3}(?:\.\d{1,20})?)\s*(%?)", text, re.ASCII)
    if match is None:
        raise NotationError("bad_share", value=text[:40])
    share = Decimal(match[1]) / (100 if match[2] else 1)
    if not 0 < share < 1 or not 0 < float(share) < 1:
        raise NotationError("share_range", value=text[:40])
    return float(share)


def write_share(share: float) -> str:
    """A share as it is read, exact."""
    percent = Decimal(repr(share)) * 100
    return f"{percent.normalize():f}%"


def read_date(text: str) -> date:
    """A date: 2026-12-31."""
    wrong = NotationError("bad_date", value=text[:40])
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise wrong
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong from None


def read_dates(text: str) -> tuple[date, ...]:
    """A date, or dates in a row: 2026-02-15..2026-02-23."""
    first, dots, last = text.partition("..")
    try:
        begin, end = read_date(first), read_date(last if dots else first)
    except NotationError:
        raise NotationError("bad_dates", value=text[:40]) from None
    if not timedelta(0) <= end - begin <= 366 * DAY:
        raise NotationError("bad_dates", value=text[:40])
    return tuple(begin + n * DAY for n in range((end - begin).days + 1))


def write_dates(first: date, last: date) -> str:
    """Dates in a row as they are read."""
    return first.isoformat() if first == last else f"{first}..{last}"


def overlap(windows: Iterable[Window]) -> tuple[Window, Window] | None:
    """Two windows of one date that share time, if any. One may last into the next day."""
    ordered = sorted(windows)
    for before, after in pairwise(ordered):
        if _since_midnight(before[0]) + length(before) > _since_midnight(after[0]):
            return before, after
    return None


def overlap_in_week(
    week: Sequence[Sequence[Window]],
) -> tuple[int, Window, Window] | None:
    """Two windows of a week that share time, if any: the day of the later one, and both.

    Sunday's night lasts into Monday.
    """
    spans = sorted(
        (DAY * day + _since_midnight(window[0]), day, window)
        for day, windows in enumerate(week)
        for window in windows
    )
    if len(spans) < 2:
        return None
    round_again = [*spans, (spans[0][0] + 7 * DAY, *spans[0][1:])]
    for (start, _, before), (next_start, day, after) in pairwise(round_again):
        if start + length(before) > next_start:
            return day, before, after
    return None


def length(window: Window) -> timedelta:
    """How long a window is on paper."""
    opens, closes = _since_midnight(window[0]), _since_midnight(window[1])
    return closes - opens if closes > opens else closes + DAY - opens


def total(windows: Iterable[Window]) -> timedelta:
    """The working time of some windows on paper."""
    return sum((length(window) for window in windows), timedelta(0))


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
