"""Warnings, misses and rungs whose time has come, each once, in the order of their instants.

So an outage leaves the same record as being on time would: what happened at 10:00 is done
before what happened at 10:30, whenever somebody wakes. Misses at one instant raise the ticket
once, and so do later rungs at one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sla.rules import RAISING_METRICS
from sla.rules import EscalationStep as EscalationRule
from tickets.engine import tell
from tickets.engine.mending import open_escalation
from tickets.engine.project import missed_at, project_head, row_of
from tickets.kinds import EventKind
from tickets.models import Escalation, TicketClock
from tickets.rules.aftermath import was_foreseeable
from tickets.rules.facts import Clock, ClockState, FactKind
from tickets.rules.ladder import Rung, ladder, raise_allowed
from tickets.rules.level import is_automatic, is_set_by_hand, severity_at
from tickets.rules.standing import standing

if TYPE_CHECKING:
    from tickets.engine.settle import Settlement

WARNING = "warning"
MISS = "miss"
_RUNNING = frozenset({ClockState.RUNNING, ClockState.PAUSED})


def climb(settlement: Settlement) -> bool:
    """Do what is due, until there is nothing more or a raise changes what follows.

    Returns whether it was a raise: then derive again, and go on.
    """
    while True:
        instants = list(_instants(settlement))
        if not instants:
            return False
        if _do(settlement, min(instants)):
            return True


def _instants(settlement: Settlement) -> Iterator[datetime]:
    for clock, due in warnings(settlement):
        if due <= settlement.now and _is_awaited(settlement, clock):
            yield due
    for clock in _unrecorded(settlement):
        yield missed_at(clock)
    for _escalation, rung, _step in _due_rungs(settlement):
        yield rung.due_at


def _do(settlement: Settlement, at: datetime) -> bool:
    """Everything of one instant. Returns whether it raised the ticket."""
    for clock, due in list(warnings(settlement)):
        if due == at and _is_awaited(settlement, clock):
            _fire_warning(settlement, row_of(settlement.case, clock), due)
    missed = [clock for clock in _unrecorded(settlement) if clock.missed_at == at]
    raised = _record_misses(settlement, missed)
    for escalation, rung, step in list(_due_rungs(settlement)):
        if rung.due_at == at:
            raised |= _fire_rung(settlement, escalation, rung=rung, step=step)
    return raised


# -- warnings ------------------------------------------------------------------------------


def warnings(settlement: Settlement) -> Iterator[tuple[Clock, datetime]]:
    """The warnings of clocks that count, past and to come, that have not been given."""
    for clock in settlement.clocks:
        if not clock.counts or clock.warn_at is None:
            continue
        row = row_of(settlement.case, clock)
        unrecorded = clock.state is ClockState.MISSED and row.fired_at is None
        if clock.state in _RUNNING or unrecorded:
            step = settlement.name_step(row, WARNING)
            if (row.key, step) not in settlement.case.fired:
                yield clock, clock.warn_at


def _is_awaited(settlement: Settlement, clock: Clock) -> bool:
    """Whether the warning would have come before the miss, had anybody been awake.

    Nobody is warned of a miss that only a later record has brought about.
    """
    return clock.state is not ClockState.MISSED or _foreseeable(settlement, clock)


def _fire_warning(settlement: Settlement, row: TicketClock, due: datetime) -> None:
    step = settlement.name_step(row, WARNING)
    settlement.fire(row, step, due)
    tell.warning(settlement, row, step=step, due=due)


# -- misses --------------------------------------------------------------------------------


def _unrecorded(settlement: Settlement) -> list[Clock]:
    """Misses that are not yet recorded."""
    return [
        clock
        for clock in settlement.clocks
        if clock.state is ClockState.MISSED and clock.counts
        if row_of(settlement.case, clock).fired_at is None
    ]


def _record_misses(settlement: Settlement, clocks: Iterable[Clock]) -> bool:
    raised = False
    for clock in clocks:
        row, missed = row_of(settlement.case, clock), missed_at(clock)
        climbs = clock.open or _foreseeable(settlement, clock)
        row.fired_at, row.withdrawn_at = settlement.now, None
        settlement.case.changed_clocks.add(row.key)
        settlement.fire(row, settlement.name_step(row, MISS), missed)
        event = settlement.case.record(
            EventKind.MISSED,
            actor=settlement.actor,
            now=settlement.now,
            at=missed,
            data={
                "clock": row.key,
                "metric": clock.target.metric,
                "tier": clock.tier,
            },
        )
        if not climbs:
            tell.miss_recorded(settlement, row, event)
            continue
        escalation = open_escalation(settlement, clock, row)
        if any(
            rule.raise_severity and not rule.after
            for rule in rules_of(settlement, escalation)
        ):
            raised |= _raise(settlement, escalation, clock, at=missed)
    return raised


def _foreseeable(settlement: Settlement, clock: Clock) -> bool:
    """Whether the miss showed when it happened, and has not been withdrawn since."""
    case = settlement.case
    withdrawn_at = row_of(case, clock).withdrawn_at
    if withdrawn_at is not None and withdrawn_at > missed_at(clock):
        return False
    return was_foreseeable(case.facts, clock, standards=case.standards)


def _raise(
    settlement: Settlement, escalation: Escalation, clock: Clock, *, at: datetime
) -> bool:
    """Raise the severity by one at the instant of the step [A.C]. Returns whether it did.

    Not at the top, not twice at one instant; and a miss that came to light only afterwards
    does not raise past what a person has since set.
    """
    case = settlement.case
    if escalation.metric not in RAISING_METRICS:
        return False
    stand = standing(case.facts)
    if any(is_automatic(fact) and fact.at == at for fact in stand):
        return False
    later = any(is_set_by_hand(fact) and fact.at > at for fact in stand)
    if later and not _foreseeable(settlement, clock):
        return False
    before = severity_at(case.facts, at)
    to = raise_allowed(before, case.standard).to
    if to is None:
        return False
    data = {
        "to": int(to),
        "from": int(before),
        "automatic": True,
        "miss": clock.key,
    }
    after = at - missed_at(clock)
    if after > timedelta(0):
        data["after"] = after.total_seconds()
    case.record(
        FactKind.SEVERITY_RAISED,
        actor=settlement.actor,
        now=settlement.now,
        at=at,
        data=data,
    )
    project_head(case)
    return True


# -- rungs ---------------------------------------------------------------------------------


def rules_of(
    settlement: Settlement, escalation: Escalation
) -> tuple[EscalationRule, ...]:
    """The steps of the tier whose ladder an escalation climbs."""
    standard = settlement.case.standards[escalation.standard_version_id]
    return standard.tier(escalation.tier).escalation


def rungs(settlement: Settlement, escalation: Escalation) -> list[tuple[Rung, str]]:
    """The rungs of an escalation not yet fired, in order, with their steps' names."""
    clock = settlement.clock_of(escalation)
    if clock is None or escalation.state == Escalation.State.WITHDRAWN:
        return []
    answered = escalation.acknowledged_at
    climbed = ladder(
        steps=rules_of(settlement, escalation),
        clock=clock,
        # A miss that a correction has moved past the answer is answered all the same.
        acknowledgements=[max(answered, missed_at(clock))] if answered else [],
        now=settlement.now,
    )
    row = settlement.row_of(escalation)
    named = [(rung, settlement.name_step(row, _name(rung))) for rung in climbed]
    fired = settlement.case.fired
    return [(rung, step) for rung, step in named if (row.key, step) not in fired]


def _name(rung: Rung) -> str:
    return f"{rung.key}#{rung.ordinal}" if rung.ordinal else rung.key


def _due_rungs(settlement: Settlement) -> Iterator[tuple[Escalation, Rung, str]]:
    for escalation in settlement.case.escalations:
        for rung, step in rungs(settlement, escalation):
            if rung.due_at <= settlement.now:
                yield escalation, rung, step


def _fire_rung(
    settlement: Settlement, escalation: Escalation, *, rung: Rung, step: str
) -> bool:
    row = settlement.row_of(escalation)
    settlement.fire(row, step, rung.due_at)
    clock = settlement.clock_of(escalation)
    raised = False
    if rung.raise_severity and clock is not None and rung.due_at > escalation.opened_at:
        raised = _raise(settlement, escalation, clock, at=rung.due_at)
    tell.rung(settlement, escalation, row, rung=rung, step=step)
    return raised
