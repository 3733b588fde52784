"""From a standard back to a file that a person can read, edit and load again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, TypeVar

import yaml

from servicedesk.lib.bilingual import Text
from servicedesk.lib.textfile.notation import DAY, write_duration
from sla.rules import (
    ALWAYS,
    Calendar,
    Condition,
    EscalationStep,
    Standard,
    Target,
    Tier,
    Window,
)
from sla.standards.calendars import CLOSED, usual_make_up_hours
from sla.standards.loader import FORMAT
from sla.standards.notation import (
    write_dates,
    write_days,
    write_share,
    write_window,
)
from sla.standards.tiers import ACKNOWLEDGED, WARN_AT

T = TypeVar("T")
_Plain = dict[str, Any]


def dump_standard(standard: Standard) -> str:
    """The file of a standard; loading it gives an equal standard, holidays included.

    What all tiers share (calendar, warning, escalation) stands once, at the top. The
    holidays are written out as they were copied, with ``known_until``, so that loading does
    not ask a library again.
    """
    plain = _standard(standard)
    written: str = yaml.dump(
        plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )
    return written


def runs_of(
    days: Mapping[date, tuple[Window, ...]],
) -> Iterator[tuple[date, date, tuple[Window, ...]]]:
    """Dates in a row that have the same windows: first, last, windows."""
    ordered = sorted(days.items())
    first: date | None = None
    for place, (day, windows) in enumerate(ordered):
        first = first or day
        following = ordered[place + 1] if place + 1 < len(ordered) else None
        if following != (day + DAY, windows):
            yield first, day, windows
            first = None


class _Inline(list[str]):
    """A list to be written on one line."""


class _Dumper(yaml.SafeDumper):
    """Block style, short lists inline, never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Inline,
    lambda dumper, items: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", items, flow_style=True
    ),
)


def _standard(standard: Standard) -> _Plain:
    targets = [target for tier in standard.tiers for target in tier.targets]
    calendar = _commonest((t.calendar for t in targets), ALWAYS.key)
    warn_at = _commonest((t.warn_at for t in targets if not t.warn_before), WARN_AT)
    first = standard.tiers[0]
    calendars = {
        key: _calendar(each)
        for key, each in standard.calendars.items()
        if key != ALWAYS.key
    }
    return {
        "format": int(FORMAT),
        "key": standard.key,
        "name": _text(standard.name),
        "source": standard.source,
        "calendar": calendar,
        "backdate_limit": _duration(standard.backdate_limit),
        "auto_confirm_after": _duration(standard.auto_confirm_after),
        "reopen_within": _duration(standard.reopen_within, in_days=True),
        **({"calendars": calendars} if calendars else {}),
        "warning": {"at": write_share(warn_at), "tell": first.warn.value},
        "escalation": _steps(first.escalation),
        "tiers": {
            tier.key: _tier(tier, first, calendar=calendar, warn_at=warn_at)
            for tier in standard.tiers
        },
    }


def _tier(tier: Tier, first: Tier, *, calendar: str, warn_at: float) -> _Plain:
    plain: _Plain = {
        "severities": _Inline(each.name.lower() for each in sorted(tier.severities)),
        "name": _text(tier.name),
        "description": _text(tier.description),
        "example": _text(tier.example),
        "may_pause": _Inline(sorted(reason.value for reason in tier.may_pause)),
    }
    if tier.warn is not first.warn:
        plain["warning"] = {"tell": tier.warn.value}
    if tier.escalation != first.escalation:
        plain["escalation"] = _steps(tier.escalation)
    plain["targets"] = {
        target.key: _target(target, calendar=calendar, warn_at=warn_at)
        for target in tier.targets
    }
    return plain


def _target(target: Target, *, calendar: str, warn_at: float) -> _Plain:
    plain: _Plain = {}
    if target.key != target.metric.value:
        plain["metric"] = target.metric.value
    plain["limit"] = _duration(target.limit)
    plain["from"] = target.measured_from.value
    if target.condition is not Condition.ALWAYS:
        plain["when"] = target.condition.value
    if target.calendar != calendar:
        plain["calendar"] = target.calendar
    if target.warn_before is not None:
        plain["warn_before"] = _duration(target.warn_before)
    elif target.warn_at != warn_at:
        plain["warn_at"] = write_share(target.warn_at)
    return plain


def _steps(steps: Iterable[EscalationStep]) -> _Plain:
    return {step.key: _step(step) for step in steps}


def _step(step: EscalationStep) -> _Plain:
    plain: _Plain = {"after": _duration(step.after), "tell": step.tell.value}
    if step.raise_severity:
        plain["raise"] = True
    if step.every is not None:
        plain["every"] = _duration(step.every)
    if step.unless_acknowledged:
        plain["unless"] = ACKNOWLEDGED
    return plain


def _calendar(calendar: Calendar) -> _Plain:
    plain: _Plain = {
        "name": _text(calendar.name) if calendar.name else None,
        "zone": calendar.zone,
        "hours": {},
    }
    for windows, days in groupby(enumerate(calendar.week), key=lambda day: day[1]):
        numbers = [number for number, _ in days]
        if windows:
            plain["hours"][write_days(numbers[0], numbers[-1])] = _windows(windows)
    if calendar.holidays is not None:
        plain["holidays"] = calendar.holidays
        if calendar.make_up_hours != usual_make_up_hours(calendar.week):
            plain["make_up_hours"] = _windows(calendar.make_up_hours)
    if calendar.known_until is not None:
        plain["known_until"] = calendar.known_until
    if calendar.exceptions:
        plain["exceptions"] = {
            first if first == last else write_dates(first, last): _windows(windows)
            for first, last, windows in _short_runs(calendar.exceptions)
        }
    return plain


def _short_runs(
    days: Mapping[date, tuple[Window, ...]],
) -> Iterator[tuple[date, date, tuple[Window, ...]]]:
    """Runs cut where they would be longer than a file may say at once."""
    for begin, end, windows in runs_of(days):
        first = begin
        while end - first > 365 * DAY:
            yield first, first + 365 * DAY, windows
            first += 366 * DAY
        yield first, end, windows


def _windows(windows: Iterable[Window]) -> str:
    return ", ".join(write_window(window) for window in windows) or CLOSED


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _duration(length: timedelta, *, in_days: bool = False) -> str | int:
    """A duration; a bare 0 for none, which needs no quotation marks then."""
    return write_duration(length, in_days=in_days) if length else 0


def _commonest(values: Iterable[T], otherwise: T) -> T:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else otherwise
