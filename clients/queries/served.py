"""The project that a request names, with whose it is and who takes care of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from django.db import connection, models

from clients.models import Client, Project
from people.actors import Actor
from people.models import Department
from servicedesk.lib import prepared
from tenants.scope import current_tenant_id


def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _columns(alias: str, model: type[models.Model]) -> str:
    return ", ".join(f"{alias}.{name}" for name in _names(model))


# Every request is filed by it: by the ORM it costs three times as much. Whom it lets see what
# is the rule of ``visible_to``.
_SERVED: Final = f"""
SELECT {_columns("p", Project)}, {_columns("c", Client)}, {_columns("d", Department)}
FROM clients_project p
JOIN clients_client c ON c.tenant_id = p.tenant_id AND c.id = p.client_id
LEFT JOIN people_department d ON d.tenant_id = p.tenant_id AND d.id = p.department_id
WHERE p.tenant_id = %s AND p.id = %s AND p.is_active AND (%s OR p.client_id = %s)
"""  # noqa: S608 - the models' own names


def served_project(pk: int, *, actor: Actor) -> Project | None:
    """An active project that the actor may name, its client and department loaded.

    None where there is none of that id, or it is not theirs: for staff all are, for client
    staff those of their organisation.
    """
    theirs = actor.client_id if actor.is_client else None
    rows = prepared.fetch(_SERVED, [current_tenant_id(), pk, actor.is_staff, theirs])
    if not rows:
        return None
    values = iter(rows[0])
    project: Project = _made(Project, values)
    project.client = _made(Client, values)
    department: Department = _made(Department, values)
    if department.pk is not None:
        project.department = department
    return project


def _made(model: type[models.Model], values: Iterator[Any]) -> Any:
    names = _names(model)
    return model.from_db(connection.alias, names, tuple(islice(values, len(names))))
