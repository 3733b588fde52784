"""The pages that every kind of record has: list, one, new, change, in and out of use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from clients.kinds import KINDS, Kind
from clients.models import Client
from clients.queries.related import related_to
from clients.queries.search import matching
from clients.queries.versions import versions_of
from clients.services import check_unchanged, version_of
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.export import FORMATS, export_response
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.paging import paginate
from tenants.scope import tenant_scope

View = Callable[..., HttpResponseBase]
CHOICES = 30


def list_view(kind: Kind) -> View:
    """The list, searched and narrowed by its address; also as a file."""

    @page(Permission.CLIENT_READ)
    def view(request: TenantRequest) -> HttpResponseBase:
        narrowing = kind.filter(request.GET)
        rows = narrowing.narrow(kind.rows(request.actor))
        wanted = request.GET.get("sort", "")
        key = wanted if wanted in kind.sorts else next(iter(kind.sorts))
        if "export" in request.GET:
            return _export(request, kind, rows.order_by(*kind.sorts[key].order()))
        found = paginate(
            rows, sort=kind.sorts[key], cursor=request.GET.get("cursor", "")
        )
        context = {
            **kind.page,
            "lists": _lists(kind),
            "filter": narrowing,
            "page": found,
            "client": _client_of(request) if kind.of_client else None,
            "may_manage": request.actor.may(Permission.CLIENT_MANAGE),
        }
        return render(request, "clients/list.html", context)

    return view


def detail_view(kind: Kind) -> View:
    """One record with what belongs to it and how it came to be so."""

    @page(Permission.CLIENT_READ)
    def view(request: TenantRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(kind.rows(request.actor), pk=pk)
        client = row.client if kind.of_client else row
        context = {
            **kind.page,
            "row": row,
            "client": client,
            "of_client": f"?client={client.pk}",
            "of_record": f"?client={client.pk}&{kind.key}={pk}",
            "versions": versions_of(row),
            "may_manage": request.actor.may(Permission.CLIENT_MANAGE),
            **related_to(row, actor=request.actor, now=request.now),
        }
        return render(request, f"clients/{kind.key}.html", context)

    return view


def create_view(kind: Kind) -> View:
    """A new record; what belongs to a client organisation asks for that first."""

    @page(Permission.CLIENT_MANAGE, methods=("GET", "POST"))
    def view(request: TenantRequest) -> HttpResponse:
        client = _client_of(request) if kind.of_client else None
        if kind.of_client and client is None:
            return _choose_client(request, kind)
        if client is not None and not client.is_active:
            raise Http404
        form = kind.form(
            request.POST or None, client=client, initial=_given(request, kind)
        )
        owner = {"client": client} if kind.of_client else {}
        if form.is_valid():
            call = partial(kind.create, actor=request.actor, now=request.now)
            row = run(form, lambda: call(**owner, **form.cleaned_data))
            if row is not None:
                messages.success(request, _("%(name)s was entered.") % {"name": row})
                again = "again" in request.POST
                return redirect(
                    request.get_full_path() if again else _url(kind, row.pk)
                )
        context = {**kind.page, "form": form, "client": client}
        return render(request, "clients/form.html", context, status=status_of(form))

    return view


def edit_view(kind: Kind) -> View:
    """Change a record."""

    @page(Permission.CLIENT_MANAGE, methods=("GET", "POST"))
    def view(request: TenantRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(kind.rows(request.actor), pk=pk)
        client = row.client if kind.of_client else None
        name = str(row)
        form = kind.form(request.POST or None, instance=row, client=client)
        if form.is_valid():
            target = kind.target(row)
            call = partial(kind.change, actor=request.actor, now=request.now, **target)
            if (
                run(form, lambda: _unless_changed(request, row, call=call, form=form))
                is not None
            ):
                messages.success(request, _("Saved."))
                return redirect(_url(kind, pk))
        context = {**kind.page, "form": form, "client": client, "pk": pk, "name": name}
        context["seen"] = version_of(row)
        return render(request, "clients/form.html", context, status=status_of(form))

    return view


def use_view(kind: Kind, *, back_into_use: bool) -> View:
    """Take a record out of use, or back into it. Asked once, on its page."""
    verb = kind.reactivate if back_into_use else kind.deactivate

    @page(Permission.CLIENT_MANAGE, methods=("POST",))
    def view(request: TenantRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(kind.rows(request.actor), pk=pk)
        return call_and_return(
            request,
            lambda: verb(actor=request.actor, now=request.now, **kind.target(row)),
            done=_("Back in use.") if back_into_use else _("Out of use."),
            to=_url(kind, pk),
        )

    return view


def call_and_return(
    request: TenantRequest, call: Callable[[], Any], *, done: str, to: str
) -> HttpResponse:
    """One service call by a button: say what came of it, on the page it came from."""
    try:
        call()
    except ServiceError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, done)
    return redirect(to)


def _unless_changed(
    request: TenantRequest, row: Any, *, call: Callable[..., Any], form: Any
) -> Any:
    """Save, unless somebody else has done so since the form was opened."""
    seen = request.POST.get("seen", "")
    if seen.isascii() and seen.isdigit():
        check_unchanged(row, int(seen[:18]))
    return call(**form.cleaned_data)


def _url(kind: Kind, pk: int) -> str:
    return reverse(kind.detail_url, args=[pk])


def _client_of(request: TenantRequest) -> Client | None:
    """The client organisation that the address names; 404 for one that isn't there."""
    text = request.GET.get("client", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return get_object_or_404(Client.objects.visible_to(request.actor), pk=int(text))


def _given(request: TenantRequest, kind: Kind) -> dict[str, str]:
    """What the page that a new record is entered from knows already."""
    return {
        name: request.GET[name]
        for name in ("project", "site")
        if name in kind.form.base_fields and request.GET.get(name, "").isdigit()
    }


def _lists(kind: Kind) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse(other.list_url),
            "label": other.plural,
            "icon": other.icon,
            "active": other is kind,
        }
        for other in KINDS
    ]


def _choose_client(request: TenantRequest, kind: Kind) -> HttpResponse:
    query = request.GET.get("q", "")[:100]
    clients = matching(Client.objects.visible_to(request.actor).active(), query)
    found = list(clients.order_by("sort_key", "name")[: CHOICES + 1])
    context = {
        **kind.page,
        "q": query,
        "found": found[:CHOICES],
        "more": len(found) > CHOICES,
    }
    return render(request, "clients/choose_client.html", context)


def _export(request: TenantRequest, kind: Kind, rows: Any) -> HttpResponseBase:
    wanted = request.GET["export"]
    if wanted not in FORMATS or not request.actor.may(Permission.EXPORT):
        raise Http404
    return export_response(
        name=f"{kind.plural} {localdate(request.now)}",
        columns=[label for label, _read in kind.columns],
        rows=lambda: (
            [read(row) for _label, read in kind.columns]
            for row in rows.iterator(chunk_size=500)
        ),
        format=wanted,
        scope=partial(tenant_scope, request.actor.tenant_id),
    )
