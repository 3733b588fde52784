"""What a change of one value means for the company that made the promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sla.rules import Condition, Start


class Effect(StrEnum):
    """Whether a change makes the promise harder to keep."""

    STRICTER = "stricter"  # more is promised, or sooner
    LOOSER = "looser"
    NEUTRAL = "neutral"  # other words, or nothing that can be put in order


#: Judges a change from one value to another, different one.
Judge = Callable[[Any, Any], Effect]


def neutral(_before: Any, _after: Any) -> Effect:
    """Words, recipients, and what can't be put in order."""
    return Effect.NEUTRAL


def less_is_stricter(before: Any, after: Any) -> Effect:
    """A shorter limit, an earlier step, fewer reasons to pause (as sets)."""
    if after < before:
        return Effect.STRICTER
    return Effect.LOOSER if before < after else Effect.NEUTRAL


def more_is_stricter(before: Any, after: Any) -> Effect:
    """More working time, a longer right to reopen."""
    return less_is_stricter(after, before)


def _start(before: Start, after: Start) -> Effect:
    """Nothing begins sooner than the receipt of the request."""
    if after is Start.RECEIVED:
        return Effect.STRICTER
    return Effect.LOOSER if before is Start.RECEIVED else Effect.NEUTRAL


def _condition(before: Condition, after: Condition) -> Effect:
    if after is Condition.ALWAYS:
        return Effect.STRICTER
    return Effect.LOOSER if before is Condition.ALWAYS else Effect.NEUTRAL


def _every(before: timedelta | None, after: timedelta | None) -> Effect:
    """Reminders: none at all is the least."""
    if before is None or after is None:
        return Effect.LOOSER if after is None else Effect.STRICTER
    return less_is_stricter(before, after)


#: Field → judge, in the order in which the changes are told. ``calendar`` of a target, the
#: week and the exceptions of a calendar are compared by :mod:`sla.standards.compare` itself.
STANDARD: Mapping[str, Judge] = {
    "key": neutral,
    "name": neutral,
    "source": neutral,
    "backdate_limit": neutral,
    "auto_confirm_after": neutral,
    "reopen_within": more_is_stricter,
}
TIER: Mapping[str, Judge] = {
    "name": neutral,
    "description": neutral,
    "example": neutral,
    "may_pause": less_is_stricter,
    "warn": neutral,
}
TARGET: Mapping[str, Judge] = {
    "metric": neutral,
    "limit": less_is_stricter,
    "measured_from": _start,
    "condition": _condition,
    "warn_at": neutral,
    "warn_before": neutral,
}
STEP: Mapping[str, Judge] = {
    "after": less_is_stricter,
    "tell": neutral,
    "raise_severity": more_is_stricter,
    "every": _every,
    "unless_acknowledged": less_is_stricter,
}
CALENDAR: Mapping[str, Judge] = {
    "name": neutral,
    "zone": neutral,
    "always": more_is_stricter,
    "holidays": neutral,
    "known_until": neutral,
    "make_up_hours": neutral,
}
