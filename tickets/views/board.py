"""The dispatch board: who does what when, and what nobody has yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from people.roles import Permission
from servicedesk.lib.forms import FIRST_YEAR, LAST_YEAR
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets.queries.board import read_board
from tickets.views.context import version_of


@page(Permission.WORK_DISPATCH)
def board(request: TenantRequest) -> HttpResponse:
    """A day of the engineers, with the jobs that wait beside it; the part alone for htmx."""
    asked = _asked(request)
    shown = read_board(request.actor, request.now, **asked)
    query = request.GET.copy()
    for name in set(query) - {"day", "department", "hours"}:
        del query[name]
    address = reverse("tickets:board")
    context = {
        "board": shown,
        "version": version_of(request, "queue"),
        "board_url": f"{address}?{query.urlencode()}" if query else address,
    }
    name = "_board" if request.htmx else "board"
    return render(request, f"tickets/board/{name}.html", context)


def _asked(request: TenantRequest) -> dict[str, Any]:
    """What the address asks for; what can't be read is as if it were not there."""
    return {
        "day": _day(request.GET.get("day", "")),
        "department": _number(request.GET.get("department", "")),
        "whole": request.GET.get("hours") == "all",
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR < day.year < LAST_YEAR else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
