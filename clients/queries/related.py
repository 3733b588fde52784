"""What belongs to a record, for its page: the first few, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, QuerySet

from clients.models import Client, Project, Site
from clients.queries import rows
from people.actors import Actor
from servicedesk.lib.errors import ServiceError
from sla.models import StandardVersion
from sla.services import version_for

SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Few:
    """The first few rows of a list, and how many it has."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> bool:
        """Whether there are others."""
        return self.total > len(self.rows)


def related_to(row: Model, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """By kind of record: what its page shows beside its own fields."""
    gather = _GATHER.get(type(row))
    return gather(row, actor, now) if gather else {}


def _few(found: QuerySet[Any], *order: str) -> Few:
    taken = list(found.filter(is_active=True).order_by(*order)[: SHOWN + 1])
    if len(taken) <= SHOWN:
        return Few(taken, len(taken))
    return Few(taken[:SHOWN], found.filter(is_active=True).count())


def _of_client(client: Any, actor: Actor, _now: datetime) -> dict[str, Any]:
    mine = {"client_id": client.pk}
    return {
        "projects": _few(rows.projects(actor).filter(**mine), "sort_key", "name"),
        "sites": _few(rows.sites(actor).filter(**mine), "sort_key", "name"),
        "contacts": _few(rows.contacts(actor).filter(**mine), "sort_key", "name"),
        "devices": _few(rows.equipment(actor).filter(**mine), "category", "model"),
    }


def _of_site(site: Any, actor: Actor, _now: datetime) -> dict[str, Any]:
    mine = {"site_id": site.pk}
    return {
        "contacts": _few(rows.contacts(actor).filter(**mine), "sort_key", "name"),
        "devices": _few(rows.equipment(actor).filter(**mine), "category", "model"),
    }


def _of_project(project: Any, actor: Actor, now: datetime) -> dict[str, Any]:
    mine = {"project_id": project.pk}
    return {
        "version": promise_of(project, now),
        "devices": _few(rows.equipment(actor).filter(**mine), "category", "model"),
    }


def promise_of(project: Project, now: datetime) -> StandardVersion | None:
    """The version that a ticket of a project would be received under now."""
    try:
        return version_for(project=project, at=now)
    except ServiceError:
        return None


_GATHER: dict[type[Model], Callable[[Any, Actor, datetime], dict[str, Any]]] = {
    Client: _of_client,
    Site: _of_site,
    Project: _of_project,
}
