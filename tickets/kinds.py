"""Kinds of ticket event that no clock depends on (the others: tickets.rules.facts)."""

from __future__ import annotations

from enum import StrEnum

from tickets.rules.facts import FactKind


class EventKind(StrEnum):
    """What else is written into a ticket's record."""

    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    REPLY = "reply"
    NOTE = "note"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CHANGED = "changed"
    FOLLOWER_ADDED = "follower_added"
    FOLLOWER_REMOVED = "follower_removed"
    UNMERGED = "unmerged"
    CONTINUED = "continued"  # a new, linked ticket goes on where this one was closed
    MISSED = "missed"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    ACKNOWLEDGED = "acknowledged"
    CONTINGENCY = "contingency"


#: The kinds whose events are facts.
FACT_KINDS = frozenset(kind.value for kind in FactKind)
#: What a client never sees, in any form, besides internal notes.
STAFF_ONLY = frozenset(
    {EventKind.NOTE, EventKind.HANDED_OVER, EventKind.ACKNOWLEDGED, EventKind.ESCALATED}
)
