"""What the ticket views share: the door, and how an htmx request is answered."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from servicedesk.lib.errors import ServiceError
from servicedesk.lib.http import TenantRequest
from tickets.models import Ticket


def visible(request: TenantRequest) -> QuerySet[Ticket]:
    """The tickets that the person may see: the one door."""
    tickets: QuerySet[Ticket] = Ticket.objects.visible_to(request.actor)
    return tickets


def find(request: TenantRequest, number: str, *related: str) -> Ticket:
    """A ticket by its number. Absent and forbidden are the same 404."""
    return get_object_or_404(
        visible(request).select_related(*related or (None,)), number=number
    )


def done(request: TenantRequest, target: str, text: Any) -> HttpResponse:
    """After a change: say so, and show the page where it can be seen."""
    if request.htmx:
        response = HttpResponse(status=204)
        return told(response, text, {"ticket:moved": {}, "act:done": {}})
    messages.success(request, text)
    return redirect(target)


def told(
    response: HttpResponse, text: Any, events: dict[str, Any] | None = None
) -> HttpResponse:
    """Let the page say something, and tell its parts what happened."""
    # Told first: what happens then may take the form away that these events come from.
    said = {"toast": {"text": str(text), "tone": "ok"}} if text else {}
    response["HX-Trigger"] = json.dumps(said | (events or {}))
    return response


def refused_with(form: BaseForm, error: ServiceError) -> None:
    """Put a refusal beside the field it names, whatever the service calls that field."""
    field = {"reason": "reason", "severity": "to"}.get(error.field or "", error.field)
    form.add_error(field if field in form.fields else None, str(error.message))
