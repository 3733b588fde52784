"""What the pages of people share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect

from activity.services import record
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.export import FORMATS, export_response
from servicedesk.lib.http import TenantRequest
from tenants.scope import tenant_scope


def done(
    request: TenantRequest, call: Callable[[], Any], *, said: Any, to: str
) -> HttpResponse:
    """One service call behind a button; back to a page with what came of it."""
    try:
        call()
    except ServiceError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
    return redirect(to)


def export(
    request: TenantRequest,
    *,
    name: str,
    columns: Sequence[Any],
    rows: Callable[[], Iterable[Sequence[Any]]],
) -> StreamingHttpResponse:
    """The list as a file, in the journal. 404 for an unknown format or without the right."""
    wanted = request.GET.get("export", "")
    if wanted not in FORMATS or not request.actor.may(Permission.EXPORT):
        raise Http404
    data = {
        "list": str(name),
        "format": wanted,
        "filter": request.GET.urlencode()[:300],
    }
    record(actor=request.actor, now=request.now, verb="list.exported", data=data)
    scope = partial(tenant_scope, request.actor.tenant_id)
    return export_response(
        name=str(name), columns=columns, rows=rows, format=wanted, scope=scope
    )
