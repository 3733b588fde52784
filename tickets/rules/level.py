"""How severe a ticket is and has been: what its standing facts say. Pure.

As for its clocks, a raise to a lower severity than the ticket has, or a lowering to a higher
one (as corrections may leave them), says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sla.rules import Severity
from tickets.rules.facts import Fact, FactKind
from tickets.rules.merging import told_as_one
from tickets.rules.standing import standing

_CHANGES = frozenset({FactKind.SEVERITY_RAISED, FactKind.SEVERITY_LOWERED})


def severity_at(facts: Iterable[Fact], at: datetime | None = None) -> Severity:
    """The severity at an instant, what was set at that very instant included; default: in the end."""
    severity = Severity.GENERAL
    for fact in told_as_one(standing(facts)):
        if at is not None and fact.at > at:
            break
        if fact.kind is FactKind.RECEIVED:
            severity = Severity(fact.data.get("severity") or Severity.GENERAL)
        elif fact.kind in _CHANGES:
            to = Severity(fact.data["to"])
            up = fact.kind is FactKind.SEVERITY_RAISED
            severity = max(severity, to) if up else min(severity, to)
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
