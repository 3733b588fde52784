"""A ticket's facts read once, in order, into what the clocks need to know.

Choices made here, each where it is written:

- A ticket waits for one thing at a time: a new wait takes the former one's place. Waiting for
  an appointment is derived from the appointment itself (rule 9) and may overlap another wait.
- Resolving answers and proposes at the latest; arriving has departed at the latest.
- Resolving and cancelling end every wait and call off an appointment that lies ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sla.rules import Metric, Severity, WaitReason
from tickets.rules.facts import REOPENED, Fact, FactKind, Pause
from tickets.rules.standing import instant

#: Facts from which the clocks that exist may change; see :mod:`tickets.rules.turns`.
_TURNS = frozenset(
    {
        FactKind.SEVERITY_RAISED,
        FactKind.SEVERITY_LOWERED,
        FactKind.PROJECT_CHANGED,
        FactKind.KIND_CHANGED,
        FactKind.VISIT_DECIDED,
        FactKind.CALENDAR_REVISED,
        FactKind.APPOINTMENT_AGREED,
    }
)


@dataclass(slots=True)
class Span:
    """A stretch in which the ticket was resolved; ``end`` is when it was reopened."""

    start: datetime
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(slots=True)
class Appointment:
    """An agreed time, until it was moved or called off before it came."""

    agreed_at: datetime
    at: datetime
    until: datetime | None = None

    @property
    def stood(self) -> bool:
        """Whether it was still agreed when its time came (or is now)."""
        return self.until is None or self.until >= self.at


@dataclass(slots=True)
class Story:
    """What happened, by subject. Instants are event time."""

    received_at: datetime
    severity: Severity
    version: int
    planned: bool
    origin: str
    turns: list[Fact] = field(default_factory=list)
    done: dict[Metric, datetime] = field(default_factory=dict)
    resolved: list[Span] = field(default_factory=list)
    waits: list[Pause] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    ended_at: datetime | None = None
    ended_by: str = ""

    @property
    def gaps(self) -> list[Pause]:
        """Resolved until reopened: a counted pause in every tier (rule 4)."""
        return [Pause(span.start, span.end, REOPENED) for span in self.resolved]


def read(facts: Iterable[Fact]) -> Story | None:
    """The story that standing facts, in order, tell; None of a ticket never received."""
    known = tuple(facts)
    received = next((f for f in known if f.kind is FactKind.RECEIVED), None)
    if received is None:
        return None
    reader = _Reader(received)
    for fact in known:
        if not reader.take(fact):
            break
    return reader.finish()


class _Reader:
    """Takes one fact after the other."""

    def __init__(self, received: Fact) -> None:
        data = received.data
        self.story = Story(
            received_at=received.at,
            severity=Severity(data.get("severity") or Severity.GENERAL),
            version=data["standard"],
            planned=data.get("kind") == "planned",
            origin=data.get("origin", "received"),
        )
        self._wait: tuple[datetime, str] | None = None
        self._appointment: Appointment | None = None
        self._visit_wait: Pause | None = None

    def take(self, fact: Fact) -> bool:
        """Takes a fact; False where nothing that follows can matter."""
        if fact.kind in _TURNS:
            self.story.turns.append(fact)
        handler = _HANDLERS.get(fact.kind)
        if handler is not None:
            handler(self, fact)
        return self.story.ended_at is None

    def finish(self) -> Story:
        """The story, with what has not ended yet."""
        if self._wait is not None:
            self._note_wait(self._wait[0], None, self._wait[1])
        self._note_visit_wait()
        self.story.waits.sort(key=lambda wait: wait.start)
        return self.story

    # Waits

    def wait_started(self, fact: Fact) -> None:
        reason = fact.data["reason"]
        if reason == WaitReason.APPOINTMENT or self._is_resolved():
            return
        if self._wait is None or self._wait[1] != reason:
            self._end_wait(fact.at)
            self._wait = (fact.at, reason)

    def wait_ended(self, fact: Fact) -> None:
        reason = fact.data.get("reason")
        if self._wait is not None and reason in {None, self._wait[1]}:
            self._end_wait(fact.at)

    def _end_wait(self, at: datetime) -> None:
        if self._wait is not None:
            self._note_wait(self._wait[0], at, self._wait[1])
            self._wait = None

    def _note_wait(self, start: datetime, end: datetime | None, reason: str) -> None:
        if end is None or end > start:
            self.story.waits.append(Pause(start, end, WaitReason(reason)))

    # Appointments (rule 9)

    def appointment_agreed(self, fact: Fact) -> None:
        at = instant(fact.data["at"])
        self._call_off(fact.at)
        self._appointment = Appointment(fact.at, at)
        self.story.appointments.append(self._appointment)
        started = fact.at
        wait = self._visit_wait
        if wait is not None and wait.end is not None and fact.at < wait.end:
            started = (
                wait.start
            )  # agreed before the wait ended: it gets longer or shorter
        else:
            self._note_visit_wait()
        self._visit_wait = Pause(started, max(at, fact.at), WaitReason.APPOINTMENT)

    def appointment_cancelled(self, fact: Fact) -> None:
        self._call_off(fact.at)
        self._end_visit_wait(fact.at)

    def _call_off(self, at: datetime) -> None:
        if self._appointment is not None:
            self._appointment.until = at
            self._appointment = None

    def _end_visit_wait(self, at: datetime) -> None:
        wait = self._visit_wait
        if wait is not None and wait.end is not None and at < wait.end:
            self._visit_wait = Pause(wait.start, at, wait.reason)
        self._note_visit_wait()

    def _note_visit_wait(self) -> None:
        wait = self._visit_wait
        if wait is not None:
            self._note_wait(wait.start, wait.end, wait.reason)
            self._visit_wait = None

    # What gets done

    def answered(self, fact: Fact) -> None:
        self._done(Metric.FIRST_RESPONSE, fact.at)

    def departed(self, fact: Fact) -> None:
        self._done(Metric.DISPATCH, fact.at)

    def arrived(self, fact: Fact) -> None:
        self._done(Metric.DISPATCH, fact.at)
        self._done(Metric.ARRIVAL, fact.at)
        self._end_visit_wait(fact.at)
        self._appointment = None  # kept, so that a later one doesn't move it

    def solution_proposed(self, fact: Fact) -> None:
        self._done(Metric.SOLUTION_PROPOSED, fact.at)

    def called_back(self, fact: Fact) -> None:
        self._done(Metric.CALL_BACK, fact.at)

    def resolved(self, fact: Fact) -> None:
        self._done(Metric.FIRST_RESPONSE, fact.at)
        self._done(Metric.SOLUTION_PROPOSED, fact.at)
        self._stop(fact.at)
        if not self._is_resolved():
            self.story.resolved.append(Span(fact.at))

    def reopened(self, fact: Fact) -> None:
        if self._is_resolved():
            self.story.resolved[-1].end = fact.at

    def ended(self, fact: Fact) -> None:
        self._stop(fact.at)
        self.story.ended_at = fact.at
        merged = fact.kind is FactKind.MERGED_INTO
        self.story.ended_by = "merged" if merged else "cancelled"

    def _done(self, metric: Metric, at: datetime) -> None:
        """The first one counts."""
        self.story.done.setdefault(metric, at)

    def _stop(self, at: datetime) -> None:
        self._end_wait(at)
        self._end_visit_wait(at)
        if self._appointment is not None and self._appointment.at > at:
            self._call_off(at)

    def _is_resolved(self) -> bool:
        spans = self.story.resolved
        return bool(spans) and spans[-1].end is None


_HANDLERS: Mapping[FactKind, Callable[[_Reader, Fact], None]] = {
    FactKind.WAIT_STARTED: _Reader.wait_started,
    FactKind.WAIT_ENDED: _Reader.wait_ended,
    FactKind.APPOINTMENT_AGREED: _Reader.appointment_agreed,
    FactKind.APPOINTMENT_CANCELLED: _Reader.appointment_cancelled,
    FactKind.ANSWERED: _Reader.answered,
    FactKind.DEPARTED: _Reader.departed,
    FactKind.ARRIVED: _Reader.arrived,
    FactKind.SOLUTION_PROPOSED: _Reader.solution_proposed,
    FactKind.CALLED_BACK: _Reader.called_back,
    FactKind.RESOLVED: _Reader.resolved,
    FactKind.CLOSED: _Reader.resolved,
    FactKind.REOPENED: _Reader.reopened,
    FactKind.CANCELLED: _Reader.ended,
    FactKind.MERGED_INTO: _Reader.ended,
}
