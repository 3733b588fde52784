"""A department's duty roster as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR

from people import directory
from people.models import Department, Membership, Shift
from people.rota import Turn, gaps, on_duty, present, turns

#: How far ahead the page looks for stretches in which nobody is on duty.
AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the roster with its people."""

    shift: Shift
    days: list[Any]
    people: list[Membership]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """What the page shows."""

    lines: list[Line]
    now: list[Membership]
    following: Turn | None
    gaps: list[tuple[datetime, datetime]]


def read_roster(department: Department, *, now: datetime, zone: str) -> Roster:
    """The lines, who is on duty now, and where nobody is in the coming week."""
    tz = ZoneInfo(zone)
    rows = department.shifts.prefetch_related("members__membership__user")
    today = now.astimezone(tz).date()
    lines = [
        Line(
            shift=row,
            days=[WEEKDAYS_ABBR[day - 1] for day in row.weekdays],
            people=sorted(
                (one.membership for one in row.members.all()),
                key=lambda person: person.user.sort_key,
            ),
            is_over=row.until_on is not None and row.until_on < today,
        )
        for row in rows.order_by("starts", "pk")
    ]
    until = now + AHEAD
    plan = directory.roster([department.pk]).get(department.pk, [])
    away = directory.absences_between(now, until)
    coming = present(turns(plan, start=now, end=until, zone=tz), away)
    here = on_duty(coming, away, now)
    return Roster(
        lines=lines,
        now=list(
            Membership.objects.filter(pk__in=here)
            .select_related("user")
            .order_by("user__sort_key", "pk")
        ),
        following=next((turn for turn in coming if turn.start > now), None),
        gaps=gaps(coming, start=now, end=until) if plan else [],
    )
