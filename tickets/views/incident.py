"""The page of a ticket's incident report: written by us, read and decided by the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.rules import read
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.forms import refuse, run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets.forms.incident import IncidentForm, WordForm
from tickets.models import IncidentReport, Ticket
from tickets.papers.incident import texts
from tickets.rules.incident import possible
from tickets.services import incident as services
from tickets.views.base import find

FIELDS = ("began_at", "ended_at", *services.TEXTS)
SAID: dict[str, Any] = {
    "submit": lambda: _("Submitted. The client is asked for their word."),
    "confirm": lambda: _("Confirmed. Thank you."),
    "send_back": lambda: _("Sent back. We are told what is missing."),
}


@page(Permission.TICKET_READ, methods=("GET", "POST"))
def incident(request: TenantRequest, number: str) -> HttpResponse:
    """Read the report; colleagues write its draft here."""
    ticket = find(request, number, "client")
    report = _report(request, ticket)
    if report is None and not request.actor.may(Permission.TICKET_WORK):
        raise Http404
    if request.method == "POST":
        return _write(request, ticket, report)
    return _show(request, ticket, report, form=_form(report))


def _report(request: TenantRequest, ticket: Ticket) -> IncidentReport | None:
    found = IncidentReport.objects.visible_to(request.actor).filter(ticket_id=ticket.pk)
    report = found.select_related(
        "sheet", "written_by__user", "decided_by__user"
    ).first()
    if report is not None:
        report.ticket = ticket
    return report


def _form(report: IncidentReport | None, data: Any = None) -> IncidentForm:
    initial = {}
    if report is not None:
        initial = {name: getattr(report, name) for name in FIELDS}
    return IncidentForm(data, initial=initial)


def _write(
    request: TenantRequest, ticket: Ticket, report: IncidentReport | None
) -> HttpResponse:
    form = _form(report, request.POST)
    if form.is_valid():
        run(form, lambda: _save(request, ticket, form))
        if form.is_valid():
            if "submit" in request.POST:
                return _act(request, ticket, "submit", form=form)
            messages.success(request, _("The draft is saved. Only colleagues see it."))
            return redirect("tickets:incident", ticket.number)
    return _show(request, ticket, report, form=form)


def _save(request: TenantRequest, ticket: Ticket, form: IncidentForm) -> object:
    return services.write_incident(
        actor=request.actor, now=request.now, ticket=ticket, **form.values()
    )


@page(Permission.TICKET_READ, methods=("POST",))
def incident_act(request: TenantRequest, number: str, verb: str) -> HttpResponse:
    """The client's word: confirmed, or sent back."""
    ticket = find(request, number, "client")
    if verb not in {"confirm", "send_back"} or _report(request, ticket) is None:
        raise Http404
    return _act(request, ticket, verb, form=WordForm(request.POST))


def _act(
    request: TenantRequest, ticket: Ticket, verb: str, *, form: IncidentForm | WordForm
) -> HttpResponse:
    try:
        with transaction.atomic():
            _call(request, ticket, verb, form=form)()
    except ServiceError as error:
        refuse(form, error)
        messages.error(request, str(error.message))
        report = _report(request, ticket)
        writing = form if isinstance(form, IncidentForm) else _form(report)
        word = form if isinstance(form, WordForm) else None
        return _show(request, ticket, report, form=writing, word=word)
    messages.success(request, SAID[verb]())
    return redirect("tickets:incident", ticket.number)


def _call(
    request: TenantRequest, ticket: Ticket, verb: str, *, form: Any
) -> Callable[[], object]:
    common: dict[str, Any] = {
        "actor": request.actor,
        "now": request.now,
        "ticket": ticket,
    }
    if verb == "submit":
        return lambda: services.submit_incident(**common)
    form.is_valid()
    sha256 = form.cleaned_data.get("sha256", "")
    if verb == "confirm":
        return lambda: services.confirm_incident(**common, sha256=sha256)
    reason = form.cleaned_data.get("reason", "")
    return lambda: services.send_back_incident(**common, sha256=sha256, reason=reason)


def _show(
    request: TenantRequest,
    ticket: Ticket,
    report: IncidentReport | None,
    *,
    form: IncidentForm,
    word: WordForm | None = None,
) -> HttpResponse:
    sheet = report.sheet if report is not None else None
    able = possible(report.state) if report is not None else frozenset()
    decides = request.actor.may(Permission.TICKET_CONFIRM) and "confirm" in able
    initial = {"sha256": sheet.sha256 if sheet else ""}
    content = read(sheet.content) if sheet else {}
    context = {
        "ticket": ticket,
        "report": report,
        "sheet": sheet,
        "content": content,
        "texts": texts(content) if content else [],
        "form": form if request.actor.may(Permission.TICKET_WORK) else None,
        "word": (word or WordForm(initial=initial)) if decides else None,
        "zone": timezone.get_current_timezone_name(),
    }
    status = max(status_of(form), status_of(word) if word is not None else 200)
    return render(request, "tickets/incident.html", context, status=status)
