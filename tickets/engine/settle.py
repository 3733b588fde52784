"""Settle one case at an instant: clocks, misses, escalations, what to wake up for next.

1. Derive the clocks from the facts. Take the misses not yet recorded in the order of their
   instants; those of one instant raise the ticket once; derive again after each raise, for it
   may have made others due.
2. Withdraw the escalation of a miss that turns out not to be one (rule 7).
3. Fire the warnings and rungs whose time has come, each once.
4. Do what ends by itself: an appointment's wait, the time for the customer's word.
5. Say what to be woken for.

It changes nothing outside the case; :mod:`tickets.engine.save` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from deadlines.services import Alarm
from people.actors import Actor, system_actor
from people.rules import Staffing
from sla.rules import RAISING_METRICS, Severity
from sla.rules import EscalationStep as EscalationRule
from tickets.engine import tell
from tickets.engine.case import Case
from tickets.engine.endings import auto_confirm, endings, wait_end
from tickets.engine.project import missed_at, project_ticket, row_of, store_clock
from tickets.kinds import EventKind
from tickets.models import Escalation, TicketClock, TicketEvent
from tickets.models.ticket import State
from tickets.rules.derive import derive
from tickets.rules.facts import Clock, ClockState, FactKind
from tickets.rules.ladder import Rung, ladder, raise_allowed

WARNING = "warning"
MISS = "miss"
#: Raises follow at most three severities; the rest is head-room for merged histories.
ROUNDS = 12


def _name(rung: Rung) -> str:
    return f"{rung.key}#{rung.ordinal}" if rung.ordinal else rung.key


class Settlement:
    """One case being settled at ``now``."""

    def __init__(self, case: Case, *, staffing: Staffing, now: datetime) -> None:
        self.case = case
        self.staffing = staffing
        self.now = now
        self.actor: Actor = system_actor(case.ticket.tenant_id)  # type: ignore[arg-type]
        self.clocks: tuple[Clock, ...] = ()
        self.raised_at: set[datetime] = set()

    def run(self) -> None:
        """Bring the case up to now."""
        self._end_by_themselves()
        for _round in range(ROUNDS):
            seen = self.case.ticket.severity
            self._clocks_and_misses()
            self._withdraw()
            self._end_escalations()
            self._climb()
            if self.case.ticket.severity == seen:
                break
        project_ticket(self.case, self.clocks)

    # -- 1. clocks and misses ------------------------------------------------------------

    def _clocks_and_misses(self) -> None:
        for _round in range(ROUNDS):
            self._derive()
            missed = self._unrecorded()
            if not missed:
                return
            _instant, group = next(iter(groupby(missed, key=attrgetter("missed_at"))))
            self._record_misses(list(group))
        raise RuntimeError(f"Ticket {self.case.ticket.pk} does not settle.")

    def _derive(self) -> None:
        case = self.case
        self.clocks = derive(case.facts, standards=case.standards, now=self.now)
        for clock in self.clocks:
            store_clock(case, clock)
        known = {clock.key for clock in self.clocks}
        for key, row in case.clocks.items():
            if key not in known and row.state != ClockState.CANCELLED:
                # What gave rise to it was voided: it never was.
                row.state, row.counts = ClockState.CANCELLED, False
                case.changed_clocks.add(key)

    def _unrecorded(self) -> list[Clock]:
        """Misses that are not yet recorded, in the order of their instants."""
        missed = [
            clock
            for clock in self.clocks
            if clock.state is ClockState.MISSED and clock.counts
            if row_of(self.case, clock).fired_at is None
        ]
        return sorted(missed, key=attrgetter("missed_at", "key"))

    def _record_misses(self, clocks: list[Clock]) -> None:
        raised = None
        for clock in clocks:
            row, missed = row_of(self.case, clock), missed_at(clock)
            row.fired_at, row.withdrawn_at = self.now, None
            self.case.changed_clocks.add(row.key)
            step = self._step(row, MISS)
            climbs = clock.finished_at is None or (row.key, step) in self.case.armed
            self._warn_late(clock, row)
            self._fire(row, step, missed)
            event = self.case.record(
                EventKind.MISSED,
                actor=self.actor,
                now=self.now,
                at=missed,
                data={
                    "clock": row.key,
                    "metric": clock.target.metric,
                    "tier": clock.tier,
                },
            )
            if not climbs:
                tell.miss_recorded(self, row, event)
                continue
            escalation = self._open(clock, row)
            if raised is None and self._raises_at_once(escalation):
                raised = self._raise(escalation, at=missed)
            escalation.raised_event = raised

    def _open(self, clock: Clock, row: TicketClock) -> Escalation:
        escalation = Escalation(
            tenant_id=self.case.ticket.tenant_id,
            ticket=self.case.ticket,
            clock=row,
            metric=clock.target.metric,
            tier=clock.tier,
            standard_version_id=clock.standard,
            opened_at=missed_at(clock),
        )
        self.case.escalations.append(escalation)
        self.case.changed_escalations.append(escalation)
        return escalation

    def _raises_at_once(self, escalation: Escalation) -> bool:
        return any(
            rule.raise_severity and not rule.after for rule in self._steps(escalation)
        )

    def _raise(self, escalation: Escalation, *, at: datetime) -> TicketEvent | None:
        """Raise the severity by one at the instant of the step [A.C]; None at the top."""
        ticket = self.case.ticket
        if escalation.metric not in RAISING_METRICS or ticket.is_ended:
            return None
        to = raise_allowed(Severity(ticket.severity), self.case.standard).to
        if to is None:
            return None
        before, ticket.severity = ticket.severity, int(to)
        self.raised_at.add(at)
        return self.case.record(
            FactKind.SEVERITY_RAISED,
            actor=self.actor,
            now=self.now,
            at=at,
            data={
                "to": int(to),
                "from": before,
                "automatic": True,
                "miss": self._clock_row(escalation).key,
            },
        )

    # -- 2. withdrawal (rule 7) ------------------------------------------------------------

    def _withdraw(self) -> None:
        missed = {c.key for c in self.clocks if c.state is ClockState.MISSED}
        for escalation in self.case.escalations:
            row = self._clock_row(escalation)
            if escalation.state == Escalation.State.WITHDRAWN or row.key in missed:
                continue
            self._withdraw_one(escalation, row)
        for row in self.case.clocks.values():
            if row.fired_at is not None and row.key not in missed:
                row.fired_at = None
                self.case.changed_clocks.add(row.key)

    def _withdraw_one(self, escalation: Escalation, row: TicketClock) -> None:
        escalation.state = Escalation.State.WITHDRAWN
        escalation.ended_at = self.now
        row.fired_at, row.withdrawn_at = None, self.now
        self.case.changed_clocks.add(row.key)
        self._touch(escalation)
        event = self.case.record(
            EventKind.WITHDRAWN,
            actor=self.actor,
            now=self.now,
            data={"clock": row.key, "metric": escalation.metric},
        )
        tell.withdrawn(self, escalation, row, event=event)
        if escalation.raised_event is not None and self._may_void(escalation):
            self._void_raise(escalation)

    def _may_void(self, escalation: Escalation) -> bool:
        """Void the raise unless a person has since set it, or another miss depends on it."""
        raised = escalation.raised_event
        later = [
            fact
            for fact in self.case.facts
            if fact.kind in {FactKind.SEVERITY_RAISED, FactKind.SEVERITY_LOWERED}
            and fact.seq > raised.seq
            and not fact.data.get("automatic")
        ]
        others = [
            other
            for other in self.case.escalations
            if other is not escalation and other.state != Escalation.State.WITHDRAWN
        ]
        shared = any(other.raised_event_id == raised.pk for other in others)
        return not later and not shared and not self._depends(raised.seq, others)

    def _depends(self, seq: int, others: list[Escalation]) -> bool:
        """Whether another recorded miss is one only because of the raise."""
        without = [fact for fact in self.case.facts if fact.seq != seq]
        clocks = derive(without, standards=self.case.standards, now=self.now)
        missed = {c.key for c in clocks if c.state is ClockState.MISSED}
        return any(self._clock_row(other).key not in missed for other in others)

    def _void_raise(self, escalation: Escalation) -> None:
        raised = escalation.raised_event
        self.case.record(
            FactKind.VOIDED, actor=self.actor, now=self.now, data={"fact": raised.seq}
        )
        self.case.ticket.severity = max(1, self.case.ticket.severity - 1)
        self._derive()

    # -- 3. rungs and warnings -------------------------------------------------------------

    def _end_escalations(self) -> None:
        by_key = {clock.key: clock for clock in self.clocks}
        for escalation in self.case.escalations:
            if escalation.state == Escalation.State.WITHDRAWN:
                continue
            clock = by_key.get(self._clock_row(escalation).key)
            over = (
                clock is None
                or clock.finished_at is not None
                or clock.ended_at is not None
                or self.case.ticket.is_ended
            )
            ended_at = (clock.finished_at if clock else None) or self.now
            state = Escalation.State.ENDED if over else Escalation.State.OPEN
            if escalation.state != state:
                escalation.state = state
                escalation.ended_at = ended_at if over else None
                self._touch(escalation)

    def _climb(self) -> None:
        for clock in self.clocks:
            self._warn(clock)
        for escalation in self.case.escalations:
            for rung, step in self._rungs(escalation):
                if rung.due_at <= self.now:
                    self._fire_rung(escalation, rung, step)

    def _warn(self, clock: Clock) -> None:
        if (
            self._warns(clock)
            and clock.warn_at is not None
            and clock.warn_at <= self.now
        ):
            self._fire_warning(row_of(self.case, clock), clock.warn_at)

    def _warn_late(self, clock: Clock, row: TicketClock) -> None:
        """A warning that would have come before this miss, had anybody been awake.

        It was armed, or would have been by a raise that this settlement only now makes. A
        clock that was missed the moment it came into being has none (rule 8).
        """
        mark = (row.key, self._step(row, WARNING))
        awaited = mark in self.case.armed or clock.started_at in self.raised_at
        if awaited and mark not in self.case.fired:
            self._fire_warning(row, clock.warn_at or missed_at(clock))

    def _fire_warning(self, row: TicketClock, due: datetime) -> None:
        step = self._step(row, WARNING)
        self._fire(row, step, due)
        tell.warning(self, row, step=step, due=due)

    def _warns(self, clock: Clock) -> bool:
        if not clock.counts or clock.state not in {
            ClockState.RUNNING,
            ClockState.PAUSED,
        }:
            return False
        row = row_of(self.case, clock)
        return (row.key, self._step(row, WARNING)) not in self.case.fired

    def _steps(self, escalation: Escalation) -> tuple[EscalationRule, ...]:
        standard = self.case.standards[escalation.standard_version_id]
        tier = next(tier for tier in standard.tiers if tier.key == escalation.tier)
        return tier.escalation

    def _rungs(self, escalation: Escalation) -> list[tuple[Rung, str]]:
        """The rungs of an escalation not yet fired, in order, with their steps' names."""
        row = self._clock_row(escalation)
        clock = next((c for c in self.clocks if c.key == row.key), None)
        if clock is None or escalation.state == Escalation.State.WITHDRAWN:
            return []
        acknowledged = (
            [escalation.acknowledged_at] if escalation.acknowledged_at else []
        )
        rungs = ladder(
            steps=self._steps(escalation),
            clock=clock,
            acknowledgements=acknowledged,
            now=self.now,
        )
        named = [(rung, self._step(row, _name(rung))) for rung in rungs]
        return [
            (rung, step)
            for rung, step in named
            if (row.key, step) not in self.case.fired
        ]

    def _fire_rung(self, escalation: Escalation, rung: Rung, step: str) -> None:
        row = self._clock_row(escalation)
        self._fire(row, step, rung.due_at)
        tell.rung(self, escalation, row, rung=rung, step=step)
        if rung.raise_severity and rung.due_at > escalation.opened_at:
            self._raise(escalation, at=rung.due_at)

    def _fire(self, row: TicketClock, step: str, due: datetime) -> None:
        self.case.fired.add((row.key, step))
        self.case.fired_now[row.key, step] = due

    def _step(self, row: TicketClock, name: str) -> str:
        """A step's name; after a withdrawal the same clock may climb once more."""
        withdrawn = sum(
            1
            for e in self.case.escalations
            if e.state == Escalation.State.WITHDRAWN and self._clock_row(e) is row
        )
        return f"{name}~{withdrawn}" if withdrawn else name

    def _clock_row(self, escalation: Escalation) -> TicketClock:
        if not escalation.clock_id:  # neither is saved yet
            row: TicketClock = escalation.clock
            return row
        rows = self.case.clocks.values()
        return next(row for row in rows if row.pk == escalation.clock_id)

    def _touch(self, escalation: Escalation) -> None:
        if escalation not in self.case.changed_escalations:
            self.case.changed_escalations.append(escalation)

    # -- 4. what ends by itself ------------------------------------------------------------

    def _end_by_themselves(self) -> None:
        case = self.case
        wait = wait_end(case)
        if wait is not None and wait.due_at <= self.now:
            case.ticket.state, case.ticket.wait_reason = State.IN_PROGRESS, ""
            case.fired_now["", wait.step] = wait.due_at
        word = auto_confirm(case)
        if word is not None and word.due_at <= self.now:
            case.record(
                FactKind.CLOSED,
                actor=self.actor,
                now=self.now,
                at=word.due_at,
                data={"by": "time"},
            )
            case.ticket.state, case.ticket.closed_at = State.CLOSED, word.due_at
            case.fired_now["", word.step] = word.due_at
            tell.closed_by_time(self)

    # -- 5. alarms -------------------------------------------------------------------------

    def alarms(self) -> list[Alarm]:
        """Everything that the case waits for from now on."""
        ticket = self.case.ticket
        wanted = [
            Alarm(ticket.pk, key, step, due) for key, step, due in self._clock_alarms()
        ]
        for escalation in self.case.escalations:
            row = self._clock_row(escalation)
            ahead = self._rungs(escalation)
            if ahead:
                rung, step = ahead[0]
                wanted.append(Alarm(ticket.pk, row.key, step, rung.due_at))
        wanted += [
            Alarm(ticket.pk, "", ending.step, ending.due_at)
            for ending in endings(self.case)
        ]
        return wanted

    def _clock_alarms(self) -> Iterator[tuple[str, str, datetime]]:
        for clock in self.clocks:
            if not clock.counts or clock.due_at is None:
                continue
            if clock.state not in {ClockState.RUNNING, ClockState.PAUSED}:
                continue
            row = row_of(self.case, clock)
            yield row.key, self._step(row, MISS), clock.due_at
            if clock.warn_at is not None and self._warns(clock):
                yield row.key, self._step(row, WARNING), clock.warn_at
