"""The ticket page, its live parts, and what its buttons open and do."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets.forms.acts import ActForm
from tickets.models import Ticket, TicketClock, TicketEvent
from tickets.queries.detail import read_ticket, related
from tickets.queries.feed import (
    corrected_times,
    events_since,
    newest_place,
    read_feed,
)
from tickets.queries.offers import may_do
from tickets.queries.promise import read_promise
from tickets.views.acts import ACTS, Act
from tickets.views.base import done, find, refused_with, told, visible
from tickets.views.context import compose_context, page_context

NUMBER_MOST = 10**9


@page(Permission.TICKET_READ)
def detail(request: TenantRequest, number: str) -> HttpResponse:
    """One ticket on one screen: for its client, or with everything to act on it."""
    ticket = _whole_ticket(request, number)
    shown = read_ticket(ticket, request.actor, request.now)
    name = "detail_client" if request.actor.is_client else "detail"
    return render(request, f"tickets/{name}.html", page_context(request, shown))


def _whole_ticket(request: TenantRequest, number: str) -> Ticket:
    return get_object_or_404(related(visible(request), request.actor), number=number)


@page(Permission.TICKET_READ)
def live(request: TenantRequest, number: str) -> HttpResponse:
    """What has become new on the page since ``after``; the conversation is not drawn anew."""
    ticket = _whole_ticket(request, number)
    after = _number(request.GET, "after")
    shown = read_ticket(ticket, request.actor, request.now, after=after or 0)
    return render(request, "tickets/_live.html", page_context(request, shown))


@page(Permission.TICKET_READ)
def earlier(request: TenantRequest, number: str) -> HttpResponse:
    """An older page of the conversation."""
    ticket = find(request, number)
    before = _number(request.GET, "before")
    if before is None:
        raise Http404
    feed = read_feed(ticket, request.actor, before=before)
    context = {"ticket": ticket, "feed": feed}
    name = "_earlier" if request.htmx else "earlier"
    return render(request, f"tickets/{name}.html", context)


@page(Permission.TICKET_READ)
def clock(request: TenantRequest, number: str, pk: int) -> HttpResponse:
    """Why a clock of a list says what it says."""
    ticket = find(request, number)
    row = get_object_or_404(TicketClock, ticket_id=ticket.pk, pk=pk)
    promise = read_promise(ticket, request.actor, request.now)
    found = next((p for p in promise.clocks if p.clock.key == row.key), None)
    if found is None:
        raise Http404
    return render(request, "components/clock_why.html", {"view": found.view})


@page(Permission.TICKET_READ, methods=("GET", "POST"))
def act(request: TenantRequest, number: str, verb: str) -> HttpResponse:
    """The form of a verb, and the verb itself."""
    wanted = ACTS.get(verb)
    if wanted is None or not may_do(verb, request.actor):
        raise Http404
    ticket = find(request, number, "client", "project", "assignee__user")
    in_page = request.POST.get("place") == "compose"
    form = wanted.form(
        request.POST or None,
        request.FILES or None,
        ticket=ticket,
        actor=request.actor,
        now=request.now,
        initial=_given(request, ticket, verb),
        auto_id=f"id_{verb}_%s" if in_page else "id_act_%s",
    )
    error: ServiceError | None = None
    if request.method == "POST" and form.is_valid():
        error = _perform(request, wanted, form)
        if error is None:
            return _acted(request, ticket, wanted)
    return _show_form(request, wanted, form, error=error, verb=verb)


def _given(request: TenantRequest, ticket: Ticket, verb: str) -> dict[str, Any]:
    """What the address of a form says already: which event, which follower."""
    initial: dict[str, Any] = {}
    if verb == "correct" and (seq := _number(request.GET, "event")) is not None:
        event = get_object_or_404(TicketEvent, ticket_id=ticket.pk, seq=seq)
        at = corrected_times(ticket).get(event.seq, event.happened_at)
        initial |= {"event": event.seq, "at": at}
    if verb == "unfollow" and (pk := _number(request.GET, "membership")) is not None:
        initial["membership"] = pk
    if verb == "acknowledge" and (pk := _number(request.GET, "escalation")) is not None:
        initial["escalation"] = pk
    if verb == "assign" and ticket.assignee_id is None:
        initial["assignee"] = request.actor.membership_id
    return initial


def _perform(request: TenantRequest, wanted: Act, form: ActForm) -> ServiceError | None:
    """The one service call; a refusal is undone and told to the form."""
    common = {"actor": request.actor, "now": request.now, "ticket": form.ticket}
    try:
        with transaction.atomic():
            wanted.call(form, common)
    except ServiceError as error:
        refused_with(form, error)
        return error
    return None


def _acted(request: TenantRequest, ticket: Ticket, wanted: Act) -> HttpResponse:
    target = reverse("tickets:detail", args=[ticket.number])
    if not request.htmx or request.POST.get("place") != "compose":
        return done(request, target, wanted.done)
    fresh = find(request, ticket.number)
    context = compose_context(request, fresh)
    response = render(request, "tickets/_compose.html", context)
    response["HX-Retarget"] = "#compose"
    response["HX-Reswap"] = "outerHTML"
    return told(response, wanted.done, {"ticket:moved": {}})


def _show_form(
    request: TenantRequest,
    wanted: Act,
    form: ActForm,
    *,
    error: ServiceError | None,
    verb: str,
) -> HttpResponse:
    ticket = form.ticket
    meanwhile = _meanwhile(form) if isinstance(error, Conflict) else []
    place = request.POST.get("place") or request.GET.get("place") or ""
    context = {
        "ticket": ticket,
        "form": form,
        "act": wanted,
        "verb": verb,
        "meanwhile": meanwhile,
        "place": "compose" if place == "compose" else "dialog",
        "files_lost": bool(request.FILES) and not request.htmx,
        "url": reverse("tickets:act", args=[ticket.number, verb]),
    }
    name = "_act" if request.htmx else "act"
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"tickets/{name}.html", context, status=status)


def _meanwhile(form: ActForm) -> list[Any]:
    """What happened since the person looked; the form takes the version they now see."""
    seen = form.version_seen or 0
    now = Ticket.objects.only("last_seq").get(pk=form.ticket.pk)
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(newest_place(now, form.actor))
    form.data = data
    return events_since(form.ticket, form.actor, place=seen)


def _number(data: QueryDict, name: str) -> int | None:
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
