"""Stopwatches for the simulation of a ticket: one a clock, moved on minute by minute.

They know nothing of intervals, of sums or of :mod:`sla.clock`; what is used up when a minute
is over is missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sla.rules import (
    Calendar,
    Metric,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
)

MINUTE = timedelta(minutes=1)
STOPPED = {Metric.DISPATCH, Metric.ARRIVAL, Metric.RESOLUTION}
TRAVEL = {Metric.DISPATCH, Metric.ARRIVAL}


def works(calendar: Calendar, minute: datetime) -> bool:
    """Whether a minute is working time."""
    return calendar.always or _open_at(calendar, minute)


@cache
def _open_at(calendar: Calendar, minute: datetime) -> bool:
    """A look at the clock on the wall."""
    wall = minute.astimezone(ZoneInfo(calendar.zone))
    windows = calendar.exceptions.get(wall.date(), calendar.week[wall.weekday()])
    return any(opens <= wall.time() < closes for opens, closes in windows)


@dataclass(eq=False)
class Promise:
    """A tier from a moment on."""

    tier: Tier
    standard: Standard
    start: datetime
    own_from: datetime
    raised: bool = False


@dataclass(eq=False)
class Stopwatch:
    """One clock."""

    promise: Promise
    target: Target
    since: datetime
    asked_at: datetime | None
    start: datetime | None = None
    used: timedelta = timedelta(0)
    due: datetime | None = None
    held: datetime | None = None  # it could not be missed before this
    missed_at: datetime | None = None
    finished: datetime | None = None
    state: str = ""  # empty while open
    counts: bool = False

    @property
    def calendar(self) -> Calendar:
        return self.promise.standard.calendars[self.target.calendar]


@dataclass
class Minute:
    """What was the case during one minute."""

    severity: Severity
    wait: str | None
    visiting: bool
    resolved: bool


class Timekeeper:
    """What is the case with one ticket, and the stopwatches that run by it."""

    def __init__(self, begin: datetime, severity: Severity) -> None:
        self.now = begin
        self.severity = severity
        self.log: dict[datetime, Minute] = {}
        self.appointment: datetime | None = None  # agreed, and not yet reached
        self.stood: list[datetime] = []  # appointments whose time came
        self.agreed: dict[datetime, datetime] = {}
        self.wait: str | None = None
        self.visit_wait_until: datetime | None = None
        self.resolved_at: datetime | None = None
        self.ended: str | None = None
        self.done: dict[Metric, datetime] = {}
        self.missed: set[Metric] = set()
        self.clocks: dict[Metric, list[Stopwatch]] = {metric: [] for metric in Metric}

    def is_settled(self, metric: Metric) -> bool:
        if metric is Metric.RESOLUTION:
            return self.resolved_at is not None or metric in self.missed
        return metric in self.done or metric in self.missed

    def open(self, metric: Metric) -> list[Stopwatch]:
        return [c for c in self.clocks[metric] if not c.state]

    # Starting and moving on

    def source(self, clock: Stopwatch) -> datetime | None:
        target, promise = clock.target, clock.promise
        if target.measured_from is Start.RECEIVED:
            return promise.start
        if target.measured_from is Start.VISIT_REQUESTED:
            at = clock.asked_at
        elif target.measured_from is Start.APPOINTMENT:
            ahead = [] if self.appointment is None else [self.appointment]
            times = [
                each
                for each in (*self.stood, *ahead)
                if not promise.raised or each >= promise.start
            ]
            return times[0] if times else None
        elif target.measured_from is Start.RESOLUTION:
            at = self.resolved_at
        else:
            at = self.done.get(Metric(target.measured_from.value))
        if at is not None and promise.raised:
            return max(at, promise.start)
        return at

    def start_what_can(self, metric: Metric) -> None:
        for clock in self.open(metric):
            at = self.source(clock)
            if clock.start is None and at is not None and at <= self.now:
                clock.start, clock.held = at, self.now
                self.catch_up(clock, self.now)

    def catch_up(self, clock: Stopwatch, until: datetime) -> None:
        """A start in the past: every minute since then, by the log."""
        minute = clock.start
        clock.used = timedelta(0)
        clock.due = None if clock.target.limit else minute
        while minute < until:
            self.tick(clock, minute)
            minute += MINUTE

    def tick(self, clock: Stopwatch, minute: datetime) -> None:
        if clock.due is None and self.moves(clock, minute):
            clock.used += MINUTE
            if clock.used == clock.target.limit:
                clock.due = minute + MINUTE

    def moves(self, clock: Stopwatch, minute: datetime) -> bool:
        return works(clock.calendar, minute) and not self.is_paused(clock, minute)

    def is_paused(self, clock: Stopwatch, minute: datetime) -> bool:
        then, promise = self.log[minute], clock.promise
        if then.resolved and clock.target.metric in STOPPED:
            return True
        may = promise.standard.tier_for(then.severity).may_pause
        if minute >= promise.own_from:
            may &= promise.tier.may_pause
        dated = clock.target.measured_from is Start.APPOINTMENT
        to_arrive = dated and clock.target.metric is Metric.ARRIVAL
        visiting = then.visiting and not to_arrive
        return (then.wait in may) or (visiting and WaitReason.APPOINTMENT in may)

    # What came of it

    def finish(self, metric: Metric, at: datetime) -> None:
        """Met or missed: the clock with the earliest due says which."""
        clocks = self.open(metric)
        for clock in clocks:
            self.run_out(clock, at)
        known = [c for c in clocks if c.due is not None]
        winner = min(known, key=lambda c: c.due, default=clocks[-1] if clocks else None)
        for clock in clocks:
            clock.state = "superseded"
        if winner is not None:
            winner.state, winner.finished = "met", at
            if winner.due is not None and winner.due < at:
                winner.state = "missed"
                winner.missed_at = self.missed_when(winner)
                if at <= winner.missed_at:
                    winner.missed_at = winner.due
                self.missed.add(metric)

    def run_out(self, clock: Stopwatch, at: datetime) -> None:
        """The due time of a clock that was finished: no pause counts any more."""
        if clock.start is None and clock.target.measured_from is Start.APPOINTMENT:
            clock.start = self.source(clock)
        if clock.start is None:
            return
        if at < self.now:
            dated = clock.target.measured_from is Start.APPOINTMENT
            if (self.agreed[clock.start] if dated else clock.start) > at:
                clock.start = clock.due = None  # asked for when it was long done
                return
            self.catch_up(clock, at)
        if clock.due is None:
            minute = max(at, clock.start)
            while clock.used < clock.target.limit:
                if works(clock.calendar, minute):
                    clock.used += MINUTE
                minute += MINUTE
            clock.due = minute if clock.target.limit else clock.start

    def missed_when(self, clock: Stopwatch) -> datetime:
        return max(clock.due, clock.since, clock.held or clock.since)

    def miss(self, metric: Metric, *, before: datetime) -> None:
        """Marks what was due before an instant as missed."""
        if self.is_settled(metric) or self.ended:
            return
        if metric in TRAVEL and self.resolved_at is not None:
            return
        overdue = [c for c in self.open(metric) if c.due is not None and c.due < before]
        if not overdue:
            return
        first = min(overdue, key=lambda c: (self.missed_when(c), c.due))
        for clock in self.open(metric):
            clock.state = "superseded"
        first.state, first.missed_at = "missed", self.missed_when(first)
        self.missed.add(metric)

    def close(self) -> None:
        """Looks at what came of everything, once and for all."""
        if self.resolved_at is not None:
            if Metric.RESOLUTION in self.missed:
                self.note_late(Metric.RESOLUTION, self.resolved_at)
            else:
                self.finish(Metric.RESOLUTION, self.resolved_at)
        for metric in Metric:
            clocks = self.open(metric)
            dues = [self.expected(clock) for clock in clocks]
            states = [self.face(clock) for clock in clocks]
            winner = self.winner(clocks, dues)
            if winner is None:
                continue
            stopped = self.resolved_at is not None and (
                metric in TRAVEL or states[winner] == "pending"
            )
            for place, clock in enumerate(clocks):
                clock.state, clock.due = states[place], dues[place]
                clock.counts = place == winner
                if self.ended or stopped:
                    clock.state, clock.counts = "cancelled", False

    def winner(
        self, clocks: list[Stopwatch], dues: list[datetime | None]
    ) -> int | None:
        known = [(due, place) for place, due in enumerate(dues) if due is not None]
        if known:
            return min(known)[1]
        paused = [
            (clock.target.limit - clock.used, place)
            for place, clock in enumerate(clocks)
            if clock.start is not None
        ]
        if paused:
            return min(paused)[1]
        return len(clocks) - 1 if clocks else None

    def face(self, clock: Stopwatch) -> str:
        start = clock.start or self.source(clock)
        if start is None:
            return "pending"
        if start > self.now or (clock.due is not None and clock.due <= self.now):
            return "running"
        self.log[self.now] = self.minute_at(self.now)
        return "paused" if self.is_paused(clock, self.now) else "running"

    def minute_at(self, minute: datetime) -> Minute:
        visiting = self.visit_wait_until is not None and minute < self.visit_wait_until
        return Minute(self.severity, self.wait, visiting, self.resolved_at is not None)

    def expected(self, clock: Stopwatch) -> datetime | None:
        """When a clock will be due if nothing else happens; None if nobody knows."""
        if clock.due is not None:
            return clock.due
        start = clock.start or self.source(clock)
        if start is None:
            return None
        if not clock.target.limit:
            return start
        minute, used = max(start, self.now), clock.used
        while used < clock.target.limit:
            self.log[minute] = self.minute_at(minute)
            if self.moves(clock, minute):
                used += MINUTE
            elif self.is_paused(clock, minute) and not self.log[minute].visiting:
                return None  # and nothing will end it
            minute += MINUTE
        return minute

    def note_late(self, metric: Metric, at: datetime) -> None:
        for clock in self.clocks[metric]:
            if clock.state == "missed":
                clock.finished = at
