"""What changed between two versions of a standard, and for whom it is harder.

Tiers are matched by their key, else by the severities they cover; targets, steps and
calendars by their keys. Values are those of :mod:`sla.rules`; the page that shows them finds
the words. Two standards are equal exactly when there is no change between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from sla.rules import Calendar, EscalationStep, Severity, Standard, Target, Tier
from sla.standards import effects
from sla.standards.describe import Dates, per_week
from sla.standards.effects import Effect, Judge
from sla.standards.notation import WEEK, total
from sla.standards.writer import runs_of

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``before`` is None for what is new, ``after`` for what is gone.

    ``path`` leads to it, such as ``("tiers", "general", "targets", "arrival", "limit")``; it
    ends with the key itself where a whole tier, target, step or calendar came or went, and
    with the collection where only the order changed (both are tuples of keys then).
    """

    path: _Path
    before: Any
    after: Any
    effect: Effect


def compare(old: Standard, new: Standard) -> list[Change]:
    """Every difference between two versions, in the order in which a standard is read."""
    return list(_Comparison(old, new).changes())


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=_Keyed)
_Compare = Callable[[_Path, K, K], Iterator[Change]]


class _Comparison:
    """Two versions side by side."""

    def __init__(self, old: Standard, new: Standard) -> None:
        self._old = old
        self._new = new

    def changes(self) -> Iterator[Change]:
        old, new = self._old, self._new
        yield from _fields((), (old, new), effects.STANDARD)
        yield from self._severities()
        tiers = _under_new_keys(old, new), new.tiers
        yield from _matched(("tiers",), tiers, self._tier)
        calendars = list(old.calendars.values()), list(new.calendars.values())
        yield from _matched(("calendars",), calendars, _calendar, ordered=False)

    def _severities(self) -> Iterator[Change]:
        """Which tier answers for which severity."""
        was, now = _tier_keys(self._old), _tier_keys(self._new)
        for severity in Severity:
            before, after = was.get(severity), now.get(severity)
            if before != after:
                path = ("severities", severity.name.lower())
                yield Change(path, before, after, Effect.NEUTRAL)

    def _tier(self, path: _Path, old: Tier, new: Tier) -> Iterator[Change]:
        yield from _fields(path, (old, new), effects.TIER)
        targets = old.targets, new.targets
        yield from _matched((*path, "targets"), targets, self._target, promised=True)
        steps = old.escalation, new.escalation
        yield from _matched((*path, "escalation"), steps, _step, promised=True)

    def _target(self, path: _Path, old: Target, new: Target) -> Iterator[Change]:
        yield from _fields(path, (old, new), effects.TARGET)
        if old.calendar != new.calendar:
            before = per_week(self._old.calendars[old.calendar])
            after = per_week(self._new.calendars[new.calendar])
            effect = effects.more_is_stricter(before, after)
            yield Change((*path, "calendar"), old.calendar, new.calendar, effect)


def _tier_keys(standard: Standard) -> dict[Severity, str]:
    return {each: tier.key for tier in standard.tiers for each in tier.severities}


def _under_new_keys(old: Standard, new: Standard) -> list[Tier]:
    """The old tiers, a renamed one under the key of the tier that took its place."""
    kept = {tier.key for tier in old.tiers} & {tier.key for tier in new.tiers}
    free = [tier for tier in new.tiers if tier.key not in kept]
    matched = []
    for tier in old.tiers:
        heir = next((each for each in free if each.severities & tier.severities), None)
        if tier.key in kept or heir is None:
            matched.append(tier)
        else:
            free.remove(heir)
            matched.append(replace(tier, key=heir.key))
    return matched


def _step(path: _Path, old: EscalationStep, new: EscalationStep) -> Iterator[Change]:
    return _fields(path, (old, new), effects.STEP)


def _calendar(path: _Path, old: Calendar, new: Calendar) -> Iterator[Change]:
    yield from _fields(path, (old, new), effects.CALENDAR)
    for name, before, after in zip(WEEK, old.week, new.week, strict=True):
        if before != after:
            effect = effects.more_is_stricter(total(before), total(after))
            yield Change((*path, "week", name), before, after, effect)
    yield from _exceptions((*path, "exceptions"), old, new)


def _exceptions(path: _Path, old: Calendar, new: Calendar) -> Iterator[Change]:
    """The dates that differ, year by year."""
    different = {
        day
        for day in old.exceptions.keys() | new.exceptions.keys()
        if old.exceptions.get(day) != new.exceptions.get(day)
    }
    for year in sorted({day.year for day in different}):
        days = sorted(day for day in different if day.year == year)
        effect = effects.more_is_stricter(_worked(old, days), _worked(new, days))
        yield Change((*path, str(year)), _runs(old, days), _runs(new, days), effect)


def _runs(calendar: Calendar, days: Iterable[date]) -> tuple[Dates, ...]:
    known = calendar.exceptions
    return tuple(
        Dates(*run)
        for run in runs_of({day: known[day] for day in days if day in known})
    )


def _worked(calendar: Calendar, days: Iterable[date]) -> timedelta:
    return total(
        window
        for day in days
        for window in calendar.exceptions.get(day, calendar.week[day.weekday()])
    )


def _fields(
    path: _Path, pair: tuple[Any, Any], judges: Mapping[str, Judge]
) -> Iterator[Change]:
    for name, judge in judges.items():
        before, after = (getattr(each, name) for each in pair)
        if before != after:
            yield Change((*path, name), before, after, judge(before, after))


def _matched(
    path: _Path,
    pair: tuple[Iterable[K], Iterable[K]],
    compare_one: _Compare[K],
    *,
    promised: bool = False,
    ordered: bool = True,
) -> Iterator[Change]:
    """What came, went and changed; where each is ``promised``, more of them is stricter."""
    old, new = ({each.key: each for each in side} for side in pair)
    gone = Effect.LOOSER if promised else Effect.NEUTRAL
    come = Effect.STRICTER if promised else Effect.NEUTRAL
    for key, before in old.items():
        if key not in new:
            yield Change((*path, key), before, None, gone)
    for key, after in new.items():
        if key in old:
            yield from compare_one((*path, key), old[key], after)
        else:
            yield Change((*path, key), None, after, come)
    was = tuple(key for key in old if key in new)
    now = tuple(key for key in new if key in old)
    if ordered and was != now:
        yield Change(path, was, now, Effect.NEUTRAL)
