"""A service standard as its client reads it: plain words, in the language of the request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicedesk.lib.bilingual import Text
from sla import words
from sla.models import in_language
from sla.rules import (
    Calendar,
    EscalationStep,
    Recipient,
    Severity,
    Standard,
    Target,
    Tier,
)
from sla.standards import describe_calendar, promise_summary

#: Steps that differ in nothing else are told as one.
ALIKE: dict[str, Any] = {"key": "", "tell": Recipient.ASSIGNEE}


@dataclass(frozen=True, slots=True)
class Line:
    """One promise: what, within how much, and where that applies."""

    metric: str
    icon: str
    promise: str
    condition: str
    hours: str  # the calendar's name where the limit is working time


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder that a late ticket climbs."""

    when: str
    who: str
    icon: str
    raises: bool = False
    repeats: str = ""
    stops: str = ""


@dataclass(frozen=True, slots=True)
class TierCard:
    """A level of service as a card."""

    key: str
    name: str
    severities: Sequence[Severity]
    description: str
    example: str
    lines: Sequence[Line]
    pauses: Sequence[str]
    rungs: Sequence[Rung]


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar in words."""

    name: str
    key: str
    always: bool
    zone: str
    lines: Sequence[tuple[str, str]]
    holidays: str
    known_until: date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole standard."""

    name: str
    source: str
    tiers: Sequence[TierCard]
    calendars: Sequence[Hours]
    periods: Sequence[tuple[str, str]]

    @property
    def parts(self) -> bool:
        """Whether anything is promised about spare parts."""
        return any(line.icon == "package" for tier in self.tiers for line in tier.lines)


def sheet_of(standard: Standard) -> Sheet:
    """A version of a standard for its page."""
    used = {target.calendar for tier in standard.tiers for target in tier.targets}
    calendars = [standard.calendars[key] for key in sorted(used)]
    return Sheet(
        name=said(standard.name),
        source=standard.source,
        tiers=[tier_card(tier, standard) for tier in standard.tiers],
        calendars=[hours_of(calendar) for calendar in calendars],
        periods=_periods(standard),
    )


def said(text: Text | None, otherwise: str = "") -> str:
    """Words of a standard in the language of the request."""
    return in_language(zh=text.zh, en=text.en) if text else otherwise


def tier_card(tier: Tier, standard: Standard) -> TierCard:
    """One tier with its promises in the order in which they happen to a ticket."""
    return TierCard(
        key=tier.key,
        name=said(tier.name),
        severities=sorted(tier.severities),
        description=said(tier.description),
        example=said(tier.example),
        lines=[
            Line(
                metric=str(words.METRICS[promise.metric][0]),
                icon=words.METRICS[promise.metric][1],
                promise=words.promised(promise.limit, promise.measured_from),
                condition=str(words.CONDITIONS[promise.condition]),
                hours=_working_time(standard.calendars[promise.calendar]),
            )
            for promise in promise_summary(tier, parts=True)
        ],
        pauses=[str(words.PAUSES[reason]) for reason in sorted(tier.may_pause)],
        rungs=list(_rungs(tier)),
    )


def hours_of(calendar: Calendar) -> Hours:
    """A calendar in words."""
    told = describe_calendar(calendar)
    return Hours(
        name=_("Around the clock")
        if calendar.always
        else said(calendar.name, calendar.key),
        key=calendar.key,
        always=calendar.always,
        zone=calendar.zone,
        lines=[
            (words.days(row.first, row.last), words.windows(row.windows))
            for row in told.week
        ],
        holidays=calendar.holidays or "",
        known_until=calendar.known_until,
    )


def _working_time(calendar: Calendar) -> str:
    return "" if calendar.always else said(calendar.name, calendar.key)


def _rungs(tier: Tier) -> Iterator[Rung]:
    """The warning, then the steps; those of one moment that do the same share a rung."""
    who, icon = words.RECIPIENTS[tier.warn]
    yield Rung(_warning(tier.targets), str(who), icon)
    for _same, steps in groupby(tier.escalation, key=lambda s: replace(s, **ALIKE)):
        yield _rung(list(steps))


def _rung(steps: Sequence[EscalationStep]) -> Rung:
    told = [words.RECIPIENTS[step.tell] for step in steps]
    first = steps[0]
    return Rung(
        when=_after(first),
        who=pgettext("between items", ", ").join(str(who) for who, _icon in told),
        icon=told[0][1],
        raises=first.raise_severity,
        repeats=_repeats(first),
        stops=_("until somebody in charge has answered with a plan")
        if first.unless_acknowledged
        else "",
    )


def _warning(targets: Sequence[Target]) -> str:
    shares = sorted({target.warn_at for target in targets if not target.warn_before})
    if not shares:
        return _("before the time is up")
    return _("when %(share)s %% of the time are used") % {
        "share": f"{shares[0] * 100:g}"
    }


def _after(step: EscalationStep) -> str:
    if not step.after:
        return _("the moment we are late")
    return _("%(time)s after that moment") % {"time": words.length(step.after)}


def _repeats(step: EscalationStep) -> str:
    if step.every is None:
        return ""
    return _("then every %(time)s") % {"time": words.length(step.every)}


def _periods(standard: Standard) -> list[tuple[str, str]]:
    return [
        (
            _("Counts as confirmed if nobody objects"),
            _("%(time)s after the solution")
            % {"time": words.length(standard.auto_confirm_after)},
        ),
        (
            _("Can be reopened"),
            _("for %(time)s after it was closed")
            % {"time": words.length(standard.reopen_within)},
        ),
        (
            _("Events can be entered late"),
            _("by at most %(time)s, with a reason")
            % {"time": words.length(standard.backdate_limit)},
        ),
    ]
