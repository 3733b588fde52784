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
from datetime import datetime, timedelta

from sla.rules import Condition, Metric, Severity, Standard, Start, Target
from tests.tickets.rules.stopwatch import (
    MINUTE,
    STOPPED,
    Promise,
    Stopwatch,
    Timekeeper,
)
from tickets.rules.facts import Fact


class Simulator(Timekeeper):
    """One ticket, from its receipt."""

    def __init__(self, standards: Mapping[int, Standard], received: Fact) -> None:
        super().__init__(received.at, Severity(received.data.get("severity") or 1))
        self.standards = standards
        self.received = received
        self.version = received.data["standard"]
        self.levels = [(self.severity, self.now, self.now)]
        self.visit: bool | None = None
        self.appointed = False
        self.asked_at: datetime | None = None
        self.chain = self.promises()
        self.chains = {metric: list(self.chain) for metric in Metric}
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
