"""The promise told a second time: forward, minute by minute, as if one stood beside it.

``derive`` looks back over all the facts at once. This keeps a ticket's clocks the way a person
with a stopwatch would: every fact is taken when its minute comes, every clock that runs is
moved on by one minute, and what is used up is missed when the minute is over. It knows
nothing of intervals, of sums or of :mod:`sla.clock`; it is slow, and simple enough to be
believed. Facts have to lie on whole minutes, one a minute but for automatic raises. Merges
and corrections are not its business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sla.rules import (
    Calendar,
    Condition,
    Metric,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
)
from tickets.rules.facts import Fact

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


@dataclass
class Simulator:
    """One ticket, from its receipt."""

    standards: Mapping[int, Standard]
    received: Fact
    log: dict[datetime, Minute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = self.received.at
        self.severity = Severity(self.received.data.get("severity") or 1)
        self.version = self.received.data["standard"]
        self.levels = [(self.severity, self.now, self.now)]
        self.visit: bool | None = None
        self.appointed = False
        self.asked_at: datetime | None = None
        self.appointment: datetime | None = None  # agreed, and not yet reached
        self.stood: list[datetime] = []  # appointments whose time came
        self.agreed: dict[datetime, datetime] = {}
        self.wait: str | None = None
        self.visit_wait_until: datetime | None = None
        self.resolved_at: datetime | None = None
        self.ended: str | None = None
        self.done: dict[Metric, datetime] = {}
        self.missed: set[Metric] = set()
        self.chain = self.promises()
        self.chains = {metric: list(self.chain) for metric in Metric}
        self.clocks: dict[Metric, list[Stopwatch]] = {metric: [] for metric in Metric}
        for metric in Metric:
            self.refresh(metric, "begin")

    # Who promises what

    def promises(self) -> list[Promise]:
        standard = self.standards[self.version]
        chain: list[Promise] = []
        for severity, start, own_from in self.levels:
            tier = standard.tier_for(severity)
            if not chain or chain[-1].tier is not tier:
                chain.append(Promise(tier, standard, start, own_from, bool(chain)))
        return chain

    def wanted(self, target: Target) -> bool:
        if target.condition is Condition.REMOTE:
            return self.visit is not True
        if target.condition is Condition.ON_SITE:
            dated = self.appointed and target.measured_from is Start.APPOINTMENT
            return dated if self.visit is None else self.visit
        return True

    def is_settled(self, metric: Metric) -> bool:
        if metric is Metric.RESOLUTION:
            return self.resolved_at is not None or metric in self.missed
        return metric in self.done or metric in self.missed

    def refresh(self, metric: Metric, cause: str) -> None:
        """Ends what is no longer promised and begins what now is."""
        if metric in self.missed:
            return
        begun = self.open(metric) or any(c.state == "met" for c in self.clocks[metric])
        if self.is_settled(metric) and (cause != "visit" or begun):
            return
        self.exchange(metric, may_supersede=cause != "visit" or self.visit is True)
        self.start_what_can(metric)
        if metric in self.done:
            self.finish(metric, self.done[metric])
        else:
            self.miss(metric, before=self.now)

    def exchange(self, metric: Metric, *, may_supersede: bool) -> None:
        wanted = [
            (promise, target)
            for promise in self.chains[metric]
            for target in promise.tier.targets
            if target.metric is metric and self.wanted(target)
        ]
        known = []
        for clock in self.open(metric):
            known.append((clock.promise, clock.target))
            if known[-1] not in wanted:
                replaced = wanted and may_supersede
                clock.state = "superseded" if replaced else "cancelled"
        for promise, target in wanted:
            if (promise, target) not in known:
                clock = Stopwatch(promise, target, self.now, None)
                self.clocks[metric].append(clock)
        for clock in self.open(metric):
            if clock.start is None and self.visit:
                clock.asked_at = self.asked_at

    def open(self, metric: Metric) -> list[Stopwatch]:
        return [c for c in self.clocks[metric] if not c.state]

    def kept(self, metric: Metric) -> bool:
        return any(c.state == "met" for c in self.clocks[metric])

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

    # Facts

    def run(self, facts: Sequence[Fact], until: datetime) -> None:
        """Takes every fact in its minute, up to and with the minute ``until``."""
        rest = [fact for fact in facts if fact is not self.received]
        while True:
            self.reach_appointment()
            while rest and rest[0].at <= self.now and not self.ended:
                self.take(rest.pop(0))
            if self.now >= until or self.ended:
                return
            self.pass_minute()

    def pass_minute(self) -> None:
        self.log[self.now] = self.minute_at(self.now)
        minute, self.now = self.now, self.now + MINUTE
        for metric, clocks in self.clocks.items():
            running = [c for c in clocks if not c.state and c.start is not None]
            for clock in running:
                self.tick(clock, minute)
            if running:
                self.miss(metric, before=self.now)

    def reach_appointment(self) -> None:
        if self.appointment is not None and self.appointment <= self.now:
            self.stood.append(self.appointment)
            self.appointment = None
            self.start_all()

    def start_all(self) -> None:
        for metric in Metric:
            if not self.is_settled(metric):
                self.start_what_can(metric)

    def take(self, fact: Fact) -> None:
        getattr(self, f"on_{fact.kind.value}")(fact)
        self.start_all()

    def achieve(self, *metrics: Metric) -> None:
        for metric in metrics:
            if metric not in self.done:
                self.done[metric] = self.now
                if metric in self.missed:
                    self.note_late(metric, self.now)
                else:
                    self.start_what_can(metric)
                    self.finish(metric, self.now)

    def note_late(self, metric: Metric, at: datetime) -> None:
        for clock in self.clocks[metric]:
            if clock.state == "missed":
                clock.finished = at

    def on_answered(self, fact: Fact) -> None:
        self.achieve(Metric.FIRST_RESPONSE)

    def on_solution_proposed(self, fact: Fact) -> None:
        self.achieve(Metric.SOLUTION_PROPOSED)

    def on_called_back(self, fact: Fact) -> None:
        self.achieve(Metric.CALL_BACK)

    def on_departed(self, fact: Fact) -> None:
        self.achieve(Metric.DISPATCH)

    def on_arrived(self, fact: Fact) -> None:
        self.achieve(Metric.DISPATCH, Metric.ARRIVAL)
        self.visit_wait_until = None
        if self.appointment is not None:  # it is kept, and no later one moves it
            self.stood.append(self.appointment)
            self.appointment = None

    def on_wait_started(self, fact: Fact) -> None:
        if self.resolved_at is None:
            self.wait = fact.data["reason"]

    def on_wait_ended(self, fact: Fact) -> None:
        self.wait = None

    def on_appointment_agreed(self, fact: Fact) -> None:
        self.appointment = datetime.fromisoformat(fact.data["at"])
        self.visit_wait_until = self.appointment
        self.agreed[self.appointment] = self.now
        if self.visit is None and not self.appointed:
            self.appointed = True
            self.change("visit")
        self.reach_appointment()

    def on_appointment_cancelled(self, fact: Fact) -> None:
        self.appointment = self.visit_wait_until = None

    def on_visit_decided(self, fact: Fact) -> None:
        if self.visit is not fact.data["needed"]:
            self.visit = fact.data["needed"]
            self.asked_at = self.now
            self.change("visit")

    def change(self, cause: str) -> None:
        for metric in Metric:
            self.refresh(metric, cause)

    def stop(self) -> None:
        self.wait = self.visit_wait_until = None
        self.appointment = None

    def on_resolved(self, fact: Fact) -> None:
        if self.resolved_at is not None:
            return
        self.achieve(Metric.FIRST_RESPONSE, Metric.SOLUTION_PROPOSED)
        self.stop()
        self.resolved_at = self.now

    on_closed = on_resolved

    def on_reopened(self, fact: Fact) -> None:
        if self.resolved_at is None:
            return
        self.resolved_at = None
        for metric in Metric:
            for clock in self.open(metric):
                if clock.target.measured_from is Start.RESOLUTION:
                    clock.start, clock.due, clock.used = None, None, timedelta(0)
        for metric in STOPPED:
            for clock in self.open(metric):
                if clock.due is not None and clock.due < self.now:
                    clock.held = self.now  # nothing was left when it was resolved
            self.miss(metric, before=self.now)

    def on_cancelled(self, fact: Fact) -> None:
        self.stop()
        self.ended = "cancelled"

    def on_severity_raised(self, fact: Fact) -> None:
        to = Severity(fact.data["to"])
        if to <= self.severity:
            return
        if fact.data.get("automatic"):
            for metric in Metric:
                self.miss(metric, before=self.now + MINUTE)
        before = self.standards[self.version].tier_for(self.severity)
        self.severity = to
        self.levels.append((to, self.now, self.now))
        tier = self.standards[self.version].tier_for(to)
        if tier is before:
            return
        promise = Promise(tier, self.standards[self.version], self.now, self.now, True)
        self.chain.append(promise)
        for metric in Metric:
            if not self.is_settled(metric):
                self.chains[metric].append(promise)
                self.refresh(metric, "raised")

    def on_severity_lowered(self, fact: Fact) -> None:
        to = Severity(fact.data["to"])
        if to >= self.severity:
            return
        standard = self.standards[self.version]
        before, tier = standard.tier_for(self.severity), standard.tier_for(to)
        self.severity, first = to, self.chain[0]
        goes_on = first.tier is tier
        own_from = self.levels[0][2] if goes_on else self.now
        self.levels = [(to, self.received.at, own_from)]
        if tier is before:
            return
        if not goes_on:
            first = Promise(tier, standard, self.received.at, self.now)
        self.instead([first], "lowered")

    def on_project_changed(self, fact: Fact) -> None:
        if fact.data["standard"] != self.version:
            self.version = fact.data["standard"]
            self.instead(self.promises(), "project")

    def instead(self, chain: list[Promise], cause: str) -> None:
        self.chain = list(chain)
        for metric in Metric:
            if not self.is_settled(metric):
                self.chains[metric] = list(chain)
                self.refresh(metric, cause)
