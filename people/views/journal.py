"""The journal: who did what to what, when, from where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from activity.models import Entry
from activity.queries import journal_page
from activity.words import DETAILS, VIAS, say
from people.forms.journal import JournalFilter
from people.roles import Permission, Role
from people.views.parts import export
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page

ROLES: dict[str, Any] = dict(Role.choices)


@page(Permission.JOURNAL_READ)
def journal(request: TenantRequest) -> HttpResponseBase:
    """The lines that the address asks for, newest first; also as a file."""
    narrowing = JournalFilter(request.GET)
    found = narrowing.narrow(Entry.objects.all())
    if "export" in request.GET:
        return _export(request, found.order_by("-at", "-id"))
    listed = journal_page(found, cursor=request.GET.get("cursor", ""))
    context = {
        "filter": narrowing,
        "lines": [line(entry) for entry in listed.rows],
        "next": listed.next,
        "previous": listed.previous,
    }
    return render(request, "activity/journal.html", context)


def line(entry: Entry) -> dict[str, Any]:
    """One line as the page shows it."""
    return {
        "entry": entry,
        "what": say(entry.verb),
        "via": VIAS.get(entry.via, entry.via),
        "changes": _changes(entry.data),
    }


def _changes(data: dict[str, Any]) -> list[tuple[Any, str, str | None]]:
    """(detail, before, after); a value that is no change stands alone as (detail, value)."""
    found: list[tuple[Any, str, str | None]] = []
    for name, value in data.items():
        word = DETAILS.get(name, name.replace("_", " "))
        if isinstance(value, list) and len(value) == 2:
            before, after = (_plain(name, part) for part in value)
            found.append((word, before, after))
        elif isinstance(value, list):
            found.append((word, ", ".join(map(str, value)), None))
        else:
            found.append((word, _plain(name, value), None))
    return found


def _plain(name: str, value: Any) -> str:
    return str(ROLES.get(str(value), value)) if name == "role" else str(value)


def _export(request: TenantRequest, found: Any) -> HttpResponseBase:
    columns = [_("Time"), _("Who"), _("What"), _("About"), _("How"), _("Address")]
    columns += [_("Details"), _("Verb")]

    def lines() -> Iterator[list[Any]]:
        for entry in found.iterator(chunk_size=500):
            details = "; ".join(
                f"{name}: {before}" + (f" → {after}" if after is not None else "")
                for name, before, after in _changes(entry.data)
            )
            yield [
                entry.at,
                entry.actor_label,
                say(entry.verb),
                entry.object_label,
                VIAS.get(entry.via, entry.via),
                entry.address or "",
                details,
                entry.verb,
            ]

    return export(request, name=_("Journal"), columns=columns, rows=lines)
