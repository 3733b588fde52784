"""Random tickets: legal histories of facts, on whole minutes, for the property tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from sla.rules import RAISING_METRICS, Severity, Standard
from tests.tickets.rules.stories import STANDARDS, at
from tickets.rules.derive import derive
from tickets.rules.facts import Clock, ClockState, Fact
from tickets.rules.facts import FactKind as K

MINUTE = timedelta(minutes=1)
#: Gaps that make instants coincide with limits, and others.
GAPS = st.sampled_from([0, 0, 1, 5, 10, 20, 30, 50, 60, 90, 120, 180, 240, 480, 900])


class _Writer:
    """Draws one legal fact after the other."""

    def __init__(
        self, draw, *, standards: Sequence[int], steps: int, begin: str, ties: bool
    ) -> None:
        self.draw = draw
        self.now = at(begin)
        self.facts: list[Fact] = []
        self.severity = draw(st.integers(1, 3))
        self.standards = standards
        self.standard = draw(st.sampled_from(standards))
        self.resolved = self.ended = self.waiting = False
        self.appointment: datetime | None = None
        self.write(K.RECEIVED, severity=self.severity, standard=self.standard)
        for _ in range(draw(st.integers(0, steps))):
            if not self.ended:
                gap = draw(GAPS)
                self.now += (gap if ties else max(gap, 1)) * MINUTE
                self.step()

    def write(self, kind: K, **data) -> None:
        fact = Fact(len(self.facts) + 1, kind, self.now, self.now, data)
        self.facts.append(fact)

    def step(self) -> None:
        verb = self.draw(st.sampled_from(self.verbs()))
        if verb is K.VISIT_DECIDED:
            self.write(verb, needed=self.draw(st.booleans()))
        elif verb is K.APPOINTMENT_AGREED:
            self.appointment = self.now + self.draw(GAPS) * MINUTE
            self.write(verb, at=self.appointment.isoformat())
        elif verb is K.WAIT_STARTED:
            reasons = ["customer", "parts", "third_party"]
            self.write(verb, reason=self.draw(st.sampled_from(reasons)))
        elif verb is K.SEVERITY_RAISED:
            self.severity = self.draw(st.integers(self.severity + 1, 3))
            self.write(verb, to=self.severity)
        elif verb is K.SEVERITY_LOWERED:
            self.severity = self.draw(st.integers(1, self.severity - 1))
            self.write(verb, to=self.severity)
        elif verb is K.PROJECT_CHANGED:
            self.write(verb, standard=self.draw(st.sampled_from(self.standards)))
        else:
            self.resolved = verb in {K.RESOLVED, K.CLOSED} or (
                self.resolved and verb is not K.REOPENED
            )
            self.ended = verb is K.CANCELLED
            self.write(verb)

    def verbs(self) -> list[K]:
        if self.resolved:
            return [K.REOPENED, K.REOPENED, K.CLOSED, K.CALLED_BACK]
        verbs = [
            K.ANSWERED,
            K.VISIT_DECIDED,
            K.VISIT_DECIDED,
            K.APPOINTMENT_AGREED,
            K.APPOINTMENT_AGREED,
            K.APPOINTMENT_CANCELLED,
            K.DEPARTED,
            K.ARRIVED,
            K.SOLUTION_PROPOSED,
            K.WAIT_STARTED,
            K.WAIT_STARTED,
            K.WAIT_ENDED,
            K.RESOLVED,
            K.RESOLVED,
            K.CALLED_BACK,
            K.CANCELLED,
        ]
        if self.severity < 3:
            verbs += [K.SEVERITY_RAISED] * 2
        if self.severity > 1:
            verbs += [K.SEVERITY_LOWERED] * 2
        if len(self.standards) > 1:
            verbs.append(K.PROJECT_CHANGED)
        return verbs


@st.composite
def histories(
    draw,
    *,
    standards: Sequence[int] = (1, 2, 3),
    steps: int = 10,
    begin: str = "09:00",
    ties: bool = True,
) -> list[Fact]:
    """A ticket's facts in the order in which they happened, perhaps some at one instant."""
    return _Writer(draw, standards=standards, steps=steps, begin=begin, ties=ties).facts


@st.composite
def moments(draw, facts: Sequence[Fact]) -> datetime:
    """An instant at or after the last fact."""
    return max(fact.at for fact in facts) + draw(GAPS) * MINUTE


def with_raises(
    facts: Sequence[Fact],
    *,
    now: datetime,
    standards: Mapping[int, Standard] = STANDARDS,
) -> list[Fact]:
    """The facts with the automatic raises that a platform awake at ``now`` writes down.

    The misses in the order of their instants, those of one instant once, deriving again
    after each raise.
    """
    facts = list(facts)
    done = {f.at for f in facts if f.data.get("automatic")}
    while True:
        missed = [
            clock
            for clock in derive(facts, standards=standards, now=now)
            if clock.state is ClockState.MISSED
            and clock.target.metric in RAISING_METRICS
            and clock.missed_at not in done
        ]
        if not missed:
            return facts
        miss = min(missed, key=lambda clock: (clock.missed_at, clock.key))
        done.add(miss.missed_at)
        to = severity_at(facts, miss.missed_at) + 1
        if to <= Severity.URGENT:
            seq = max(fact.seq for fact in facts) + 1
            data = {"to": to, "automatic": True, "miss": miss.key}
            facts.append(Fact(seq, K.SEVERITY_RAISED, miss.missed_at, now, data))


def severity_at(facts: Sequence[Fact], instant: datetime) -> int:
    """The severity at the end of an instant."""
    severity = 1
    for fact in sorted(facts, key=lambda f: (f.at, f.seq)):
        if fact.at > instant:
            break
        if fact.kind is K.RECEIVED:
            severity = fact.data["severity"]
        elif fact.kind is K.SEVERITY_RAISED:
            severity = max(severity, fact.data["to"])
        elif fact.kind is K.SEVERITY_LOWERED:
            severity = min(severity, fact.data["to"])
    return severity


def apart_from_keys(clocks: Sequence[Clock]) -> list[Clock]:
    """Clocks without what depends on the numbers of facts."""
    return [replace(clock, key="", superseded_by="") for clock in clocks]
