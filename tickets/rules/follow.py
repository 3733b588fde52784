"""One metric followed through its ticket's turns: which of its clocks is met or missed.

1. Begin with the clocks that the tier in force at the receipt promises.
2. At each turn look first whether the metric is done or missed by then. If so it gets no
   other clock (rule 3); a missed one keeps the clock that was missed to the end.
3. Else end the clocks that no longer apply and begin those that now do. The clock of a raise
   stands beside the older ones.
4. At the end the clock with the earliest known due counts; a pending one counts only where no
   other has a due. The one that counts is met or missed; those beside it are superseded.

Choices made here:

- Exactly at the limit is met (rule 6): at ``now == due`` a clock still runs, and whoever fires
  the miss has to wait until ``now > due``. A warning is due from ``warn_at`` on.
- An automatic raise happens at the instant of its miss. So there, and only there, a clock that
  is due at the very instant of a turn is missed. Who catches up after an outage takes the misses
  in order of ``missed_at`` and derives again after each raise.
- A clock whose limit had passed when it came into being is missed at that moment (rule 8).
- A metric done before a raise, a lowering or a new project, or at that very instant, whichever
  was written down first, gets no clock from it. One done
  before the visit was decided (departed, then decided) does, for its clock starts before that.
- Deciding "needed" puts a from-arrival clock in the remote one's place, which is superseded;
  where nothing takes its place it is cancelled. Deciding "not needed" begins the remote clocks
  again, from their stated start. Once the remote one is missed, the miss stands alone.
- Deciding "not needed" also stops the overrun of a missed dispatch or arrival, for nobody is
  going; so does resolving, until reopened. A missed resolution goes on until it is done.
- While a ticket is resolved, dispatch, arrival and whatever is pending are cancelled; they go on
  when it is reopened, the time between being a pause.
- Of two clocks that are both paused without an end in sight the one with less time left counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sla.clock import elapsed, is_provisional
from sla.rules import Calendar, Condition, Interval, Metric, Target
from tickets.rules.facts import OPEN_STATES, Clock, ClockState
from tickets.rules.measure import Draft, Gauge, calendar_of
from tickets.rules.story import Story
from tickets.rules.turns import Course, Regime, Turn, Visit

_TRAVEL = frozenset({Metric.DISPATCH, Metric.ARRIVAL})
_Wanted = list[tuple[Regime, Target]]


class Run:
    """One metric of one ticket."""

    def __init__(
        self, metric: Metric, *, story: Story, course: Course, gauge: Gauge
    ) -> None:
        self._metric = metric
        self._story = story
        self._course = course
        self._gauge = gauge
        self._finish = _finish(metric, story)
        self._chain = list(course.first)
        self._visit = Visit()
        self._revisions: dict[str, str] = {}
        self._live: list[Draft] = []
        self._over: list[Draft] = []
        self._begun: list[str] = []

    def clocks(self, now: datetime) -> list[Clock]:
        """Its clocks as they stand at ``now``, in the order in which they began."""
        self._begin(self._wanted(), self._story.received_at)
        missed = None
        for turn in self._course.turns:
            missed = self._missed_by(turn)
            if missed is not None:
                break
            self._take(turn)
        known = {
            draft.key: self._clock(
                draft,
                ClockState.SUPERSEDED if draft.superseded_by else ClockState.CANCELLED,
            )
            for draft in self._over
        }
        winner = missed or _first_due(self._live)
        if winner is not None:
            known |= self._settle(winner, now)
        return [known[key] for key in self._begun]

    # Turns

    def _missed_by(self, turn: Turn) -> Draft | None:
        """The clock that was missed by then, the first one if there are several."""
        missed = [
            draft
            for draft in self._live
            if _is_missed(draft, self._finish, turn.at, at_the_limit=turn.automatic)
        ]
        return min(missed, key=_by_miss, default=None)

    def _take(self, turn: Turn) -> None:
        if turn.visit is not None:
            self._visit = turn.visit
        if self._is_done(turn.at):
            if turn.visit is not None and not self._live:
                self._begin(self._wanted(), turn.at)
        elif turn.calendar is not None:
            self._revisions.update([turn.calendar])
            for draft in self._live:
                draft.calendar = self._calendar(draft.regime, draft.target)
                self._gauge.measure(draft, finish=self._finish)
        else:
            self._change(turn)

    def _is_done(self, at: datetime) -> bool:
        if self._metric is Metric.RESOLUTION:
            return any(span.holds(at) for span in self._story.resolved)
        return self._finish is not None and self._finish <= at

    def _change(self, turn: Turn) -> None:
        if not self._concerns(turn):
            return
        wanted = self._wanted()
        gone = [d for d in self._live if (d.regime, d.target) not in wanted]
        self._live = [d for d in self._live if (d.regime, d.target) in wanted]
        self._begin(wanted, turn.at)
        self._request(turn)
        cause = turn.cause
        if turn.visit is not None and not turn.visit.needed:
            cause = "no_visit"
        for draft in gone:
            replaced_by = self._live[-1].key if self._live else ""
            if cause != "no_visit":
                draft.superseded_by = replaced_by
            self._end(draft, turn.at, cause)
        self._over += gone

    def _concerns(self, turn: Turn) -> bool:
        """Follows a turn to what is promised after it; whether that changes this metric."""
        if turn.add is not None:
            self._chain.append(turn.add)
            return self._metric in turn.add.targets
        if turn.instead is not None:
            self._chain = list(turn.instead)
            return True
        return any(self._metric in regime.by_visit for regime in self._chain)

    def _request(self, turn: Turn) -> None:
        """Starts what waits for a visit to be asked for, whether or not it is on site."""
        for draft in self._live:
            if turn.visit is not None and draft.started_at is None:
                draft.visit = turn.visit
                self._gauge.measure(draft, finish=self._finish)

    def _wanted(self) -> _Wanted:
        return [
            (regime, target)
            for regime in self._chain
            for target in regime.targets.get(self._metric, ())
            if self._visit.wants(target)
        ]

    def _begin(self, wanted: _Wanted, since: datetime) -> None:
        known = {(draft.regime, draft.target.key) for draft in self._live}
        for regime, target in wanted:
            if (regime, target.key) in known:
                continue
            draft = Draft(
                key=_key(regime, target, self._visit),
                regime=regime,
                target=target,
                since=since,
                visit=self._visit,
                calendar=self._calendar(regime, target),
            )
            self._gauge.measure(draft, finish=self._finish)
            self._live.append(draft)
            self._begun.append(draft.key)

    def _calendar(self, regime: Regime, target: Target) -> Calendar:
        key = target.calendar
        if key in self._revisions and key in regime.standard.calendars:
            key = self._revisions[key]
        return calendar_of(regime, key)

    def _end(self, draft: Draft, at: datetime, why: str) -> None:
        draft.ended_at, draft.ended_by = at, why
        self._gauge.measure(draft, finish=self._finish, until=at)

    # What came of it

    def _settle(self, winner: Draft, now: datetime) -> dict[str, Clock]:
        """The clocks that are left in the end: the one that counts, and those beside it."""
        state = self._state(winner, now)
        clock = self._clock(winner, state)
        clocks = {winner.key: clock}
        for draft in self._live:
            if draft is not winner:
                clocks[draft.key] = self._beside(draft, clock, now)
        return clocks

    def _beside(self, draft: Draft, winner: Clock, now: datetime) -> Clock:
        if winner.state in OPEN_STATES:
            return self._clock(draft, _open_state(draft, now), counts=False)
        if winner.state is ClockState.CANCELLED:
            self._end(draft, winner.ended_at or now, winner.ended_by)
            return self._clock(draft, winner.state)
        draft.superseded_by = winner.key
        at = winner.missed_at or winner.finished_at or now
        self._end(draft, at, winner.state.value)
        return self._clock(draft, ClockState.SUPERSEDED)

    def _state(self, draft: Draft, now: datetime) -> ClockState:
        if self._finish is not None:
            late = _is_missed(draft, self._finish, self._finish)
            return ClockState.MISSED if late else ClockState.MET
        stop = self._stop(draft)
        if stop is None:
            missed = _is_missed(draft, None, now)
            return ClockState.MISSED if missed else _open_state(draft, now)
        at, why = stop
        if _is_missed(draft, None, min(at, now)):
            draft.ended_at, draft.ended_by = at, why
            return ClockState.MISSED
        self._end(draft, at, why)
        return ClockState.CANCELLED

    def _stop(self, draft: Draft) -> tuple[datetime, str] | None:
        """When and why a clock stopped without its metric being done, if it did."""
        story, visit = self._story, self._course.visit
        stops: list[tuple[datetime, str]] = []
        if story.ended_at is not None:
            stops.append((story.ended_at, story.ended_by))
        if story.resolved and story.resolved[-1].end is None:
            pending = draft.started_at is None
            if pending or self._metric in _TRAVEL:
                stops.append((story.resolved[-1].start, "resolved"))
        on_site = draft.target.condition is Condition.ON_SITE
        if visit.needed is False and visit.at and on_site and self._metric in _TRAVEL:
            stops.append((visit.at, "no_visit"))
        return min(stops, default=None)

    def _clock(
        self,
        draft: Draft,
        state: ClockState,
        *,
        counts: bool = True,
    ) -> Clock:
        is_open = state in OPEN_STATES
        result = state in {ClockState.MET, ClockState.MISSED}
        due = draft.due_at
        return Clock(
            key=draft.key,
            target=draft.target,
            tier=draft.regime.tier.key,
            standard=draft.regime.version,
            severity=draft.regime.severity,
            state=state,
            start_event=draft.start_event,
            started_at=draft.started_at,
            due_at=due,
            warn_at=self._gauge.warning(draft) if is_open or result else None,
            finished_at=self._finish if result else None,
            missed_at=draft.miss_at if state is ClockState.MISSED else None,
            counts=counts and (is_open or result),
            pauses=draft.pauses,
            provisional=is_open
            and due is not None
            and is_provisional(draft.calendar, due),
            since=draft.since,
            ended_at=draft.ended_at,
            ended_by=draft.ended_by,
            superseded_by=draft.superseded_by,
            calendar=draft.calendar.key,
        )


def _finish(metric: Metric, story: Story) -> datetime | None:
    """When a metric was done, as it stands in the end."""
    if metric is not Metric.RESOLUTION:
        return story.done.get(metric)
    if story.resolved and story.resolved[-1].end is None:
        return story.resolved[-1].start
    return None


def _is_missed(
    draft: Draft,
    finish: datetime | None,
    at: datetime,
    *,
    at_the_limit: bool = False,
) -> bool:
    """Whether a clock is missed at an instant: after its due, and it existed by then."""
    due, miss = draft.due_at, draft.miss_at
    if due is None or miss is None or (finish is not None and finish <= due):
        return False
    return at >= miss and (at > due or at_the_limit)


def _by_miss(draft: Draft) -> tuple[datetime, datetime]:
    if draft.miss_at is None or draft.due_at is None:
        raise ValueError(f"{draft.key} is not missed")
    return draft.miss_at, draft.due_at


def _first_due(drafts: Iterable[Draft]) -> Draft | None:
    """The clock that counts: of equals the older one, of pending ones the newest."""
    drafts = list(drafts)
    if len(drafts) < 2:
        return drafts[0] if drafts else None
    known = [(d.due_at, n) for n, d in enumerate(drafts) if d.due_at is not None]
    if known:
        return drafts[min(known)[1]]
    paused = [(_left(d), n) for n, d in enumerate(drafts) if d.started_at is not None]
    if paused:
        return drafts[min(paused)[1]]
    return drafts[-1]


def _left(draft: Draft) -> timedelta:
    """What is left of the limit of a clock paused without an end in sight."""
    start = draft.started_at
    since = min(p.start for p in draft.pauses if p.end is None)
    if start is None:
        return draft.target.limit
    closed = [Interval(p.start, p.end) for p in draft.pauses if p.end is not None]
    worked = elapsed(calendar=draft.calendar, start=start, end=since, pauses=closed)
    return draft.target.limit - worked


def _open_state(draft: Draft, now: datetime) -> ClockState:
    if draft.started_at is None:
        return ClockState.PENDING
    for pause in draft.pauses:
        if pause.start <= now and (pause.end is None or now < pause.end):
            return ClockState.PAUSED
    return ClockState.RUNNING


def _key(regime: Regime, target: Target, visit: Visit) -> str:
    """What makes a clock this one: its promise, and the facts that brought it about."""
    key = f"{target.metric}.{regime.tier.key}.{target.key}.{regime.origin}"
    if target.condition is Condition.ON_SITE:
        return f"{key}.v{visit.seq}"
    if target.condition is Condition.REMOTE and not visit.first:
        return f"{key}.v{visit.seq}"
    return key
