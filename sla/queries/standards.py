"""The standards of a tenant with the version that is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from people.actors import Actor
from sla import rules
from sla.models import Calendar, CalendarRevision, ServiceStandard, StandardVersion
from sla.queries.month import runs_out
from sla.services import calendar_of, renewable
from sla.standards import load_preset, preset_keys


@dataclass(frozen=True, slots=True)
class Listed:
    """A standard with its versions, newest first."""

    standard: ServiceStandard
    current: StandardVersion | None
    scheduled: Sequence[StandardVersion]
    count: int


@dataclass(frozen=True, slots=True)
class ListedCalendar:
    """A calendar with its newest revision, and what there is to do about it."""

    calendar: Calendar
    revision: CalendarRevision
    runs_out: bool
    renewable: bool


@cache
def presets() -> tuple[rules.Standard, ...]:
    """The standards that ship with the platform."""
    return tuple(load_preset(key) for key in preset_keys())


def versions_of(actor: Actor, now: datetime) -> Any:
    """The versions that the actor sees, without the heavy columns, newest first."""
    return (
        StandardVersion.objects.visible_to(actor, now)
        .defer("text", "data")
        .select_related("standard", "published_by__user")
        .order_by("-in_force_from", "-number")
    )


def standards_of_tenant(actor: Actor, now: datetime) -> list[Listed]:
    """Every standard that the actor sees, the default first; two queries."""
    by_standard: dict[int, list[StandardVersion]] = {}
    for version in versions_of(actor, now):
        by_standard.setdefault(version.standard_id, []).append(version)
    standards = ServiceStandard.objects.visible_to(actor).order_by("-is_default", "key")
    return [listed(each, by_standard.get(each.pk, []), now) for each in standards]


def listed(
    standard: ServiceStandard, versions: Sequence[StandardVersion], now: datetime
) -> Listed:
    """A standard with its versions (newest first): the one in force, and those to come."""
    past = [version for version in versions if version.in_force_from <= now]
    coming = [version for version in versions if version.in_force_from > now]
    return Listed(standard, past[0] if past else None, coming, len(versions))


def calendars_of_tenant(today: date) -> list[ListedCalendar]:
    """Every calendar of the tenant with its newest revision; two queries."""
    newest: dict[int, CalendarRevision] = {}
    revisions = CalendarRevision.objects.order_by("calendar_id", "-number")
    for revision in revisions.distinct("calendar_id"):
        newest[revision.calendar_id] = revision
    return [
        ListedCalendar(
            calendar,
            newest[calendar.pk],
            runs_out=runs_out(newest[calendar.pk].known_until, today),
            renewable=renewable(calendar_of(newest[calendar.pk])),
        )
        for calendar in Calendar.objects.order_by("key")
        if calendar.pk in newest
    ]
