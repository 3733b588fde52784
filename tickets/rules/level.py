"""How severe a ticket is, and since when it is here and done: what its standing facts say. Pure.

As for its clocks, a raise to a lower severity than the ticket has, or a lowering to a higher
one (as corrections may leave them), says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sla.rules import Severity
from tickets.rules.facts import Fact, FactKind
from tickets.rules.merging import told_as_one
from tickets.rules.standing import standing
from tickets.rules.story import Story, read

_CHANGES = frozenset({FactKind.SEVERITY_RAISED, FactKind.SEVERITY_LOWERED})


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a ticket. ``resolved_at`` is None while it is not resolved."""

    received_at: datetime
    severity: Severity
    resolved_at: datetime | None


def head_of(facts: Iterable[Fact]) -> Head | None:
    """The head that facts give a ticket; None of one that was never received."""
    story = _story(facts)
    if story is None:
        return None
    spans = story.resolved
    resolved_at = spans[-1].start if spans and spans[-1].end is None else None
    return Head(story.received_at, _severity(story, None), resolved_at)


def severity_at(facts: Iterable[Fact], at: datetime) -> Severity:
    """The severity at an instant, what was set at that very instant included."""
    story = _story(facts)
    return Severity.GENERAL if story is None else _severity(story, at)


def _story(facts: Iterable[Fact]) -> Story | None:
    return read(told_as_one(standing(facts)))


def _severity(story: Story, at: datetime | None) -> Severity:
    severity = story.severity
    for fact in story.turns:
        if fact.kind not in _CHANGES or (at is not None and fact.at > at):
            continue
        up = fact.kind is FactKind.SEVERITY_RAISED
        choose = max if up else min
        severity = choose(severity, Severity(fact.data["to"]))
    return severity


def was_raised_by_escalation(facts: Iterable[Fact]) -> bool:
    """Whether a raise by an escalation stands, on this ticket or one merged into it."""
    return any(is_automatic(fact) for fact in told_as_one(standing(facts)))


def is_automatic(fact: Fact) -> bool:
    """Whether a fact is a raise by an escalation."""
    raised = fact.kind is FactKind.SEVERITY_RAISED
    return raised and bool(fact.data.get("automatic"))


def is_set_by_hand(fact: Fact) -> bool:
    """Whether a fact is a severity that a person has set."""
    return fact.kind in _CHANGES and not is_automatic(fact)
