"""One clock measured: where it starts, what pauses it, when it is due (rules 1, 2, 4, 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sla.clock import advance, advance_while
from sla.rules import (
    ALWAYS,
    Calendar,
    Interval,
    Metric,
    Start,
    Target,
    WaitReason,
)
from tickets.rules.facts import REOPENED, Pause
from tickets.rules.story import Story
from tickets.rules.turns import Regime, Visit

#: Nobody can go on with these while the ticket is resolved; the others are done by then, or
#: (a call-back) belong to the time after it. So only these are paused until it is reopened.
STOPPED_WHEN_RESOLVED = frozenset({Metric.DISPATCH, Metric.ARRIVAL, Metric.RESOLUTION})
_METRIC_OF = {Start(m.value): m for m in Metric if m.value in set(Start)}


@dataclass(slots=True, eq=False)
class Draft:
    """A clock in the making: what it is, and what was last measured of it.

    ``known_at`` is when it came into being or, later, when its appointment was agreed: it
    can't have been missed before. ``miss_at`` is when it is missed if nothing is done.
    """

    key: str
    regime: Regime
    target: Target
    since: datetime
    visit: Visit
    calendar: Calendar
    started_at: datetime | None = None
    start_event: str = ""
    known_at: datetime | None = None
    due_at: datetime | None = None
    miss_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None
    ended_by: str = ""
    superseded_by: str = ""

    @property
    def at_once(self) -> bool:
        """Whether its limit had passed when it came into being (rule 8)."""
        return self.due_at is not None and self.due_at <= self.since


class _Beginning(NamedTuple):
    """Where a clock is measured from, by what event, and when it begins to run.

    An appointment's clock runs from the agreement on, though it is measured from the
    agreed time.
    """

    at: datetime
    event: str
    begun: datetime


class Gauge:
    """Measures the clocks of one ticket."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._gaps = story.gaps
        self.reopenings = [gap for gap in self._gaps if gap.end is not None]

    def measure(
        self, draft: Draft, *, finish: datetime | None, until: datetime | None = None
    ) -> None:
        """Works out start, pauses, due and miss of a draft.

        ``finish`` is when its metric was done, ``until`` when it ended before that. A pause
        counts only up to either, so that a clock that is over never moves again.
        """
        bound = finish if until is None else until
        draft.start_event = draft.target.measured_from.value
        draft.started_at = draft.due_at = draft.miss_at = None
        draft.pauses = ()
        start = self._start(draft, finish)
        if start is None or (bound is not None and start.begun > bound):
            return
        draft.started_at, draft.start_event = start.at, start.event
        draft.known_at = max(draft.since, start.begun)
        draft.pauses = tuple(self._pauses(draft, start.at, bound))
        draft.due_at = self._reach(draft, draft.target.limit)
        if draft.due_at is not None:
            draft.miss_at = self._miss(draft, finish)
            # A wait that begins when the limit is used up pauses nothing any more.
            due = draft.due_at
            draft.pauses = tuple(
                p for p in draft.pauses if p.start < due or p.reason == REOPENED
            )

    def warning(self, draft: Draft) -> datetime | None:
        """When a warning is due; None while that isn't known, and for a miss at once."""
        target = draft.target
        if draft.at_once:
            return None
        if target.warn_before is not None:
            return draft.due_at and draft.due_at - target.warn_before
        if not target.limit or draft.started_at is None:
            return None
        return self._reach(draft, target.limit * target.warn_at)

    def _reach(self, draft: Draft, amount: timedelta) -> datetime | None:
        start = draft.started_at
        if start is None:
            return None
        if not draft.pauses:
            if draft.calendar.always:
                return start.astimezone(UTC) + amount
            return advance(calendar=draft.calendar, start=start, amount=amount)
        return advance_while(
            calendar=draft.calendar,
            start=start,
            amount=amount,
            pauses=[Interval(p.start, p.end) for p in draft.pauses if p.end],
            paused_since=min(
                (p.start for p in draft.pauses if not p.end), default=None
            ),
        )

    def _miss(self, draft: Draft, finish: datetime | None) -> datetime | None:
        due, known = draft.due_at, draft.known_at
        if due is None or known is None:
            return None
        miss = max(due, known)
        if draft.target.metric in STOPPED_WHEN_RESOLVED:
            for gap in self.reopenings:
                if gap.start == due and gap.end is not None:
                    # Resolved exactly at the limit: nothing was left when it was reopened.
                    miss = max(miss, gap.end)
        return due if finish is not None and finish <= miss else miss

    # Where it starts

    def _start(self, draft: Draft, finish: datetime | None) -> _Beginning | None:
        regime, source = draft.regime, draft.target.measured_from
        if source is Start.RECEIVED:
            event = "raised" if regime.raised else source.value
            return _Beginning(regime.start, event, regime.start)
        if source is Start.APPOINTMENT:
            return self._appointed(regime)
        at = self._source(draft, finish)
        if at is None:
            return None
        if regime.raised and at <= regime.start:
            return _Beginning(regime.start, "raised", regime.start)
        return _Beginning(at, source.value, at)

    def _appointed(self, regime: Regime) -> _Beginning | None:
        """The first appointment that stood when its time came, or still stands."""
        for each in self._story.appointments:
            if each.stood and not (regime.raised and each.at < regime.start):
                return _Beginning(each.at, Start.APPOINTMENT.value, each.agreed_at)
        return None

    def _source(self, draft: Draft, finish: datetime | None) -> datetime | None:
        source = draft.target.measured_from
        if source is Start.VISIT_REQUESTED:
            return draft.visit.at if draft.visit.needed else None
        if source is Start.RESOLUTION:
            return self._resolution(draft, finish)
        metric = _METRIC_OF.get(source)
        return self._story.done.get(metric) if metric is not None else None

    def _resolution(self, draft: Draft, finish: datetime | None) -> datetime | None:
        """When it was resolved: a reopening undoes what was neither met nor missed by then."""
        for span in self._story.resolved:
            if span.end is None or (finish is not None and span.holds(finish)):
                return span.start
            begin = max(span.start, draft.regime.start)
            limit = draft.target.limit
            due = advance(calendar=draft.calendar, start=begin, amount=limit)
            if due < span.end:
                return span.start
        return None

    # What pauses it

    def _pauses(
        self, draft: Draft, start: datetime, bound: datetime | None
    ) -> Iterator[Pause]:
        for pause in self._applying(draft):
            first, last = max(pause.start, start), pause.end
            if bound is not None and (last is None or last > bound):
                last = bound
            if last is None or first < last:
                yield Pause(first, last, pause.reason)

    def _applying(self, draft: Draft) -> list[Pause]:
        target = draft.target
        pauses = self._allowed(draft.regime) if self._story.waits else []
        if (
            target.measured_from is Start.APPOINTMENT
            and target.metric is Metric.ARRIVAL
        ):
            pauses = [p for p in pauses if p.reason is not WaitReason.APPOINTMENT]
        if self._gaps and target.metric in STOPPED_WHEN_RESOLVED:
            pauses = sorted(pauses + self._gaps, key=lambda pause: pause.start)
        return pauses

    def _allowed(self, regime: Regime) -> list[Pause]:
        """The waits that pause a regime's clocks: what was in force, and its own tier, allow."""
        if len(regime.in_force) == 1:
            may = regime.tier.may_pause
            return [wait for wait in self._story.waits if wait.reason in may]
        return [cut for wait in self._story.waits for cut in _pieces(wait, regime)]


def _pieces(wait: Pause, regime: Regime) -> Iterator[Pause]:
    """The stretches of a wait that pause, joined where they touch."""
    open_since: datetime | None = None
    edges = sorted({at for at, _ in regime.in_force} | {regime.own_from})
    for edge in [wait.start, *(e for e in edges if e > wait.start)]:
        if wait.end is not None and edge >= wait.end:
            break
        allowed = _allows(regime, wait, edge)
        if allowed and open_since is None:
            open_since = edge
        elif not allowed and open_since is not None:
            yield Pause(open_since, edge, wait.reason)
            open_since = None
    if open_since is not None:
        yield Pause(open_since, wait.end, wait.reason)


def _allows(regime: Regime, wait: Pause, at: datetime) -> bool:
    in_force = regime.in_force[0][1]
    for since, waits in regime.in_force:
        if since <= at:
            in_force = waits
    if wait.reason not in in_force:
        return False
    return at < regime.own_from or wait.reason in regime.tier.may_pause


def calendar_of(regime: Regime, key: str) -> Calendar:
    """A calendar of the regime's standard. Raises LookupError where it has none of that key."""
    calendar = regime.standard.calendars.get(key)
    if calendar is None:
        if key == ALWAYS.key:
            return ALWAYS
        raise LookupError(f"standard {regime.standard.key} has no calendar {key}")
    return calendar
