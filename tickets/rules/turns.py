"""How the set of clocks changes: severity, standard, visit and calendar over time.

A *regime* is one tier's promise as it applies from some moment on: from the receipt, from a
raise, from a lowering. After a raise the regimes of both tiers stand side by side (rule 3);
a lowering or a new project puts others in their place. A *turn* is the moment of such a change.

Choices made here:

- Whether a wait is a pause is decided by the tier in force while it lasts: a raise ends a pause
  that the new tier does not allow, for the clocks of the old tier too, and a wait that began
  unpaused becomes a pause from a lowering on that allows it. No clock is ever paused by what
  its own tier does not allow; a lowered one keeps the pauses that had been counted.
- After a lowering, a clock of that tier that still runs from the receipt goes on; else one is
  measured from the receipt anew. Clocks that a raise had started do not come back.
- A new project, or a fault that turns out to be planned work, tells the whole story of the
  severity again under what is now promised, its waits included; for metrics that are met or
  missed nothing changes.
- Planned work has the first response of its tier and what the tier measures from an appointment,
  or an arrival at the appointment where it has nothing of the kind [A.A].
- A raise to a tier that is already in force is no turn. A raise to a lower severity than the
  ticket has, or a lowering to a higher one (as corrections may leave them), says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sla.rules import (
    PART_METRICS,
    Condition,
    Metric,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
)
from tickets.rules.facts import Fact, FactKind
from tickets.rules.story import Story

#: What planned work promises where its tier says nothing about appointments [A.A].
AT_THE_APPOINTMENT = Target(
    key="appointment",
    metric=Metric.ARRIVAL,
    limit=timedelta(0),
    measured_from=Start.APPOINTMENT,
    condition=Condition.ON_SITE,
    warn_before=timedelta(minutes=30),
)

Waits = frozenset[WaitReason]


@dataclass(slots=True, eq=False)
class Regime:
    """One tier's promise from a moment on.

    ``start`` is where "received" lies for it: the receipt, or the raise. ``since`` is when it
    came into being. ``in_force`` says which waits paused when, as (from, waits) in order.
    """

    origin: str
    tier: Tier
    standard: Standard
    version: int
    severity: Severity
    start: datetime
    raised: bool
    since: datetime
    own_from: (
        datetime  # before this only what was in force counts, not what the tier says
    )
    in_force: list[tuple[datetime, Waits]]
    targets: dict[Metric, list[Target]]
    by_visit: frozenset[Metric]  # metrics that the decision for a visit may concern


class Visit(NamedTuple):
    """Whether somebody goes there. ``needed`` is None while that is undecided."""

    needed: bool | None = None
    appointed: bool = False  # a time was agreed while it was undecided
    at: datetime | None = None
    seq: int | None = None
    first: bool = True  # none was ever needed

    def wants(self, target: Target) -> bool:
        """Whether a target applies (rule 8: undecided counts as not needed).

        Agreeing on a time while nobody has decided is a visit for what is measured from it.
        """
        if target.condition is Condition.ALWAYS:
            return True
        if target.condition is Condition.REMOTE:
            return self.needed is not True
        if self.needed is None:
            return self.appointed and target.measured_from is Start.APPOINTMENT
        return self.needed


@dataclass(slots=True)
class Turn:
    """One change: exactly one of the fields from ``add`` on is given."""

    at: datetime
    cause: str
    automatic: bool = False
    add: Regime | None = None
    instead: list[Regime] | None = None
    visit: Visit | None = None
    calendar: tuple[str, str] | None = None


class _Level(NamedTuple):
    """A severity that the promise is measured by, from some moment on."""

    severity: Severity
    origin: str
    start: datetime
    own_from: datetime


@dataclass(slots=True)
class Course:
    """The regimes at the receipt, and every turn after it in order."""

    first: list[Regime]
    turns: list[Turn] = field(default_factory=list)
    visit: Visit = field(default_factory=Visit)
    metrics: set[Metric] = field(default_factory=set)


def course_of(story: Story, standards: Mapping[int, Standard]) -> Course:
    """The course of a story. Raises LookupError for a standard that is not given."""
    return _Plotter(story, standards).plot()


class _Plotter:
    """Follows severity, standard and visit through the story."""

    def __init__(self, story: Story, standards: Mapping[int, Standard]) -> None:
        self._story = story
        self._standards = standards
        self._version = story.version
        self._severity = story.severity
        self._planned = story.planned
        begin = story.received_at
        self._history = [(begin, story.severity)]
        self._levels = [_Level(story.severity, story.origin, begin, begin)]
        self._metrics: set[Metric] = set()
        self._in_force: list[tuple[datetime, Waits]] = []
        self._chain = self._regimes(since=begin)
        self._course = Course(first=list(self._chain))

    def plot(self) -> Course:
        for fact in self._story.turns:
            turn = _TAKE[fact.kind](self, fact)
            if turn is not None:
                self._course.turns.append(turn)
        self._course.metrics = self._metrics
        return self._course

    def raised(self, fact: Fact) -> Turn | None:
        to = Severity(fact.data["to"])
        if to <= self._severity:
            return None
        origin = fact.data.get("origin") or f"r{fact.seq}"
        level = _Level(to, origin, fact.at, fact.at)
        before = self._tier()
        self._now(to, fact.at)
        self._levels.append(level)
        if self._tier() is before:
            return None
        self._in_force.append((fact.at, self._tier().may_pause))
        regime = self._regime(level, fact.at, raised=True)
        self._chain.append(regime)
        automatic = bool(fact.data.get("automatic"))
        return Turn(fact.at, "raised", automatic=automatic, add=regime)

    def lowered(self, fact: Fact) -> Turn | None:
        to = Severity(fact.data["to"])
        if to >= self._severity:
            return None
        before, first = self._tier(), self._chain[0]
        begin = self._story.received_at
        self._now(to, fact.at)
        tier = self._tier()
        goes_on = tier is first.tier
        level = _Level(to, f"l{fact.seq}", begin, fact.at)
        if goes_on:
            level = self._levels[0]._replace(severity=to)
        self._levels = [level]
        if tier is before:
            return None
        self._in_force.append((fact.at, tier.may_pause))
        anew = first if goes_on else self._regime(level, fact.at, raised=False)
        self._chain = [anew]
        return Turn(fact.at, "lowered", instead=list(self._chain))

    def project_changed(self, fact: Fact) -> Turn | None:
        if fact.data["standard"] == self._version:
            return None
        self._version = fact.data["standard"]
        return self._anew(fact, "project")

    def kind_changed(self, fact: Fact) -> Turn | None:
        planned = fact.data["kind"] == "planned"
        if planned is self._planned:
            return None
        self._planned = planned
        return self._anew(fact, "kind")

    def _anew(self, fact: Fact, cause: str) -> Turn:
        """Every level again from its start, under what is now promised."""
        self._levels = [
            level._replace(origin=f"{level.origin.partition('.p')[0]}.p{fact.seq}")
            for level in self._levels
        ]
        self._chain = self._regimes(since=fact.at)
        return Turn(fact.at, cause, instead=list(self._chain))

    def visit_decided(self, fact: Fact) -> Turn | None:
        old, needed = self._course.visit, bool(fact.data["needed"])
        if old.needed is needed:
            return None
        first = old.first and not needed
        return self._visit(old._replace(needed=needed, first=first), fact)

    def appointment_agreed(self, fact: Fact) -> Turn | None:
        old = self._course.visit
        if old.needed is not None or old.appointed:
            return None
        return self._visit(old._replace(appointed=True), fact)

    def calendar_revised(self, fact: Fact) -> Turn | None:
        key = fact.data["calendar"]
        merged = f"{key}@{fact.data['revision']}"
        return Turn(fact.at, "calendar", calendar=(key, merged))

    def _visit(self, visit: Visit, fact: Fact) -> Turn:
        self._course.visit = visit._replace(at=fact.at, seq=fact.seq)
        return Turn(fact.at, "visit", visit=self._course.visit)

    def _now(self, severity: Severity, at: datetime) -> None:
        self._severity = severity
        self._history.append((at, severity))

    def _tier(self) -> Tier:
        return self._standards[self._version].tier_for(self._severity)

    def _regimes(self, *, since: datetime) -> list[Regime]:
        """Every level's regime under the standard now named; equal neighbours are one."""
        standard = self._standards[self._version]
        self._in_force = [
            (at, standard.tier_for(severity).may_pause)
            for at, severity in self._history
        ]
        chain: list[Regime] = []
        for level in self._levels:
            if not chain or chain[-1].tier is not standard.tier_for(level.severity):
                raised = level is not self._levels[0]
                chain.append(self._regime(level, since, raised=raised))
        return chain

    def _regime(self, level: _Level, since: datetime, *, raised: bool) -> Regime:
        standard = self._standards[self._version]
        tier = standard.tier_for(level.severity)
        targets = _targets(tier, planned=self._planned)
        self._metrics.update(targets)
        return Regime(
            origin=level.origin,
            tier=tier,
            standard=standard,
            version=self._version,
            severity=level.severity,
            start=level.start,
            raised=raised,
            since=since,
            own_from=level.own_from,
            in_force=self._in_force,
            targets=targets,
            by_visit=frozenset(m for m, each in targets.items() if _is_by_visit(each)),
        )


def _targets(tier: Tier, *, planned: bool) -> dict[Metric, list[Target]]:
    targets = [each for each in tier.targets if each.metric not in PART_METRICS]
    if planned:
        dated = [t for t in targets if t.measured_from is Start.APPOINTMENT]
        first = [t for t in targets if t.metric is Metric.FIRST_RESPONSE]
        targets = first + (dated or [AT_THE_APPOINTMENT])
    by_metric: dict[Metric, list[Target]] = {}
    for target in targets:
        by_metric.setdefault(target.metric, []).append(target)
    return by_metric


def _is_by_visit(targets: Iterable[Target]) -> bool:
    return any(
        target.condition is not Condition.ALWAYS
        or target.measured_from is Start.VISIT_REQUESTED
        for target in targets
    )


_TAKE: Mapping[FactKind, Callable[[_Plotter, Fact], Turn | None]] = {
    FactKind.SEVERITY_RAISED: _Plotter.raised,
    FactKind.SEVERITY_LOWERED: _Plotter.lowered,
    FactKind.PROJECT_CHANGED: _Plotter.project_changed,
    FactKind.KIND_CHANGED: _Plotter.kind_changed,
    FactKind.VISIT_DECIDED: _Plotter.visit_decided,
    FactKind.APPOINTMENT_AGREED: _Plotter.appointment_agreed,
    FactKind.CALENDAR_REVISED: _Plotter.calendar_revised,
}
