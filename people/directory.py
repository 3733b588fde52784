"""The people of the open tenant, loaded once for a batch of escalations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache

from django.db.models import Q

from people.models import Absence, Department, Membership, Shift, ShiftMember
from people.roles import STAFF_ROLES, Role
from people.rota import ShiftLine
from people.rules import Away, Colleague, Staffing


def later(*, now: datetime) -> Callable[[], Staffing]:
    """What :func:`load` gives, asked for when somebody is to be told, and once."""
    return cache(lambda: load(now=now))


def load(*, now: datetime, since: datetime | None = None) -> Staffing:
    """Everybody who can be told, in three queries, whatever the size of the batch.

    Absences are known from ``since`` (default: ``now``) on; ask for no earlier instant.
    Needs an open tenant scope.
    """
    roles = STAFF_ROLES - {Role.OBSERVER}
    people = Membership.objects.filter(role__in=roles).order_by("pk")
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    colleagues = [
        Colleague(*row)
        for row in people.filter(unexpired).values_list(
            "pk", "role", "department_id", "deputy_id", "is_active", "user__name"
        )
    ]
    managers = dict(Department.objects.values_list("pk", "manager_id"))
    absences = [
        Away(*row)
        for row in Absence.objects.filter(ends_at__gt=since or now).values_list(
            "membership_id", "starts_at", "ends_at"
        )
    ]
    return Staffing(colleagues, managers, absences)


def roster(departments: Collection[int] | None = None) -> dict[int, list[ShiftLine]]:
    """The lines of the duty rosters, by department (all, or the given); two queries."""
    shifts = Shift.objects.order_by("starts", "pk")
    if departments is not None:
        shifts = shifts.filter(department_id__in=departments)
    rows = list(shifts)
    people: dict[int, set[int]] = defaultdict(set)
    members = ShiftMember.objects.filter(
        shift_id__in=[row.pk for row in rows], membership__is_active=True
    )
    for shift, member in members.values_list("shift_id", "membership_id"):
        people[shift].add(member)
    found: dict[int, list[ShiftLine]] = defaultdict(list)
    for row in rows:
        line = ShiftLine(
            key=row.pk,
            name=row.name,
            weekdays=frozenset(row.weekdays),
            starts=row.starts,
            ends=row.ends,
            from_on=row.from_on,
            until_on=row.until_on,
            people=frozenset(people[row.pk]),
        )
        found[row.department_id].append(line)
    return dict(found)


def absences_between(start: datetime, end: datetime) -> list[Away]:
    """Everybody's absences that touch a stretch of time; one query."""
    rows = Absence.objects.filter(starts_at__lt=end, ends_at__gt=start)
    return [
        Away(*row) for row in rows.values_list("membership_id", "starts_at", "ends_at")
    ]
