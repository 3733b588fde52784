"""Lists of tickets: the queue of the staff, the requests of a client, the search."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.utils.translation import gettext as _

from people.roles import Permission, Role
from servicedesk.lib.export import FORMATS, export_response
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tenants.scope import tenant_scope
from tickets.forms.filters import QueueFilterForm, QueueFilterPanel
from tickets.models import Ticket
from tickets.queries import queue as read
from tickets.queries.chips import chips_of
from tickets.queries.export import COLUMNS, export_rows
from tickets.queries.found import search
from tickets.queries.mine import MINE_TABS, mine_counts, select_mine
from tickets.queries.paging import Sort
from tickets.views.context import version_of

#: Query keys that are no filter.
PLAIN = ("tab", "cursor", "as", "view")


@page(Permission.TICKET_INTERNAL)
def queue(request: TenantRequest) -> HttpResponse:
    """What is due next, whose it is, how long is left."""
    form, wanted = _wanted(request)
    tickets = read.select(request.actor, wanted, request.now)
    shown = read.read_page(
        tickets, wanted.order, cursor=request.GET.get("cursor", ""), now=request.now
    )
    context = {
        "shown": shown,
        "tab": read.TABS[wanted.tab],
        "wanted": wanted,
        "form": form,
        "layout": "cards" if request.GET.get("as") == "cards" else "table",
        "chips": chips_of(wanted, read.names_of(wanted), request.GET),
        "version": version_of(request, "queue"),
        "filter_query": _filter_query(request.GET),
        "tabs": _tabs(request, wanted),
        "may": _may(request),
        **_address(request.GET),
    }
    if request.htmx and request.htmx.target == "queue":
        return render(request, "tickets/_queue.html", context)
    context["views"] = read.saved_views(request.actor)
    return render(request, "tickets/queue.html", context)


def _wanted(request: TenantRequest) -> tuple[QueueFilterForm, read.QueueFilter]:
    """What the address asks the queue for."""
    form = QueueFilterForm(request.GET)
    return form, form.wanted(request.GET.get("tab") or _first_tab(request))


@page(Permission.TICKET_INTERNAL)
def queue_marks(request: TenantRequest) -> JsonResponse:
    """What the page of the queue would show now, for it to say how much is new."""
    _form, wanted = _wanted(request)
    tickets = read.select(request.actor, wanted, request.now)
    return _marks(request, tickets, wanted.order)


def _marks(
    request: TenantRequest, tickets: QuerySet[Ticket], sort: Sort
) -> JsonResponse:
    cursor = request.GET.get("cursor", "")
    return JsonResponse({"marks": read.read_marks(tickets, sort, cursor=cursor)})


def _may(request: TenantRequest) -> dict[str, bool]:
    """Which of the list's buttons are for this person."""
    may = request.actor.may
    return {
        "assign": may(Permission.TICKET_ASSIGN),
        "work": may(Permission.TICKET_WORK),
        "dispatch": may(Permission.WORK_DISPATCH),
        "behalf": may(Permission.TICKET_BEHALF),
    }


def _first_tab(request: TenantRequest) -> str:
    return "mine" if request.actor.role == Role.ENGINEER else read.DEFAULT_TAB


def _tabs(request: TenantRequest, wanted: read.QueueFilter) -> list[read.ShownTab]:
    counts = read.tab_counts(request.actor, request.now)
    kept = _without(request.GET, "tab", "cursor", "sort", "view")
    return [
        read.ShownTab(
            label=tab.label,
            url="?" + urlencode({"tab": tab.key, **kept}, doseq=True),
            active=tab.key == wanted.tab,
            icon=tab.icon,
            count=counts.get(tab.key, ""),
            tone=tab.tone if counts.get(tab.key) else "",
        )
        for tab in read.TABS.values()
    ]


def _without(data: QueryDict, *names: str) -> dict[str, list[str]]:
    return {
        key: values for key, values in data.lists() if key not in names and any(values)
    }


def _address(data: QueryDict) -> dict[str, Any]:
    """The address as links and forms of the page carry it on.

    A template asks a QueryDict for ``?lists=`` before it asks for the method of that name.
    """
    kept = [(k, values) for k, values in data.lists() if k not in {"q", "cursor"}]
    return {"query": data.urlencode(), "kept": kept}


def _filter_query(data: QueryDict) -> str:
    """The address of the list as a saved view keeps it."""
    return urlencode(_without(data, "cursor", "view"), doseq=True)


@page(Permission.TICKET_INTERNAL)
def queue_filters(request: TenantRequest) -> HttpResponse:
    """All filters to choose from; fetched when they are opened."""
    form = QueueFilterPanel(request.GET or None, actor=request.actor)
    form.is_valid()
    kept = [(key, request.GET[key]) for key in PLAIN[:1] if key in request.GET]
    name = "_filters" if request.htmx else "filters"
    return render(request, f"tickets/{name}.html", {"form": form, "kept": kept})


@page(Permission.TICKET_FILE)
def mine(request: TenantRequest) -> HttpResponse:
    """A client's requests; for the client manager all of the organisation's."""
    tab, words = _mine_wanted(request)
    tickets = select_mine(request.actor, tab=tab, words=words)
    sort = MINE_TABS[tab].sort
    shown = read.read_page(
        tickets, sort, cursor=request.GET.get("cursor", ""), now=request.now
    )
    topic = f"client:{request.actor.client_id}"
    context = {"shown": shown, "tab": tab, "words": words, "topic": topic}
    context["version"] = version_of(request, topic)
    context |= {"tabs": _mine_tabs(request, tab), **_address(request.GET)}
    if request.htmx and request.htmx.target == "mine":
        return render(request, "tickets/_mine.html", context)
    return render(request, "tickets/mine.html", context)


@page(Permission.TICKET_FILE)
def mine_marks(request: TenantRequest) -> JsonResponse:
    """What a client's list would show now, for the page to say how much is new."""
    tab, words = _mine_wanted(request)
    tickets = select_mine(request.actor, tab=tab, words=words)
    return _marks(request, tickets, MINE_TABS[tab].sort)


def _mine_wanted(request: TenantRequest) -> tuple[str, str]:
    """Tab and words that the address asks a client's list for."""
    tab = request.GET.get("tab", "open")
    words = request.GET.get("q", "").strip()[:200]
    return tab if tab in MINE_TABS else "open", words


def _mine_tabs(request: TenantRequest, active: str) -> list[read.ShownTab]:
    counts = mine_counts(request.actor)
    return [
        read.ShownTab(
            label=tab.label,
            url="?" + urlencode({"tab": key}),
            active=key == active,
            count=counts.get(key, ""),
            tone=tab.tone if counts.get(key) else "",
        )
        for key, tab in MINE_TABS.items()
    ]


@page(Permission.TICKET_READ)
def find_tickets(request: TenantRequest) -> HttpResponse:
    """Full-text search in everything that the person may see."""
    words = request.GET.get("q", "").strip()[:200]
    found = search(
        request.actor,
        words,
        order=request.GET.get("order", ""),
        now=request.now,
    )
    name = "_search" if request.htmx and request.htmx.target == "found" else "search"
    context = {"words": words, "found": found}
    return render(request, f"tickets/{name}.html", context)


@page(Permission.EXPORT)
def export(request: TenantRequest, format: str) -> HttpResponseBase:  # noqa: A002
    """The list as it is narrowed now, as a file."""
    if format not in FORMATS:
        raise Http404
    actor, now = request.actor, request.now
    if actor.is_client:
        tab, words = _mine_wanted(request)
        tickets = select_mine(actor, tab=tab, words=words)
    else:
        _form, wanted = _wanted(request)
        tickets = read.select(actor, wanted, now).order_by(*wanted.order.whole())

    def rows() -> Iterator[list[Any]]:
        return export_rows(tickets, actor, now)

    return export_response(
        name=_("Tickets"),
        columns=[column.label for column in COLUMNS if column.shown_to(actor)],
        rows=rows,
        format=format,
        scope=partial(tenant_scope, actor.tenant_id),
    )
