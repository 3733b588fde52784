"""The escalation of one missed clock, as a ladder of rungs [A.C].

Choices made here:

- Steps are counted from the miss. The time in which the ticket was resolved and then reopened is
  left out, so that a step which had not come by then comes as much later (rule 4); no other
  wait stops a ladder.
- A repeated step comes first one period after the single step before it, or at its own
  ``after`` where that is later; repeated ones do not put each other off. After an outage the reminders that were due meanwhile are one: only
  the newest is listed, and the next.
- A rung due at the instant the metric is done is no longer due; one due before it is, even if
  nobody was awake to climb it, so that an outage changes nothing.
- An acknowledgement silences repeated steps, and the steps that say ``unless_acknowledged``, from
  its instant on; one that came before a reopening spoke of work that did not hold.
- A metric that only tells has no rung that raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.rules import RAISING_METRICS, EscalationStep, Recipient, Severity, Standard
from tickets.rules.facts import REOPENED, Clock, ClockState, Pause


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder at one instant; ``ordinal`` counts the turns of a repeated one."""

    key: str
    due_at: datetime
    tell: Recipient
    raise_severity: bool = False
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Raise:
    """What one level up means: ``to`` is None at the top."""

    to: Severity | None
    changes_clocks: bool


def raise_allowed(severity: Severity, standard: Standard) -> Raise:
    """The next severity, and whether another tier would then be in force.

    Where no clock changes the steps run all the same.
    """
    if severity >= Severity.URGENT:
        return Raise(None, changes_clocks=False)
    to = Severity(severity + 1)
    changes = standard.tier_for(to) is not standard.tier_for(severity)
    return Raise(to, changes_clocks=changes)


def still_answers(acknowledged_at: datetime, clock: Clock) -> bool:
    """Whether an acknowledgement speaks of the work as it stands now.

    One that came before a reopening spoke of work that did not hold.
    """
    reopened = [p.end for p in clock.pauses if p.reason == REOPENED and p.end]
    return all(end <= acknowledged_at for end in reopened)


def ladder(
    *,
    steps: Sequence[EscalationStep],
    clock: Clock,
    acknowledgements: Iterable[datetime] = (),
    now: datetime,
) -> tuple[Rung, ...]:
    """The rungs of a missed clock that were due or will be, in order.

    Each single step is there once. Of a repeated one there is the newest that is due by ``now``
    and the next after ``now``. Nothing of a clock that isn't missed, and nothing from
    the end of the escalation on: the metric done, or the clock ended.
    """
    if clock.state is not ClockState.MISSED or clock.missed_at is None:
        return ()
    climb = _Climb(clock, clock.missed_at, sorted(acknowledgements))
    raises = clock.target.metric in RAISING_METRICS
    rungs: list[Rung] = []
    reached = timedelta(0)
    for step in steps:
        if step.every is None:
            reached = step.after
            rungs += climb.once(step, raises=raises)
        else:
            first = max(step.after, reached + step.every)
            rungs += climb.again(step, every=step.every, first=first, now=now)
    return tuple(sorted(rungs, key=lambda rung: rung.due_at))


class _Climb:
    """Where the rungs of one escalation lie."""

    def __init__(
        self, clock: Clock, missed_at: datetime, acknowledged: list[datetime]
    ) -> None:
        ends = [clock.finished_at, clock.ended_at]
        self._end = min((end for end in ends if end is not None), default=None)
        self._missed_at = missed_at
        self._gaps = [p for p in clock.pauses if p.reason == REOPENED and p.end]
        self._acknowledged = acknowledged

    def once(self, step: EscalationStep, *, raises: bool) -> Iterator[Rung]:
        due = self._at(step.after)
        silent = step.unless_acknowledged and self._is_acknowledged(due)
        if not silent and self._is_before_end(due):
            raising = raises and step.raise_severity
            yield Rung(step.key, due, step.tell, raising)

    def again(
        self, step: EscalationStep, *, every: timedelta, first: timedelta, now: datetime
    ) -> Iterator[Rung]:
        """The newest turn due by now, and the next."""
        if every <= timedelta(0):
            raise ValueError(f"step {step.key} repeats without end at one instant")
        newest = max((self._since_miss(now) - first) // every, -1)
        for ordinal in range(max(newest, 0), newest + 2):
            due = self._at(first + ordinal * every)
            if self._is_before_end(due) and not self._is_acknowledged(due):
                yield Rung(step.key, due, step.tell, ordinal=ordinal)
            if due > now:
                break

    def _at(self, after: timedelta) -> datetime:
        """So long after the miss, without the time between resolved and reopened."""
        at = self._missed_at + after
        for gap in self._gaps:
            if gap.end is not None and self._missed_at <= gap.start <= at:
                at += gap.end - gap.start
        return at

    def _since_miss(self, now: datetime) -> timedelta:
        passed = now - self._missed_at
        for gap in self._gaps:
            passed -= _overlap(gap, self._missed_at, now)
        return passed

    def _is_before_end(self, at: datetime) -> bool:
        return self._end is None or at < self._end

    def _is_acknowledged(self, at: datetime) -> bool:
        reopened = [gap.end for gap in self._gaps if gap.end and gap.end <= at]
        since = max(reopened, default=self._missed_at)
        return any(since <= each <= at for each in self._acknowledged)


def _overlap(gap: Pause, start: datetime, end: datetime) -> timedelta:
    last = min(gap.end or end, end)
    return max(last - max(gap.start, start), timedelta(0))
