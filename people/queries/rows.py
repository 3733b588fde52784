"""Members with all that a list or page shows of them, in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from people.actors import Actor
from people.models import Absence, Department, Invitation, Membership, Shift
from servicedesk.lib.paging import Sort

SORTS = {
    "name": Sort(("user__sort_key",)),
    "-name": Sort(("user__sort_key",), descending=True),
    "role": Sort(("role", "user__sort_key")),
    "-role": Sort(("role", "user__sort_key"), descending=True),
}


def members(actor: Actor, *, now: datetime) -> QuerySet[Any]:
    """Whom the actor may see, with department, deputy, presence, invitation, factor."""
    away = Absence.objects.filter(
        membership=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now
    )
    invitations = Invitation.objects.filter(membership=OuterRef("pk")).order_by("-pk")
    open_invitation = invitations.filter(accepted_at=None, revoked_at=None)
    factor = Authenticator.objects.filter(user_id=OuterRef("user_id"))
    return (
        Membership.objects.visible_to(actor)
        .select_related("user", "department", "deputy__user")
        .annotate(
            away_until=Subquery(away.order_by("-ends_at").values("ends_at")[:1]),
            invited_name=Subquery(invitations.values("name")[:1]),
            invitation_until=Subquery(open_invitation.values("expires_at")[:1]),
            has_factor=Exists(factor),
        )
    )


def departments(actor: Actor) -> QuerySet[Any]:
    """Departments with their manager and second line, and whether they have a roster."""
    shifts = Shift.objects.filter(department=OuterRef("pk"))
    return (
        Department.objects.visible_to(actor)
        .annotate(has_roster=Exists(shifts))
        .select_related("manager__user", "second_line")
        .order_by(F("is_active").desc(), "name")
    )


def headcounts() -> dict[int, int]:
    """How many active colleagues each department has."""
    counts: dict[int, int] = {}
    found = Membership.objects.active().exclude(department=None)
    for pk in found.values_list("department_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return counts


def coming_absences(membership: Membership, *, now: datetime) -> QuerySet[Absence]:
    """When somebody is or will be away, the nearest first."""
    found = Absence.objects.filter(membership=membership, ends_at__gt=now)
    return found.order_by("starts_at", "pk")


def stood_in_by(membership: Membership) -> QuerySet[Membership]:
    """Colleagues for whom somebody stands in."""
    found = Membership.objects.active().filter(deputy=membership)
    return found.select_related("user").order_by("user__sort_key", "pk")


def led_departments(membership: Membership) -> QuerySet[Department]:
    """The open departments that somebody leads."""
    return Department.objects.active().filter(manager=membership).order_by("name")


def by_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Narrowed to who is here (or was invited), only invited, deactivated, or all."""
    waiting = Q(is_active=False, accepted_at=None, invitation_until__isnull=False)
    if state == "active":
        return rows.filter(Q(is_active=True) | waiting)
    if state == "invited":
        return rows.filter(waiting)
    if state == "ended":
        return rows.filter(is_active=False).exclude(waiting)
    return rows
