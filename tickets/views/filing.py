"""Filing a request: by the client, and by the desk for a caller."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from clients.models import Client, Contact
from clients.services import create_contact
from people.roles import Permission
from servicedesk.lib.forms import run
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets import services
from tickets.forms.filing import BehalfForm, FileForm, RequestForm
from tickets.models import Ticket
from tickets.queries.filing import open_requests
from tickets.queries.queue import Row
from tickets.views.base import visible

#: What an address may say already about a request.
PREFILLED = ("project", "equipment", "severity", "title")


@page(Permission.TICKET_FILE, methods=("GET", "POST"))
def file(request: TenantRequest) -> HttpResponse:
    """A client files a request; what is promised is said at once afterwards."""
    before = _continued(request)
    form = FileForm(
        request.POST or None,
        request.FILES or None,
        actor=request.actor,
        now=request.now,
        client=_own_client(request),
        initial=_initial(request.GET, before),
    )
    if request.method == "POST" and form.is_valid():
        ticket = run(form, lambda: _file_own(request, form, before))
        if ticket is not None:
            return _filed(request, ticket)
    return _form(request, form, "file", before=before)


def _file_own(request: TenantRequest, form: FileForm, before: Ticket | None) -> Ticket:
    """In the client's own name, with their own contact on it."""
    return services.file_ticket(
        actor=request.actor,
        now=request.now,
        requester=request.membership,
        contact=_own_contact(request),
        follows_up=before,
        **form.values(),
    )


@page(Permission.TICKET_BEHALF, methods=("GET", "POST"))
def file_behalf(request: TenantRequest) -> HttpResponse:
    """The desk files what a caller says, and what was answered on the phone."""
    form = _behalf_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        ticket = run(form, lambda: _file_for_caller(request, form))
        if ticket is not None:
            return _filed(request, ticket)
    return _form(request, form, "file_behalf", open=_open_of(request, form))


def _file_for_caller(request: TenantRequest, form: BehalfForm) -> Ticket:
    """The caller becomes a contact where they are not one yet; then the request is filed."""
    common: dict[str, Any] = {"actor": request.actor, "now": request.now}
    values = form.values()
    if form.new_contact is not None:
        new = form.new_contact
        values["contact"] = create_contact(
            **common, client=values["client"], name=new["name"], phone=new["phone"]
        )
    return services.file_ticket(**common, **values)


@page(Permission.TICKET_FILE)
def file_options(request: TenantRequest) -> HttpResponse:
    """What depends on the project: the cards with their promises, and the devices."""
    form = FileForm(
        actor=request.actor,
        now=request.now,
        client=_own_client(request),
        initial=_initial(request.GET),
    )
    return render(request, "tickets/_file_options.html", {"form": form})


@page(Permission.TICKET_BEHALF)
def behalf_options(request: TenantRequest) -> HttpResponse:
    """What depends on the client and the project, while a call is taken."""
    form = _behalf_form(request, None)
    context = {"form": form, "open": _open_of(request, form)}
    return render(request, "tickets/_behalf_answer.html", context)


def _behalf_form(request: TenantRequest, data: QueryDict | None) -> BehalfForm:
    given, actor = data or request.GET, request.actor
    client = _chosen(Client.objects.visible_to(actor), given.get("client"))
    callers = Contact.objects.visible_to(actor).select_related("client")
    contact = _chosen(callers, given.get("contact"))
    if contact is not None and client is None:
        client = contact.client
    initial = _initial(request.GET)
    for name in ("new_name", "new_phone", "symptom"):
        if request.GET.get(name):
            initial[name] = request.GET[name]
    if contact is not None and contact.client_id == client.pk:
        initial |= {"contact": contact.pk, "site": contact.site_id}
    return BehalfForm(
        data,
        request.FILES or None,
        actor=request.actor,
        now=request.now,
        client=client,
        initial=initial,
    )


def _open_of(request: TenantRequest, form: BehalfForm) -> list[Row]:
    """What the caller's organisation has open: perhaps it is about one of these."""
    callers = Contact.objects.visible_to(request.actor)
    contact = _chosen(callers, str(form["contact"].value() or ""))
    return open_requests(
        request.actor, client=form.organisation, contact=contact, now=request.now
    )


def _chosen(queryset: Any, text: str | None) -> Any:
    """A row by what an address says; None for anything that is none."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return queryset.filter(pk=int(text)).first()


def _own_client(request: TenantRequest) -> Client:
    client = Client.objects.visible_to(request.actor).first()
    if client is None:
        raise Http404
    return client


def _own_contact(request: TenantRequest) -> Contact | None:
    own: QuerySet[Any] = Contact.objects.visible_to(request.actor)
    return own.filter(membership_id=request.actor.membership_id).first()


def _continued(request: TenantRequest) -> Ticket | None:
    """The closed ticket that the request goes on from."""
    number = request.POST.get("after") or request.GET.get("after")
    if not number or "\0" in number:
        return None
    return visible(request).filter(number=number[:24]).first()


def _initial(data: QueryDict, before: Ticket | None = None) -> dict[str, Any]:
    initial: dict[str, Any] = {name: data[name] for name in PREFILLED if data.get(name)}
    if before is not None:
        initial |= {
            "project": before.project_id,
            "equipment": before.equipment_id,
            "title": before.title,
        }
    return initial


def _filed(request: TenantRequest, ticket: Ticket) -> HttpResponse:
    target = f"{reverse('tickets:detail', args=[ticket.number])}?filed=1"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _form(
    request: TenantRequest, form: RequestForm, name: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "files_lost": bool(request.FILES) and not request.htmx,
        **more,
    }
    part = f"_{name}_form" if request.htmx and form.is_bound else name
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"tickets/{part}.html", context, status=status)
