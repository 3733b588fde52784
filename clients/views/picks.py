"""Quick searches for forms that need a client, contact, project or device.

Each answers ``?q=`` with {"results": [{"id", "name", "detail"}], "more": bool}, which
``static/js/pick.js`` offers. A contact brings its organisation along in ``sets``: {field:
[id, name]}. What the person may not see is not found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import JsonResponse

from clients.models import Client, Contact, Equipment, Project
from clients.queries.search import matching
from people.roles import Permission
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page

SHOWN = 12
#: Query key → field: what the form has chosen already narrows the search.
WITHIN = {"client": "client_id", "project": "project_id", "site": "site_id"}


@dataclass(frozen=True, slots=True)
class Pick:
    """One row to choose from."""

    pk: int
    name: str
    detail: str
    sets: dict[str, tuple[int, str]] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it is sent; ``sets`` only where there is something to set."""
        row: dict[str, Any] = {"id": self.pk, "name": self.name, "detail": self.detail}
        return row | ({"sets": self.sets} if self.sets else {})


@page(Permission.CLIENT_READ)
def pick_client(request: TenantRequest) -> JsonResponse:
    """Client organisations by name, code, phone or pinyin."""
    found = Client.objects.visible_to(request.actor).active().order_by("sort_key", "pk")
    return _answer(request, found, lambda row: Pick(row.pk, row.name, row.code))


@page(Permission.TICKET_READ)
def pick_contact(request: TenantRequest) -> JsonResponse:
    """Contacts by name, phone or client; ``?client=`` narrows. Clients find them by name."""
    found = Contact.objects.visible_to(request.actor).select_related("client")
    found = _within(request, found, "client", "site").order_by("sort_key", "pk")

    def pick(row: Any) -> Pick:
        whose = {"client": (row.client_id, row.client.name)}
        # A client's people see who their colleagues are, not how to reach them.
        phone = "" if request.actor.is_client else row.phone
        return Pick(row.pk, row.name, _join(phone, row.client.name), whose)

    return _answer(request, found, pick)


@page(Permission.TICKET_READ)
def pick_project(request: TenantRequest) -> JsonResponse:
    """Projects by name, contract number or client; ``?client=`` narrows."""
    found = Project.objects.visible_to(request.actor).select_related("client")
    found = _within(request, found, "client").order_by("sort_key", "pk")

    def pick(row: Any) -> Pick:
        return Pick(row.pk, row.name, _join(row.contract_number, row.client.name))

    return _answer(request, found, pick)


@page(Permission.TICKET_READ)
def pick_equipment(request: TenantRequest) -> JsonResponse:
    """Devices by serial number, model or place; ``?client=``, ``?project=`` narrow."""
    found = Equipment.objects.visible_to(request.actor).select_related("site")
    found = _within(request, found, "client", "project", "site")
    found = found.order_by("category", "model", "pk")

    def pick(row: Any) -> Pick:
        name = _join(row.category, row.model)
        site = row.site.name if row.site else ""
        return Pick(row.pk, name, _join(row.serial_number, site, row.location))

    return _answer(request, found, pick)


def _within(request: TenantRequest, found: Any, *keys: str) -> Any:
    """Narrowed by what is chosen already; an id that is none finds nothing."""
    found = found.filter(is_active=True, client__is_active=True)
    for key in keys:
        text = request.GET.get(key, "")
        if not text:
            continue
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            return found.none()
        found = found.filter(**{WITHIN[key]: int(text)})
    return found


def _answer(
    request: TenantRequest, found: QuerySet[Any], pick: Callable[[Any], Pick]
) -> JsonResponse:
    query = request.GET.get("q", "")[:100]
    rows = list(matching(found, query, actor=request.actor)[: SHOWN + 1])
    results = [pick(row).as_dict() for row in rows[:SHOWN]]
    return JsonResponse({"results": results, "more": len(rows) > SHOWN})


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
