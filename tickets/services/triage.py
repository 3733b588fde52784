"""Sort a request: project, department, device, kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Equipment, Project
from people.actors import Actor
from people.models import Department
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from sla.services import standards_of, version_for
from tickets import search
from tickets.engine import Case
from tickets.kinds import EventKind
from tickets.models import Ticket
from tickets.rules.facts import FactKind
from tickets.services.base import UNSET, _Unset, acting_on, need, need_text
from tickets.services.escalating import lower, raise_


def triage(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    severity: int | None = None,
    reason: str = "",
    project: Project | _Unset | None = UNSET,
    department: Department | _Unset | None = UNSET,
    equipment: Equipment | _Unset | None = UNSET,
    kind: str | None = None,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """Triage: everything not given stays as it is.

    A change of severity follows rule 3 and needs a reason that the client sees. Setting the
    project re-derives the open clocks from their start under its standard; so does finding
    that a fault is planned work, which needs a reason too, or the other way round.
    """
    need(actor, Permission.TICKET_WORK)
    with acting_on(
        ticket, verb="triage", actor=actor, now=now, version=version
    ) as case:
        changed: dict[str, Any] = {}
        if not isinstance(project, _Unset):
            _set_project(case, project, changed, actor=actor, now=now)
        if not isinstance(equipment, _Unset):
            _set_equipment(case, equipment, changed)
        if not isinstance(department, _Unset):
            _set_department(case, department, changed)
        if kind is not None:
            _set_kind(case, kind, changed, reason=reason, actor=actor, now=now)
        if severity is not None and severity > case.ticket.severity:
            raise_(case, to=severity, reason=reason, actor=actor, now=now)
        elif severity is not None and severity < case.ticket.severity:
            lower(case, to=severity, reason=reason, actor=actor, now=now)
        case.record(
            EventKind.TRIAGED, actor=actor, now=now, data=changed, body=note.strip()
        )
    search.index(ticket)
    return ticket


def _set_project(
    case: Case,
    project: Project | None,
    changed: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    ticket = case.ticket
    if ticket.project_id == (project.pk if project else None):
        return
    if project is not None and project.client_id != ticket.client_id:
        raise ServiceError("unknown", _("Choose one of the list."), field="project")
    changed["project"] = [str(ticket.project or ""), str(project or "")]
    ticket.project = project
    if project is not None and project.department_id is not None:
        ticket.department_id = project.department_id
    version = version_for(project=project, at=ticket.received_at)
    if version.pk != ticket.standard_version_id:
        case.standards = {**case.standards, **standards_of([version.pk])}
        ticket.standard_version_id = version.pk
        data = {"standard": version.pk}
        case.record(FactKind.PROJECT_CHANGED, actor=actor, now=now, data=data)


def _set_kind(
    case: Case,
    kind: str,
    changed: dict[str, Any],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """A fault becomes planned work, or the other way round; what is missed stays missed."""
    ticket = case.ticket
    if kind == ticket.kind:
        return
    if kind not in Ticket.Kind.values:
        raise ServiceError("unknown", _("Choose one of the list."), field="kind")
    if kind == Ticket.Kind.PLANNED:
        reason = need_text(reason, field="reason")
    changed["kind"] = [ticket.kind, kind]
    case.record(
        FactKind.KIND_CHANGED,
        actor=actor,
        now=now,
        body=reason.strip(),
        data={"kind": kind, "from": ticket.kind},
    )
    ticket.kind = kind


def _set_equipment(
    case: Case, equipment: Equipment | None, changed: dict[str, Any]
) -> None:
    ticket = case.ticket
    if ticket.equipment_id == (equipment.pk if equipment else None):
        return
    if equipment is not None and equipment.client_id != ticket.client_id:
        raise ServiceError("unknown", _("Choose one of the list."), field="equipment")
    changed["equipment"] = [str(ticket.equipment or ""), str(equipment or "")]
    ticket.equipment = equipment


def _set_department(
    case: Case, department: Department | None, changed: dict[str, Any]
) -> None:
    ticket = case.ticket
    if ticket.department_id == (department.pk if department else None):
        return
    changed["department"] = [str(ticket.department or ""), str(department or "")]
    ticket.department = department
