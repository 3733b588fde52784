"""The people of the open tenant, loaded once for a batch of escalations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.db.models import Q

from people.models import Absence, Department, Membership
from people.roles import STAFF_ROLES, Role
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
