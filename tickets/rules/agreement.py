"""Whether the columns of a ticket say what its facts say. Pure.

A time entered afterwards, or corrected, can turn the order of events around: a wait that ended
before it began would pause the clocks for ever. Such a time is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sla.rules import WaitReason
from tickets.rules.facts import Fact, FactKind
from tickets.rules.merging import told_as_one
from tickets.rules.standing import instant, standing
from tickets.rules.states import WORKING, State
from tickets.rules.story import read

_GONE = frozenset({State.CANCELLED, State.MERGED})
_DONE = frozenset({State.RESOLVED, State.CLOSED})
_APPOINTMENT = frozenset({FactKind.APPOINTMENT_AGREED, FactKind.APPOINTMENT_CANCELLED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands, by its own columns. ``needed`` is None while undecided."""

    state: str
    wait: str = ""
    needed: bool | None = None
    appointment_at: datetime | None = None


def agrees(facts: Iterable[Fact], stand: Standing) -> bool:
    """Whether facts, told in the order of their times, lead to where the ticket stands."""
    known = standing(facts)
    return _state_agrees(known, stand) and _visit_agrees(known, stand)


def _state_agrees(known: tuple[Fact, ...], stand: Standing) -> bool:
    story = read(told_as_one(known))
    if story is None:
        return True
    if story.ended_at is not None:
        return stand.state in _GONE
    if story.resolved and story.resolved[-1].end is None:
        return stand.state in _DONE
    lasting = {str(wait.reason) for wait in story.waits if wait.end is None}
    waits = stand.state == State.WAITING and stand.wait != WaitReason.APPOINTMENT
    return stand.state in WORKING and lasting == ({stand.wait} if waits else set())


def _visit_agrees(known: tuple[Fact, ...], stand: Standing) -> bool:
    needed: bool | None = None
    appointment_at: datetime | None = None
    for fact in known:
        if fact.kind is FactKind.VISIT_DECIDED:
            needed = bool(fact.data["needed"])
        elif fact.kind in _APPOINTMENT:
            at = fact.data.get("at")
            appointment_at = instant(at) if at else None
    return (needed, appointment_at) == (stand.needed, stand.appointment_at)
