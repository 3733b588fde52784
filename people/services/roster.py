"""The duty roster 值班表 of a department, and what its people know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import changes, record
from people.actors import Actor
from people.models import Department, Membership, Shift, ShiftMember, Skill
from people.roles import STAFF_ROLES, Permission, Role
from people.services.rights import hold_people, manages
from servicedesk.lib.errors import NotPermitted, ServiceError
from servicedesk.lib.text import one_line

MOST_SHIFTS: Final = 50
MOST_SKILLS: Final = 40


def may_roster(actor: Actor, department: Department) -> bool:
    """Whether somebody writes a department's roster: administrator, or who leads it."""
    if actor.may(Permission.PEOPLE_MANAGE) or actor.role == Role.GENERAL_MANAGER:
        return True
    leads = actor.role == Role.DEPARTMENT_MANAGER
    return leads and department.pk in actor.departments


@transaction.atomic
def save_shift(
    *,
    actor: Actor,
    now: datetime,
    department: Department,
    name: str,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    from_on: date,
    members: Collection[Membership],
    until_on: date | None = None,
    shift: Shift | None = None,
) -> Shift:
    """Write a line of the roster, or change one.

    Raises ServiceError with the field at fault: ``name_missing``, ``nobody``, ``no_day``,
    ``period_order``, ``not_here``, ``too_many``.
    """
    _need(actor, department)
    hold_people(actor)
    _check(department, members, weekdays, from_on=from_on, until_on=until_on)
    row = shift or Shift(department=department)
    before = _state(row) if shift else {}
    if shift is None and department.shifts.count() >= MOST_SHIFTS:
        raise ServiceError("too_many", _("A roster has fifty lines at most."))
    row.name = _name(name)
    row.weekdays = sorted(set(weekdays))
    row.starts, row.ends = starts, ends
    row.from_on, row.until_on = from_on, until_on
    row.save()
    ShiftMember.objects.filter(shift=row).delete()
    ShiftMember.objects.bulk_create(
        ShiftMember(shift=row, membership=one) for one in members
    )
    verb = "shift.changed" if shift else "shift.created"
    data: dict[str, Any] = changes(before, _state(row))
    data["department"] = department.name
    record(actor=actor, now=now, verb=verb, target=row, data=data)
    return row


def _check(
    department: Department,
    members: Collection[Membership],
    weekdays: Collection[int],
    *,
    from_on: date,
    until_on: date | None,
) -> None:
    if not weekdays:
        raise ServiceError("no_day", _("Choose at least one day."), field="weekdays")
    if not members:
        raise ServiceError("nobody", _("Say who is on duty."), field="members")
    if until_on is not None and until_on < from_on:
        raise ServiceError(
            "period_order",
            _("The last day can't lie before the first."),
            field="until_on",
        )
    for one in members:
        if one.department_id != department.pk or not one.is_active:
            raise ServiceError(
                "not_here",
                _("%(name)s does not belong to this department.") % {"name": one},
                field="members",
            )


def _name(name: str) -> str:
    text = one_line(name)
    if not text or len(text) > 40:
        raise ServiceError(
            "name_missing", _("Give it a name of at most 40 characters."), field="name"
        )
    return text


def _state(row: Shift) -> dict[str, Any]:
    names = row.members.order_by("membership__user__name").values_list(
        "membership__user__name", flat=True
    )
    return {
        "name": row.name,
        "weekdays": ",".join(str(day) for day in row.weekdays),
        "starts": f"{row.starts:%H:%M}",
        "ends": f"{row.ends:%H:%M}",
        "from_on": row.from_on.isoformat(),
        "until_on": row.until_on.isoformat() if row.until_on else "",
        "members": ", ".join(names),
    }


@transaction.atomic
def remove_shift(*, actor: Actor, now: datetime, shift: Shift) -> None:
    """Take a line out of the roster."""
    _need(actor, shift.department)
    before = _state(shift)
    data: dict[str, Any] = changes(before, dict.fromkeys(before, ""))
    data["department"] = shift.department.name
    record(actor=actor, now=now, verb="shift.removed", target=shift, data=data)
    shift.delete()


def _need(actor: Actor, department: Department) -> None:
    if not may_roster(actor, department):
        raise NotPermitted("not_permitted", _("Your role does not allow this."))


@transaction.atomic
def set_skills(
    *, actor: Actor, now: datetime, membership: Membership, categories: Collection[str]
) -> list[str]:
    """Say which categories of equipment somebody knows; returns them in order.

    Raises ``too_long``, ``too_many``, ``not_staff``.
    """
    if not manages(actor, membership):
        raise NotPermitted("not_permitted", _("Your role does not allow this."))
    if membership.role not in STAFF_ROLES:
        raise ServiceError("not_staff", _("Only colleagues have skills here."))
    wanted = {text.casefold(): text for raw in categories if (text := one_line(raw))}
    if len(wanted) > MOST_SKILLS:
        raise ServiceError("too_many", _("Forty skills at most."), field="categories")
    if any(len(text) > 60 for text in wanted.values()):
        raise ServiceError(
            "too_long",
            _("A category has 60 characters at most."),
            field="categories",
        )
    before = sorted(membership.skills.values_list("category", flat=True))
    after = sorted(wanted.values())
    if before != after:
        membership.skills.all().delete()
        Skill.objects.bulk_create(
            Skill(membership=membership, category=text) for text in after
        )
        data = changes({"skills": ", ".join(before)}, {"skills": ", ".join(after)})
        record(
            actor=actor, now=now, verb="skills.changed", target=membership, data=data
        )
    return after
