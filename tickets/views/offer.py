"""The public page behind the link to an offered appointment: one answer, nothing else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from people.throttle import spend
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.forms import refuse, status_of
from servicedesk.lib.http import TenantRequest, too_many
from servicedesk.lib.pages import PUBLIC, page
from tickets import services
from tickets.forms.offer import OtherTimeForm
from tickets.queries.offering import ShownOffer, offer_behind
from tickets.services.offering import customer

#: Uses of this page from one place in a quarter of an hour.
LIMIT = 60


@page(PUBLIC, methods=("GET", "POST"))
def offer(request: TenantRequest, secret: str) -> HttpResponse:
    """Show the offered time, and take the customer's answer. Looking changes nothing."""
    if request.tenant is None:
        raise Http404
    closed_until = spend(request, "offer", limit=LIMIT, now=request.now)
    if closed_until is not None:
        return too_many(request, until=closed_until)
    found = offer_behind(secret, request.now)
    if found is None or not found.is_open:
        return _over(request, found)
    form = OtherTimeForm(request.POST if "propose" in request.POST else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        error = _answer(request, found, form)
        if error is None:
            return redirect("tickets:offer", secret=secret)
        if not form.is_bound or error.field not in form.fields:
            return _over(request, offer_behind(secret, request.now), refused=True)
        refuse(form, error)
    context = {"offer": found.row, "form": form}
    return render(request, "tickets/offer.html", context, status=status_of(form))


def _answer(
    request: TenantRequest, found: ShownOffer, form: OtherTimeForm
) -> ServiceError | None:
    """The one service call; a refusal is undone."""
    ticket = found.row.ticket
    common: dict[str, Any] = {
        "actor": customer(ticket, ticket.contact.name if ticket.contact else ""),
        "now": request.now,
        "ticket": ticket,
        "offer": found.row,
    }
    try:
        with transaction.atomic():
            if form.is_bound:
                services.propose_time(**common, **form.cleaned_data)
            else:
                services.accept_offer(**common)
    except ServiceError as error:
        return error
    return None


def _over(
    request: TenantRequest, found: ShownOffer | None, *, refused: bool = False
) -> HttpResponse:
    """Used, too late, taken back, or never given out: say so, and no more."""
    context = {"offer": found.row if found else None, "shown": found}
    status = 404 if found is None else 409 if refused else 200
    if found is not None and found.is_over:
        status = 410
    return render(request, "tickets/offer_over.html", context, status=status)
