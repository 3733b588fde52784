"""Calendars of the tenant: immutable revisions, shared by its standards by their key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activity.services import record
from people.actors import Actor
from servicedesk.lib.bilingual import Text
from servicedesk.lib.errors import ServiceError
from sla import holidays, rules
from sla.models import Calendar, CalendarRevision, ServiceStandard, StandardVersion
from sla.signals import calendar_revised
from sla.standards import calendar_from_data, calendar_to_data


def calendar_of(revision: CalendarRevision) -> rules.Calendar:
    """The days of a revision as a value."""
    return calendar_from_data(revision.data)


def newest_revision(calendar: Calendar) -> CalendarRevision:
    """The revision that holds now; a calendar is never without one."""
    return calendar.revisions.order_by("-number")[0]


def adopt_calendars(
    *, actor: Actor, now: datetime, standard: rules.Standard
) -> tuple[rules.Standard, dict[str, int]]:
    """A standard with its calendars as the tenant keeps them, and the ids of the revisions.

    1. A calendar that the tenant has not had becomes its first revision.
    2. One with the same hours keeps the days that the tenant has set by hand since, unless
       the file itself names the day.
    3. Whatever then differs from the newest revision becomes the next one.
    """
    kept: dict[str, rules.Calendar] = {}
    revisions: dict[str, int] = {}
    for key, calendar in standard.calendars.items():
        if calendar.always:
            kept[key] = calendar
            continue
        row, _created = Calendar.objects.get_or_create(
            key=key, defaults=_names(calendar)
        )
        row = Calendar.objects.select_for_update().get(pk=row.pk)
        newest = row.revisions.order_by("-number").first()
        kept[key] = _merged(calendar, newest)
        if newest is None or newest.data != calendar_to_data(kept[key]):
            newest = _add(
                actor=actor, now=now, row=row, calendar=kept[key], note=standard.key
            )
        revisions[key] = newest.pk
    return replace(standard, calendars=kept), revisions


def _names(calendar: rules.Calendar) -> dict[str, str]:
    name = calendar.name or Text(zh=calendar.key, en=calendar.key)
    return {"name_zh": name.zh[:100], "name_en": name.en[:100]}


def _merged(
    calendar: rules.Calendar, newest: CalendarRevision | None
) -> rules.Calendar:
    if newest is None:
        return calendar
    before = calendar_of(newest)
    if not _same_hours(calendar, before):
        return calendar
    known = from_library(calendar)
    named = {
        day: hours
        for day, hours in calendar.exceptions.items()
        if day not in known or known[day] != hours
    }
    days = {**calendar.exceptions, **before.exceptions, **named}
    ends = [end for end in (calendar.known_until, before.known_until) if end]
    return replace(calendar, exceptions=days, known_until=max(ends, default=None))


def _same_hours(one: rules.Calendar, other: rules.Calendar) -> bool:
    return (one.zone, one.week, one.holidays, one.make_up_hours) == (
        other.zone,
        other.week,
        other.holidays,
        other.make_up_hours,
    )


def from_library(calendar: rules.Calendar) -> dict[date, tuple[rules.Window, ...]]:
    """The days that the holiday library gives a calendar; none without a region."""
    table = holidays.library().get(calendar.holidays or "")
    if table is None:
        return {}
    return holidays.exceptions_of(table, make_up_hours=calendar.make_up_hours)


def renewable(calendar: rules.Calendar) -> bool:
    """Whether the holiday library knows more days than the calendar does."""
    table = holidays.library().get(calendar.holidays or "")
    return table is not None and holidays.renewed(calendar, table) != calendar


@transaction.atomic
def revise_calendar(
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    days: Mapping[date, tuple[rules.Window, ...] | None] | None = None,
    known_until: date | None = None,
    renew: bool = False,
    note: str = "",
) -> CalendarRevision:
    """Publish the next revision of a calendar, and the standards' versions that follow it.

    ``days`` sets single days: () is a day off, windows are its working hours, None goes
    back to the week's. ``renew`` copies what the holiday library knows beyond "known until";
    ``known_until`` says until when days were set by hand. Standards that count in the
    calendar get a next version, in force from now (a scheduled one keeps its date); what is
    open is reached by :data:`sla.signals.calendar_revised`. Raises
    ServiceError("unchanged", "known_earlier").
    """
    # Standards before calendars, as an import locks them.
    standards = list(ServiceStandard.objects.select_for_update().order_by("pk"))
    row = Calendar.objects.select_for_update().get(pk=calendar.pk)
    before = calendar_of(newest_revision(row))
    after = _revised(before, days or {}, renew=renew)
    if known_until is not None:
        after = _known_until(after, known_until)
    if after == before:
        raise ServiceError("unchanged", _("Nothing is different from what is known."))
    revision = _add(actor=actor, now=now, row=row, calendar=after, note=note)
    for standard in standards:
        _publish_with(revision, standard, actor=actor, now=now)
    calendar_revised.send(CalendarRevision, revision=revision, actor=actor, now=now)
    return revision


def _revised(
    calendar: rules.Calendar,
    days: Mapping[date, tuple[rules.Window, ...] | None],
    *,
    renew: bool,
) -> rules.Calendar:
    table = holidays.library().get(calendar.holidays or "")
    if renew and table is not None:
        calendar = holidays.renewed(calendar, table)
    exceptions = dict(calendar.exceptions)
    for day, hours in days.items():
        if hours is None:
            exceptions.pop(day, None)
        else:
            exceptions[day] = hours
    return replace(calendar, exceptions=exceptions)


def _known_until(calendar: rules.Calendar, until: date) -> rules.Calendar:
    if calendar.known_until is not None and until < calendar.known_until:
        raise ServiceError(
            "known_earlier",
            _("It is known until %(day)s already.")
            % {"day": calendar.known_until.isoformat()},
            field="known_until",
        )
    return replace(calendar, known_until=until)


def _add(
    *, actor: Actor, now: datetime, row: Calendar, calendar: rules.Calendar, note: str
) -> CalendarRevision:
    newest = row.revisions.order_by("-number").first()
    revision: CalendarRevision = CalendarRevision.objects.create(
        calendar=row,
        number=newest.number + 1 if newest else 1,
        data=calendar_to_data(calendar),
        known_until=calendar.known_until,
        published_at=now,
        published_by_id=actor.membership_id,
        note=note[:300],
    )
    data: dict[str, Any] = {"revision": revision.number, "note": note}
    record(actor=actor, now=now, verb="calendar.revised", target=row, data=data)
    return revision


def _publish_with(
    revision: CalendarRevision,
    standard: ServiceStandard,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The next version of a standard that counts in a calendar: one for the version in
    force, one for each that is scheduled."""
    versions = list(standard.versions.order_by("in_force_from", "number"))
    number = max((version.number for version in versions), default=0)
    holding = {version.in_force_from: version for version in versions}
    past = [at for at in holding if at <= now]
    for at in past[-1:] + [at for at in holding if at > now]:
        if revision.data["key"] in holding[at].data["revisions"]:
            number += 1
            _successor(holding[at], number, revision, actor=actor, now=now)


def _successor(
    version: StandardVersion,
    number: int,
    revision: CalendarRevision,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    key = revision.data["key"]
    calendars = [
        revision.data if calendar["key"] == key else calendar
        for calendar in version.data["calendars"]
    ]
    data = version.data | {
        "calendars": calendars,
        "revisions": version.data["revisions"] | {key: revision.pk},
    }
    StandardVersion.objects.create(
        standard_id=version.standard_id,
        number=number,
        text=version.text,
        data=data,
        in_force_from=max(now, version.in_force_from),
        published_at=now,
        published_by_id=actor.membership_id,
        note=_("Calendar “%(name)s”, revision %(number)d")
        % {"name": revision.calendar.name, "number": revision.number},
    )
    record(
        actor=actor,
        now=now,
        verb="standard.published",
        target=version.standard,
        data={"version": number, "calendar": key, "revision": revision.number},
    )
