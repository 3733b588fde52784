"""What a page needs to show a standard to its client: data in order, no words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sla.rules import (
    PART_METRICS,
    Calendar,
    Condition,
    Metric,
    Start,
    Target,
    Tier,
    Window,
)
from sla.standards.notation import total
from sla.standards.writer import runs_of

_ORDER = {metric: place for place, metric in enumerate(Metric)}


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of a promise: this, within so much, from then on, where that applies.

    A limit of zero measured from an appointment says: at the appointment.
    """

    metric: Metric
    limit: timedelta
    measured_from: Start
    condition: Condition
    calendar: str
    target: str


@dataclass(frozen=True, slots=True)
class DaysOfWeek:
    """Days of the week in a row with the same windows; Monday is 0, none means closed."""

    first: int
    last: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates in a row that differ from their weekdays; no windows means closed."""

    first: date
    last: date
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class CalendarDescription:
    """A calendar for people. ``per_week`` is the working time of an ordinary week."""

    key: str
    always: bool
    zone: str
    week: tuple[DaysOfWeek, ...]
    per_week: timedelta
    holidays: str | None
    known_until: date | None
    exceptions: tuple[Dates, ...]


def promise_summary(tier: Tier, *, parts: bool = False) -> tuple[Promise, ...]:
    """What a tier promises, in the order in which it happens to a ticket.

    The promises about spare parts are left out unless ``parts``: no clock runs for them yet.
    """
    shown = (t for t in tier.targets if parts or t.metric not in PART_METRICS)
    return tuple(_promise(target) for target in sorted(shown, key=_place))


def describe_calendar(
    calendar: Calendar, *, since: date | None = None
) -> CalendarDescription:
    """A calendar for people; ``since`` leaves out exceptions that have passed."""
    exceptions = {
        day: windows
        for day, windows in calendar.exceptions.items()
        if since is None or day >= since
    }
    return CalendarDescription(
        key=calendar.key,
        always=calendar.always,
        zone=calendar.zone,
        week=() if calendar.always else tuple(_week(calendar.week)),
        per_week=per_week(calendar),
        holidays=calendar.holidays,
        known_until=calendar.known_until,
        exceptions=tuple(Dates(*run) for run in runs_of(exceptions)),
    )


def per_week(calendar: Calendar) -> timedelta:
    """The working time of an ordinary week, on paper."""
    if calendar.always:
        return timedelta(weeks=1)
    return total(window for windows in calendar.week for window in windows)


def _place(target: Target) -> tuple[int, str]:
    """On site before remote, as the conditions' names happen to be sorted too."""
    return _ORDER[target.metric], target.condition.value


def _promise(target: Target) -> Promise:
    return Promise(
        metric=target.metric,
        limit=target.limit,
        measured_from=target.measured_from,
        condition=target.condition,
        calendar=target.calendar,
        target=target.key,
    )


def _week(week: Iterable[tuple[Window, ...]]) -> Iterable[DaysOfWeek]:
    for windows, days in groupby(enumerate(week), key=lambda day: day[1]):
        numbers = [number for number, _ in days]
        yield DaysOfWeek(numbers[0], numbers[-1], windows)
