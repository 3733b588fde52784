"""What a settled case waits for from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from deadlines.services import Alarm
from tickets.engine.climbing import MISS, rungs, warnings
from tickets.engine.endings import endings
from tickets.engine.project import row_of
from tickets.rules.facts import ClockState

if TYPE_CHECKING:
    from tickets.engine.settle import Settlement


def alarms(settlement: Settlement) -> Iterator[Alarm]:
    """Everything to be woken for: warnings, misses, the next rung, what ends by itself."""
    case, topic = settlement.case, settlement.case.ticket.pk
    for clock, due in warnings(settlement):
        row = row_of(case, clock)
        yield Alarm(topic, row.key, settlement.name_step(row, "warning"), due)
    for clock in settlement.clocks:
        running = clock.state in {ClockState.RUNNING, ClockState.PAUSED}
        if clock.counts and running and clock.due_at is not None:
            row = row_of(case, clock)
            yield Alarm(topic, row.key, settlement.name_step(row, MISS), clock.due_at)
    for escalation in case.escalations:
        for rung, step in rungs(settlement, escalation)[:1]:
            yield Alarm(topic, settlement.row_of(escalation).key, step, rung.due_at)
    for ending in endings(case):
        yield Alarm(topic, "", ending.step, ending.due_at)
