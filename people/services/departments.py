"""Departments and their managers."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import changes, record
from people import history
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Permission, Role
from people.services.rights import hold_people, require
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.text import one_line

#: Who can be told as a department's manager.
LEADING = frozenset({Role.DEPARTMENT_MANAGER, Role.GENERAL_MANAGER, Role.ADMINISTRATOR})


@transaction.atomic
def create_department(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    manager: Membership | None = None,
    second_line: Department | None = None,
    places: str = "",
) -> Department:
    """A new department; without a manager it is shown as a fault of set-up.

    ``second_line`` is the department that is called in when this one can't solve something,
    ``places`` what it serves: a site whose address names one of them is near.
    Raises ``name_taken``, ``name_missing``, ``manager_role``, ``second_line``.
    """
    require(actor, Permission.PEOPLE_MANAGE)
    hold_people(actor)
    department = Department(
        name=_free_name(name, None),
        manager=_leading(manager),
        second_line=_other(second_line, None),
        places=_places(places),
    )
    history.save(department, actor, now=now)
    data = changes({}, _state(department))
    record(
        actor=actor, now=now, verb="department.created", target=department, data=data
    )
    return department


@transaction.atomic
def change_department(
    *,
    actor: Actor,
    now: datetime,
    department: Department,
    name: str,
    manager: Membership | None,
    second_line: Department | None,
    places: str,
) -> Department:
    """Rename a department, give it another manager, second line or other places."""
    require(actor, Permission.PEOPLE_MANAGE)
    hold_people(actor)
    department.refresh_from_db()
    before = _state(department)
    department.name = _free_name(name, department)
    department.manager = _leading(manager)
    department.second_line = _other(second_line, department)
    department.places = _places(places)
    after = _state(department)
    if before != after:
        history.save(department, actor, now=now)
        data = changes(before, after)
        record(
            actor=actor,
            now=now,
            verb="department.changed",
            target=department,
            data=data,
        )
    return department


@transaction.atomic
def close_department(*, actor: Actor, now: datetime, department: Department) -> None:
    """Close a department that has no members any more. Raises ``has_members``."""
    require(actor, Permission.PEOPLE_MANAGE)
    hold_people(actor)
    if Membership.objects.active().filter(department=department).exists():
        raise ServiceError(
            "has_members", _("Move its members to another department first.")
        )
    department.refresh_from_db()
    department.is_active = False
    history.save(department, actor, now=now)
    record(actor=actor, now=now, verb="department.closed", target=department)


@transaction.atomic
def reopen_department(*, actor: Actor, now: datetime, department: Department) -> None:
    """Open a closed department again."""
    require(actor, Permission.PEOPLE_MANAGE)
    hold_people(actor)
    department.refresh_from_db()
    department.is_active = True
    history.save(department, actor, now=now)
    record(actor=actor, now=now, verb="department.reopened", target=department)


def _state(department: Department) -> dict[str, str]:
    return {
        "name": department.name,
        "manager": str(department.manager or ""),
        "second_line": str(department.second_line or ""),
    }


def _free_name(name: str, department: Department | None) -> str:
    name = one_line(name)
    if not name or len(name) > 80:
        raise ServiceError(
            "name_missing", _("Give it a name of up to 80 characters."), field="name"
        )
    others = Department.objects.filter(name=name)
    if department is not None:
        others = others.exclude(pk=department.pk)
    if others.exists():
        raise ServiceError(
            "name_taken", _("There is a department of this name."), field="name"
        )
    return name


def _other(
    second_line: Department | None, department: Department | None
) -> Department | None:
    """The department that is called in: another one, and open."""
    if second_line is None:
        return None
    if not second_line.is_active or second_line == department:
        raise ServiceError(
            "second_line",
            _("Only another department that is open."),
            field="second_line",
        )
    return second_line


def _places(text: str) -> str:
    """Places on one line, separated by commas whatever was typed between them."""
    parts = re.split(r"[,，、;；\n]", text)
    found = ", ".join(dict.fromkeys(one for part in parts if (one := one_line(part))))
    if len(found) > 200:
        raise ServiceError(
            "too_long", _("Two hundred characters at most."), field="places"
        )
    return found


def _leading(manager: Membership | None) -> Membership | None:
    if manager is None:
        return None
    if not manager.is_active or manager.role not in LEADING:
        raise ServiceError(
            "manager_role",
            _("Only an active department manager, general manager or administrator."),
            field="manager",
        )
    return manager
