"""Projects: what was delivered under a contract, and under which promise it is served."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Project
from clients.services.records import UNKNOWN, check_served, locked, set_active, store
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Permission, permissions_of
from servicedesk.lib.errors import ServiceError
from sla.models import ServiceStandard, StandardVersion


class ProjectValues(TypedDict, total=False):
    """What can be said of a project; ``name`` is needed for a new one.

    Without a standard the tenant's default holds; pinning a version is the exception.
    """

    name: str
    contract_number: str
    accepted_on: date | None
    standard: ServiceStandard | None
    pinned_version: StandardVersion | None
    department: Department | None
    engineer: Membership | None


@transaction.atomic
def create_project(
    *, actor: Actor, now: datetime, client: Client, **values: Unpack[ProjectValues]
) -> Project:
    """Register a project of a client.

    Raises ServiceError("invalid", "taken", "unknown", "other_standard", "no_engineer",
    "client_out_of_use").
    """
    check_served(client)
    project = Project(client=client)
    _check(project, values)
    return store(
        project, {"name": "", **values}, actor=actor, now=now, verb="project.created"
    )


@transaction.atomic
def change_project(
    *, actor: Actor, now: datetime, project: Project, **values: Unpack[ProjectValues]
) -> Project:
    """Change what is given, nothing else. Tickets keep the version they were received under.

    Raises as :func:`create_project`.
    """
    row = locked(project)
    _check(row, values)
    return store(row, values, actor=actor, now=now, verb="project.changed")


@transaction.atomic
def deactivate_project(*, actor: Actor, now: datetime, project: Project) -> Project:
    """Take a project out of use: no new tickets; what there is goes on."""
    return set_active(
        project, actor=actor, now=now, active=False, verb="project.deactivated"
    )


@transaction.atomic
def reactivate_project(*, actor: Actor, now: datetime, project: Project) -> Project:
    """Serve a project again."""
    return set_active(
        project, actor=actor, now=now, active=True, verb="project.reactivated"
    )


def can_be_engineer(person: Membership) -> bool:
    """Whether somebody may be a project's dedicated engineer (一对一专人工程师 [A])."""
    return person.is_active and Permission.TICKET_WORK in permissions_of(person.role)


def _check(project: Project, values: ProjectValues) -> None:
    standard = values.get("standard", project.standard)
    pinned = values.get("pinned_version", project.pinned_version)
    if pinned is not None and (standard is None or pinned.standard_id != standard.pk):
        raise ServiceError(
            "other_standard",
            _("This version is of another standard: choose one of the project's own."),
            field="pinned_version",
        )
    engineer = values.get("engineer")
    if engineer is not None and engineer.pk != project.engineer_id:
        _check_engineer(engineer)
    department = values.get("department")
    if department is not None and department.pk != project.department_id:
        _check_department(department)


def _check_engineer(engineer: Membership) -> None:
    if not can_be_engineer(engineer):
        raise ServiceError(
            "no_engineer",
            _("This person cannot work on tickets: choose somebody else."),
            field="engineer",
        )


def _check_department(department: Department) -> None:
    if not department.is_active:
        raise ServiceError("unknown", UNKNOWN, field="department")
