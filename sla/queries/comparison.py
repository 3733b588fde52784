"""Two versions side by side, in words, with what has become stricter or looser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from servicedesk.lib.bilingual import Text
from servicedesk.lib.ui.words import SEVERITIES
from sla import words
from sla.queries.sheet import said
from sla.rules import (
    Calendar,
    Condition,
    EscalationStep,
    Metric,
    Recipient,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
)
from sla.standards import Change, Effect, compare
from sla.standards.describe import Dates

FIELDS: dict[str, Any] = {
    "key": gettext_lazy("key"),
    "name": gettext_lazy("name"),
    "source": gettext_lazy("source document"),
    "description": gettext_lazy("description"),
    "example": gettext_lazy("example"),
    "backdate_limit": gettext_lazy("events can be entered late by"),
    "auto_confirm_after": gettext_lazy("counts as confirmed after"),
    "reopen_within": gettext_lazy("can be reopened within"),
    "may_pause": gettext_lazy("what may pause"),
    "warn": gettext_lazy("who is warned"),
    "limit": gettext_lazy("limit"),
    "metric": gettext_lazy("what is promised"),
    "measured_from": gettext_lazy("measured from"),
    "condition": gettext_lazy("where it applies"),
    "calendar": gettext_lazy("calendar"),
    "warn_at": gettext_lazy("warning at"),
    "warn_before": gettext_lazy("warning before"),
    "after": gettext_lazy("after the miss"),
    "tell": gettext_lazy("who is told"),
    "raise_severity": gettext_lazy("raises the severity"),
    "every": gettext_lazy("repeats every"),
    "unless_acknowledged": gettext_lazy("not once acknowledged"),
    "zone": gettext_lazy("time zone"),
    "always": gettext_lazy("around the clock"),
    "holidays": gettext_lazy("public holidays"),
    "known_until": gettext_lazy("known until"),
    "make_up_hours": gettext_lazy("hours of make-up days"),
    "targets": gettext_lazy("order of the promises"),
    "escalation": gettext_lazy("order of the steps"),
    "tiers": gettext_lazy("order of the tiers"),
}
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STARTS: dict[Start, Any] = {
    Start.RECEIVED: gettext_lazy("the request"),
    Start.VISIT_REQUESTED: gettext_lazy("asking for a visit"),
    Start.APPOINTMENT: gettext_lazy("the appointment"),
    Start.PART_REQUESTED: gettext_lazy("the request for the part"),
    Start.FIRST_RESPONSE: gettext_lazy("the first response"),
    Start.DISPATCH: gettext_lazy("setting out"),
    Start.ARRIVAL: gettext_lazy("the arrival"),
    Start.SOLUTION_PROPOSED: gettext_lazy("the proposed solution"),
    Start.RESOLUTION: gettext_lazy("the solution"),
}
EFFECTS: dict[Effect, tuple[Any, str, str]] = {
    Effect.STRICTER: (gettext_lazy("Stricter"), "arrow-up", "warn"),
    Effect.LOOSER: (gettext_lazy("Looser"), "arrow-down", "info"),
    Effect.NEUTRAL: (gettext_lazy("Different"), "arrows-exchange", "mute"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison."""

    place: str  # what it is a part of: a tier, a calendar, the standard
    what: str
    before: str
    after: str
    effect: str
    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and how many of each sort."""

    rows: Sequence[Difference]
    stricter: int
    looser: int


def comparison_of(old: Standard, new: Standard) -> Comparison:
    """What differs between two versions, in the order in which a standard is read."""
    rows = [_told(change, old, new) for change in compare(old, new)]
    return Comparison(
        rows,
        stricter=sum(row.effect == Effect.STRICTER for row in rows),
        looser=sum(row.effect == Effect.LOOSER for row in rows),
    )


def _told(change: Change, old: Standard, new: Standard) -> Difference:
    word, icon, tone = EFFECTS[change.effect]
    tell = words.windows if "week" in change.path else value
    return Difference(
        place=_place(change.path, old, new),
        what=_what(change.path, old, new),
        before=tell(change.before),
        after=tell(change.after),
        effect=change.effect.value,
        word=str(word),
        icon=icon,
        tone=tone,
    )


def _place(path: Sequence[str], old: Standard, new: Standard) -> str:
    if path[0] == "tiers" and len(path) > 1:
        tier = _find(new.tiers, path[1]) or _find(old.tiers, path[1])
        return said(tier.name) if tier else path[1]
    if path[0] == "calendars":
        calendar = new.calendars.get(path[1]) or old.calendars.get(path[1])
        return said(calendar.name, path[1]) if calendar else path[1]
    return _("The whole standard")


def _what(path: Sequence[str], old: Standard, new: Standard) -> str:
    """The name of the thing that changed, below its place."""
    if path[0] == "severities":
        return str(SEVERITIES[path[1]][0])
    if path[0] == "tiers" and len(path) > 3:
        thing = _part(path, old, new)
        return thing if len(path) == 4 else f"{thing}: {_field(path[-1])}"
    if path[0] == "calendars" and len(path) > 3:
        if path[2] == "week":
            return str(words.WEEKDAYS[WEEK.index(path[3])])
        return _("Special days of %(year)s") % {"year": path[3]}
    if len(path) == 2:
        return _("Tier") if path[0] == "tiers" else _("Calendar")
    return _field(path[-1])


def _part(path: Sequence[str], old: Standard, new: Standard) -> str:
    """A target or a step of the ladder, by what it promises or whom it tells."""
    for standard in (new, old):
        tier = _find(standard.tiers, path[1])
        parts: Sequence[Any] = ()
        if tier is not None:
            parts = tier.targets if path[2] == "targets" else tier.escalation
        found = _find(parts, path[3])
        if isinstance(found, Target):
            return str(words.METRICS[found.metric][0])
        if isinstance(found, EscalationStep):
            return _("Escalation to %(who)s") % {"who": words.RECIPIENTS[found.tell][0]}
    return path[3]


def _find(parts: Iterable[Any], key: str) -> Any:
    return next((part for part in parts if part.key == key), None)


def _field(name: str) -> str:
    return str(FIELDS.get(name, name))


def value(thing: Any) -> str:
    """A value of a standard in words; nothing for what is not there."""
    if thing is None:
        return ""
    if thing in ((), frozenset()):
        return _("nothing")
    if isinstance(thing, bool):
        return _("yes") if thing else _("no")
    if isinstance(thing, float):
        return f"{thing * 100:g} %"
    if isinstance(thing, (frozenset, tuple)):
        return _many(thing)
    tell = next((tell for kind, tell in _TELL if isinstance(thing, kind)), str)
    return str(tell(thing))


def _many(things: Iterable[Any]) -> str:
    listed = list(things)
    if listed and all(_is_window(thing) for thing in listed):
        return words.windows(listed)
    told = [value(thing) for thing in listed]
    return pgettext("between items", ", ").join(
        sorted(told) if isinstance(things, frozenset) else told
    )


def _is_window(thing: Any) -> bool:
    return isinstance(thing, tuple) and len(thing) == 2 and hasattr(thing[0], "hour")


def _target(target: Target) -> str:
    promise = words.promised(target.limit, target.measured_from)
    return pgettext("between items", ", ").join(
        filter(None, [promise, str(words.CONDITIONS[target.condition])])
    )


def _step(step: EscalationStep) -> str:
    return _("%(time)s after the miss") % {"time": words.length(step.after)}


def _dates(run: Dates) -> str:
    first, last = run.first.isoformat(), run.last.isoformat()
    span = first if first == last else f"{first} – {last}"
    return f"{span}: {words.windows(run.windows)}"


_TELL: tuple[tuple[type, Any], ...] = (
    (timedelta, words.length),
    (date, date.isoformat),
    (Text, said),
    (Severity, lambda severity: SEVERITIES[severity.name.lower()][0]),
    (Metric, lambda metric: words.METRICS[metric][0]),
    (Start, lambda start: STARTS[start]),
    (Condition, lambda condition: words.CONDITIONS[condition] or _("always")),
    (WaitReason, lambda reason: words.PAUSES[reason]),
    (Recipient, lambda recipient: words.RECIPIENTS[recipient][0]),
    (Target, _target),
    (EscalationStep, _step),
    (Dates, _dates),
    (Tier, lambda tier: said(tier.name)),
    (Calendar, lambda calendar: said(calendar.name, calendar.key)),
)
