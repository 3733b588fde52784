"""Why a clock says what it says, as data; :mod:`tickets.explain` puts it into words.

Lengths of time before the due time are working time of the clock's calendar. How late or how
early something was is plain time as everybody's watch shows it, without the time between
resolved and reopened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla.clock import counted_pause, elapsed
from sla.rules import ALWAYS, Calendar, Interval, Severity, Standard, Start
from tickets.rules.facts import OPEN_STATES, Clock, ClockState, Pause

ZERO = timedelta(0)


class Code(StrEnum):
    """What there is to say."""

    PENDING = "pending"  # its start has not happened
    RUNNING = "running"
    PAUSED = "paused"  # nobody knows until when
    PAUSED_UNTIL = "paused_until"  # the end is known, and so is the due time
    MET = "met"
    MET_EXACTLY = "met_exactly"
    MET_EARLY = "met_early"  # done before its limit had begun
    OVERDUE = "overdue"  # missed, and still counting
    LATE = "late"  # missed, then done
    MISSED_ENDED = "missed_ended"  # missed, then nobody had to do it any more
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Excluded:
    """A stretch that was not counted, and how much of the clock's time it took out.

    ``end`` is None while it lasts; ``counted`` is then what it took out until now. Time in
    which two of them overlap is counted with the first.
    """

    start: datetime
    end: datetime | None
    reason: str
    counted: timedelta


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock explained at ``now``.

    ``by`` is the time to spare, late or (paused) left. ``until`` ends a pause, ``since`` begins
    one, or is when the clock ended or came to apply too late. ``why`` is a wait's reason or
    the cause of an end (see :class:`~tickets.rules.facts.Clock`).
    """

    code: Code
    now: datetime
    limit: timedelta
    measured_from: Start
    start_event: str
    severity: Severity
    working: bool  # the limit is working time, not 24×7
    started_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    by: timedelta = ZERO
    since: datetime | None = None
    until: datetime | None = None
    why: str = ""
    at_once: datetime | None = None  # when it came to apply, its limit having passed
    beside: bool = False  # open, but another limit is due earlier and counts
    provisional: bool = False
    excluded: tuple[Excluded, ...] = ()


def explain(clock: Clock, *, standard: Standard, now: datetime) -> Explanation:
    """The explanation of a clock under the standard (version) it is promised by."""
    calendar = standard.calendars.get(clock.calendar, ALWAYS)
    code = _code(clock)
    return Explanation(
        code=code,
        now=now,
        limit=clock.target.limit,
        measured_from=clock.target.measured_from,
        start_event=clock.start_event,
        severity=clock.severity,
        working=not calendar.always,
        started_at=clock.started_at,
        due_at=clock.due_at,
        finished_at=clock.finished_at,
        by=_by(clock, code, calendar, now=now),
        since=_since(clock, code, now),
        until=_until(clock, code, now),
        why=_why(clock, code, now),
        at_once=_at_once(clock),
        beside=not clock.counts and clock.state in OPEN_STATES,
        provisional=clock.provisional,
        excluded=_excluded(clock, calendar, now),
    )


_CODES = {
    ClockState.PENDING: Code.PENDING,
    ClockState.RUNNING: Code.RUNNING,
    ClockState.SUPERSEDED: Code.SUPERSEDED,
    ClockState.CANCELLED: Code.CANCELLED,
}


def _code(clock: Clock) -> Code:
    if clock.state is ClockState.PAUSED:
        return Code.PAUSED if clock.due_at is None else Code.PAUSED_UNTIL
    if clock.state is ClockState.MET:
        if clock.due_at is None:
            return Code.MET_EARLY
        return Code.MET if clock.finished_at != clock.due_at else Code.MET_EXACTLY
    if clock.state is ClockState.MISSED:
        if clock.finished_at is not None:
            return Code.LATE
        return Code.OVERDUE if clock.ended_at is None else Code.MISSED_ENDED
    return _CODES[clock.state]


def _by(clock: Clock, code: Code, calendar: Calendar, *, now: datetime) -> timedelta:
    if code is Code.PAUSED:
        return time_left(clock, calendar=calendar, now=now) or ZERO
    return abs(clock.margin_at(now) or ZERO)


def time_left(clock: Clock, *, calendar: Calendar, now: datetime) -> timedelta | None:
    """What is left of the limit, in time of its calendar; None before it starts."""
    if clock.started_at is None:
        return None
    used = elapsed(
        calendar=calendar,
        start=clock.started_at,
        end=now,
        pauses=[Interval(p.start, p.end or now) for p in clock.pauses],
    )
    return max(clock.target.limit - used, ZERO)


def _pause_at(clock: Clock, now: datetime) -> Pause | None:
    """The pause that lasts, of several the one that lasts longest."""
    lasting = [
        p for p in clock.pauses if p.start <= now and (p.end is None or p.end > now)
    ]
    endless = [p for p in lasting if p.end is None]
    return max(endless or lasting, key=lambda p: p.end or now, default=None)


def _since(clock: Clock, code: Code, now: datetime) -> datetime | None:
    if code in {Code.PAUSED, Code.PAUSED_UNTIL}:
        pause = _pause_at(clock, now)
        return pause.start if pause else None
    return clock.ended_at


def _until(clock: Clock, code: Code, now: datetime) -> datetime | None:
    pause = _pause_at(clock, now) if code is Code.PAUSED_UNTIL else None
    return pause.end if pause else None


def _why(clock: Clock, code: Code, now: datetime) -> str:
    if code in {Code.PAUSED, Code.PAUSED_UNTIL}:
        pause = _pause_at(clock, now)
        return str(pause.reason) if pause else ""
    return clock.ended_by


def _at_once(clock: Clock) -> datetime | None:
    late = clock.missed_at is not None and clock.missed_at != clock.due_at
    return clock.missed_at if late else None


def _excluded(clock: Clock, calendar: Calendar, now: datetime) -> tuple[Excluded, ...]:
    if clock.started_at is None:
        return ()
    seen: list[Interval] = []
    before = ZERO
    parts = []
    for pause in clock.pauses:
        seen.append(Interval(pause.start, pause.end or max(now, pause.start)))
        end = max(each.end for each in seen)
        total = counted_pause(
            calendar=calendar, start=clock.started_at, end=end, pauses=seen
        )
        part = Excluded(pause.start, pause.end, str(pause.reason), total - before)
        parts.append(part)
        before = total
    return tuple(parts)
