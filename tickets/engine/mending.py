"""What a correction, a merge or a reopening does to raises, misses and escalations (rule 7).

1. An automatic raise whose miss has moved moves with it; one that rests on no miss any more is
   void (:mod:`tickets.rules.aftermath` decides).
2. The escalation of a miss that turns out not to be one is withdrawn, its trail stays.
3. An escalation begins at the instant of its miss, ends with its clock, and goes on when that
   is open again. A miss that was only recorded begins to climb then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tickets.engine import tell
from tickets.engine.project import missed_at
from tickets.kinds import EventKind
from tickets.models import Escalation, TicketClock
from tickets.rules.aftermath import Amendment, next_amendment
from tickets.rules.facts import Clock, ClockState, FactKind
from tickets.rules.ladder import still_answers
from tickets.rules.standing import standing

if TYPE_CHECKING:
    from tickets.engine.settle import Settlement

#: Each automatic raise is moved once or twice, or voided; there are two that matter.
AMENDMENTS = 24


def mend(settlement: Settlement) -> None:
    """Bring raises, misses and escalations in line with the clocks as they now stand."""
    _amend_raises(settlement)
    _withdraw(settlement)
    for escalation in settlement.case.escalations:
        if escalation.state != Escalation.State.WITHDRAWN:
            _follow(settlement, escalation)
    _climb_again(settlement)


# -- 1. raises -----------------------------------------------------------------------------


def _amend_raises(settlement: Settlement) -> None:
    for _round in range(AMENDMENTS):
        amendment = next_amendment(settlement.case.facts, settlement.clocks)
        if amendment is None:
            return
        _amend(settlement, amendment)
        settlement.derive()
    raise RuntimeError(f"Ticket {settlement.case.ticket.pk} does not settle.")


def _amend(settlement: Settlement, amendment: Amendment) -> None:
    case, actor, now = settlement.case, settlement.actor, settlement.now
    data: dict[str, object] = {
        "fact": amendment.fact,
        "kind": FactKind.SEVERITY_RAISED.value,
    }
    if amendment.at is None:
        case.record(FactKind.VOIDED, actor=actor, now=now, data=data)
        return
    was = next(f.at for f in standing(case.facts) if f.seq == amendment.fact)
    data |= {"at": amendment.at.isoformat(), "was": was.isoformat()}
    case.record(FactKind.CORRECTED, actor=actor, now=now, data=data)


# -- 2. misses that were none --------------------------------------------------------------


def _withdraw(settlement: Settlement) -> None:
    case = settlement.case
    missed = {c.key for c in settlement.clocks if c.state is ClockState.MISSED}
    for escalation in case.escalations:
        row = settlement.row_of(escalation)
        if escalation.state != Escalation.State.WITHDRAWN and row.key not in missed:
            _withdraw_one(settlement, escalation, row)
    for row in case.clocks.values():
        if row.fired_at is not None and row.key not in missed:
            row.fired_at = None
            case.changed_clocks.add(row.key)


def _withdraw_one(
    settlement: Settlement, escalation: Escalation, row: TicketClock
) -> None:
    escalation.state = Escalation.State.WITHDRAWN
    escalation.ended_at = settlement.now
    settlement.case.touch(escalation)
    row.fired_at, row.withdrawn_at = None, settlement.now
    settlement.case.changed_clocks.add(row.key)
    event = settlement.case.record(
        EventKind.WITHDRAWN,
        actor=settlement.actor,
        now=settlement.now,
        data={"clock": row.key, "metric": escalation.metric},
    )
    tell.withdrawn(settlement, escalation, row, event=event)


# -- 3. escalations follow their clocks ----------------------------------------------------


def _follow(settlement: Settlement, escalation: Escalation) -> None:
    clock = settlement.clock_of(escalation)
    if clock is None:
        return
    before = (escalation.opened_at, escalation.state, escalation.acknowledged_at)
    escalation.opened_at = missed_at(clock)
    bring_up(escalation, clock)
    answered = escalation.acknowledged_at
    if clock.open and answered is not None and not still_answers(answered, clock):
        # The trail of it stays in the ticket's record.
        escalation.acknowledged_at = escalation.acknowledged_by_id = None
        escalation.plan = ""
    after = (escalation.opened_at, escalation.state, escalation.acknowledged_at)
    if before != after:
        settlement.case.touch(escalation)


def bring_up(escalation: Escalation, clock: Clock) -> None:
    """An escalation lasts as long as somebody still has to do something about its clock."""
    if clock.open:
        escalation.state, escalation.ended_at = Escalation.State.OPEN, None
    else:
        escalation.state = Escalation.State.ENDED
        escalation.ended_at = clock.finished_at or clock.ended_at


def _climb_again(settlement: Settlement) -> None:
    """Open what was missed, done, recorded without a ladder, and then reopened (rule 4)."""
    case = settlement.case
    climbing = {
        settlement.row_of(e).key
        for e in case.escalations
        if e.state != Escalation.State.WITHDRAWN
    }
    for clock in settlement.clocks:
        recorded = clock.counts and clock.state is ClockState.MISSED and clock.open
        row = case.clocks[clock.key]
        if recorded and row.fired_at is not None and clock.key not in climbing:
            open_escalation(settlement, clock, row)


def open_escalation(
    settlement: Settlement, clock: Clock, row: TicketClock
) -> Escalation:
    """The escalation of a missed clock; it has ended already where the clock has."""
    escalation = Escalation(
        tenant_id=settlement.case.ticket.tenant_id,
        ticket=settlement.case.ticket,
        clock=row,
        metric=clock.target.metric,
        tier=clock.tier,
        standard_version_id=clock.standard,
        opened_at=missed_at(clock),
    )
    bring_up(escalation, clock)
    settlement.case.escalations.append(escalation)
    settlement.case.touch(escalation)
    return escalation
