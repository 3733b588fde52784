"""Working time: how much lies between two instants, and when so much of it has passed.

Everything a promise says about time goes through :func:`elapsed` and :func:`advance`. They
are pure: no clock, no I/O; aware instants in, UTC out, exact to the microsecond. What a
working window means on the day the clocks change stands at the head of :mod:`sla.timeline`.

A pause counts only by the working time it covers, and overlapping pauses count once (rule 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.rules import Calendar, Interval
from sla.timeline import (
    HORIZON,
    ZERO,
    UnreachableError,
    local_date,
    normalise,
    timeline_of,
    utc,
)

__all__ = [
    "HORIZON",
    "CountedPause",
    "UnreachableError",
    "advance",
    "advance_while",
    "counted_pause",
    "counted_pauses",
    "elapsed",
    "is_provisional",
    "normalise",
    "working_intervals",
]


@dataclass(frozen=True, slots=True)
class CountedPause:
    """A stretch that was not counted, and how much working time that took out."""

    interval: Interval
    amount: timedelta


def elapsed(
    *,
    calendar: Calendar,
    start: datetime,
    end: datetime,
    pauses: Iterable[Interval] = (),
) -> timedelta:
    """Working time in [start, end) outside the pauses; zero where end is not after start.

    Raises ValueError for a naive instant.
    """
    at, end = utc(start), utc(end)
    if end <= at:
        return ZERO
    timeline = timeline_of(calendar)
    total = ZERO
    for pause in normalise(pauses):
        if pause.start >= end:
            break
        if pause.start > at:
            total += timeline.worked(at, pause.start)
        at = max(at, pause.end)
    return total + timeline.worked(at, end) if at < end else total


def advance(
    *,
    calendar: Calendar,
    start: datetime,
    amount: timedelta,
    pauses: Iterable[Interval] = (),
) -> datetime:
    """The earliest instant at which the working time since start outside pauses is amount.

    An amount of zero is start itself, whether or not that is working time (rule 1). An amount
    that is used up as a window closes, or as a pause begins, is due there and not at the next
    opening. Raises ValueError for a naive instant or a negative amount, and
    :class:`UnreachableError` where the calendar doesn't hold that much within
    :data:`HORIZON`.
    """
    at = utc(start)
    if amount <= ZERO:
        if amount < ZERO:
            raise ValueError("an amount of working time can't be negative")
        return at
    timeline = timeline_of(calendar)
    for pause in normalise(pauses):
        if pause.end <= at:
            continue
        if pause.start > at:
            worked = timeline.worked(at, pause.start)
            if worked >= amount:
                break
            amount -= worked
        at = pause.end
    return timeline.reach(at, amount)


def advance_while(
    *,
    calendar: Calendar,
    start: datetime,
    amount: timedelta,
    pauses: Iterable[Interval] = (),
    paused_since: datetime | None = None,
) -> datetime | None:
    """As :func:`advance`, with a pause that has begun and whose end nobody knows yet.

    ``pauses`` are the closed ones, ``paused_since`` the beginning of the open one, if any.
    None says: never, as long as that pause lasts; else the amount had been used up before
    the open pause began, or just as it did.
    """
    due = advance(calendar=calendar, start=start, amount=amount, pauses=pauses)
    if paused_since is None or not amount or due <= utc(paused_since):
        return due
    return None


def counted_pauses(
    *,
    calendar: Calendar,
    start: datetime,
    end: datetime,
    pauses: Iterable[Interval],
) -> tuple[CountedPause, ...]:
    """The stretches of [start, end) that pauses took out, each with its working time.

    Overlapping pauses appear as one. A pause that covers no working time (a night, for
    office hours) is listed with an amount of zero, so that it can be explained too.
    """
    first, last = utc(start), utc(end)
    timeline = timeline_of(calendar)
    counted = []
    for pause in normalise(pauses):
        cut = Interval(max(pause.start, first), min(pause.end, last))
        if cut.start < cut.end:
            counted.append(CountedPause(cut, timeline.worked(cut.start, cut.end)))
    return tuple(counted)


def counted_pause(
    *,
    calendar: Calendar,
    start: datetime,
    end: datetime,
    pauses: Iterable[Interval],
) -> timedelta:
    """How much working time of [start, end) the pauses took out, overlaps counted once."""
    counted = counted_pauses(calendar=calendar, start=start, end=end, pauses=pauses)
    return sum((pause.amount for pause in counted), ZERO)


def working_intervals(
    *, calendar: Calendar, start: datetime, end: datetime
) -> tuple[Interval, ...]:
    """The working time of [start, end) as intervals, for whoever wants to draw it."""
    first, last = utc(start), utc(end)
    if last <= first:
        return ()
    spans = timeline_of(calendar).spans(first, last)
    return normalise(
        Interval(max(span.start, first), min(span.end, last)) for span in spans
    )


def is_provisional(calendar: Calendar, due: datetime) -> bool:
    """Whether a due time rests on days of which the calendar doesn't know the holidays.

    Midnight at the end of the last known day still rests on known days alone.
    """
    if calendar.always or calendar.known_until is None:
        return False
    last_moment = utc(due) - datetime.resolution
    return local_date(last_moment, calendar.zone) > calendar.known_until
