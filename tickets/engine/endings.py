"""What ends by itself: the wait for an appointment, the time for the customer's word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tickets.engine import tell
from tickets.engine.case import Case
from tickets.models.ticket import State
from tickets.rules.facts import FactKind

if TYPE_CHECKING:
    from tickets.engine.settle import Settlement


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends at an instant; ``step`` names it among the ticket's deadlines.

    The step carries the instant it was counted from: what is agreed or resolved anew ends anew.
    """

    step: str
    due_at: datetime


def wait_end(case: Case) -> Ending | None:
    """The end of the wait for an appointment, if the ticket waits for one (rule 9)."""
    ticket = case.ticket
    if ticket.state != State.WAITING or ticket.wait_reason != "appointment":
        return None
    if ticket.appointment_at is None:
        return None
    return Ending(_named("wait_end", ticket.appointment_at), ticket.appointment_at)


def auto_confirm(case: Case) -> Ending | None:
    """When a resolved ticket is closed without a word of the customer."""
    ticket = case.ticket
    if ticket.state != State.RESOLVED or ticket.resolved_at is None:
        return None
    due = ticket.resolved_at + case.standard.auto_confirm_after
    return Ending(_named("auto_confirm", ticket.resolved_at), due)


def endings(case: Case) -> Iterator[Ending]:
    """Everything that will end by itself, as the case stands."""
    for ending in (wait_end(case), auto_confirm(case)):
        if ending is not None:
            yield ending


def end_by_itself(settlement: Settlement) -> None:
    """End what is due to end by now, at its own instant."""
    case = settlement.case
    wait = wait_end(case)
    if wait is not None and wait.due_at <= settlement.now:
        _record(settlement, FactKind.WAIT_ENDED, wait, reason="appointment")
        case.ticket.state, case.ticket.wait_reason = State.IN_PROGRESS, ""
    word = auto_confirm(case)
    if word is not None and word.due_at <= settlement.now:
        _record(settlement, FactKind.CLOSED, word, by="time")
        case.ticket.state, case.ticket.closed_at = State.CLOSED, word.due_at
        tell.closed_by_time(settlement)


def _record(
    settlement: Settlement, kind: FactKind, ending: Ending, **data: str
) -> None:
    settlement.case.record(
        kind,
        actor=settlement.actor,
        now=settlement.now,
        at=ending.due_at,
        data=data,
    )
    settlement.case.fired_now["", ending.step] = ending.due_at


def _named(what: str, since: datetime) -> str:
    return f"{what}@{since:%Y%m%dT%H%M%S%f}"
