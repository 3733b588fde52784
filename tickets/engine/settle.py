"""Settle one case at an instant: clocks, misses, escalations, what ends by itself.

1. End what ends by itself (:mod:`tickets.engine.endings`).
2. Derive the clocks from the facts, and mend what a correction has overtaken: raises, misses
   that were none, escalations that are over (:mod:`tickets.engine.mending`).
3. Do what is due by now, in the order of its instants: warnings, misses, rungs
   (:mod:`tickets.engine.climbing`). A raise changes what follows, so derive again after it.

It changes nothing outside the case; :mod:`tickets.engine.save` writes it, and
:mod:`tickets.engine.alarms` says what to be woken for next.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from people.actors import Actor, system_actor
from people.rules import Staffing
from tickets.engine.case import Case
from tickets.engine.climbing import climb
from tickets.engine.endings import end_by_itself
from tickets.engine.mending import mend
from tickets.engine.project import project_head, project_ticket, store_clock
from tickets.models import Escalation, TicketClock
from tickets.rules.derive import derive
from tickets.rules.facts import Clock, ClockState

#: Raises follow at most three severities; the rest is head-room for merged histories.
ROUNDS = 12


class Settlement:
    """One case being settled at ``now``; ``staff`` is asked only if somebody is to be told."""

    def __init__(
        self, case: Case, *, staff: Callable[[], Staffing], now: datetime
    ) -> None:
        self.case = case
        self._staff = staff
        self.now = now
        self.actor: Actor = system_actor(case.ticket.tenant_id)  # type: ignore[arg-type]
        self.clocks: tuple[Clock, ...] = ()

    @property
    def staffing(self) -> Staffing:
        """Who can be told."""
        return self._staff()

    def run(self) -> None:
        """Bring the case up to now. Raises RuntimeError for one that never comes to rest."""
        end_by_itself(self)
        for _round in range(ROUNDS):
            self.derive()
            mend(self)
            if not climb(self):
                project_ticket(self.case, self.clocks)
                return
        raise RuntimeError(f"Ticket {self.case.ticket.pk} does not settle.")

    def derive(self) -> None:
        """Derive the clocks as the facts now stand, and bring their rows up to them."""
        case = self.case
        project_head(case)
        self.clocks = derive(case.facts, standards=case.standards, now=self.now)
        for clock in self.clocks:
            store_clock(case, clock)
        known = {clock.key for clock in self.clocks}
        for key, row in case.clocks.items():
            if key not in known and row.state != ClockState.CANCELLED:
                # What gave rise to it was voided: it never was.
                row.state, row.counts = ClockState.CANCELLED, False
                case.changed_clocks.add(key)

    # -- what the steps of it share ----------------------------------------------------------

    def clock_of(self, escalation: Escalation) -> Clock | None:
        """The clock that an escalation belongs to; None where it never was."""
        key = self.row_of(escalation).key
        return next((clock for clock in self.clocks if clock.key == key), None)

    def row_of(self, escalation: Escalation) -> TicketClock:
        """The row of the clock that an escalation belongs to."""
        if not escalation.clock_id:  # neither is saved yet
            row: TicketClock = escalation.clock
            return row
        rows = self.case.clocks.values()
        return next(row for row in rows if row.pk == escalation.clock_id)

    def name_step(self, row: TicketClock, name: str) -> str:
        """A step's name; after a withdrawal the same clock may climb once more."""
        withdrawn = sum(
            1
            for e in self.case.escalations
            if e.state == Escalation.State.WITHDRAWN and self.row_of(e) is row
        )
        return f"{name}~{withdrawn}" if withdrawn else name

    def fire(self, row: TicketClock, step: str, due: datetime) -> None:
        """Note that a step has had its effect, so that it never has it again."""
        self.case.fired.add((row.key, step))
        self.case.fired_now[row.key, step] = due
