"""The engineer's app: its shell and worker, the day that it keeps, the acts that it sends."""

from __future__ import annotations

import json
import re
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import PUBLIC, page
from tenants.models import Tenant
from tickets.forms.field import Unreadable, read_item
from tickets.models import FieldItem, WorkOrder
from tickets.queries.field import (
    devices_of,
    job_of,
    jobs_of,
    orders_visible_to,
    rules,
)
from tickets.queries.field_shell import SIZES, assets, icon, manifest, version
from tickets.queries.field_words import field_words
from tickets.services.field import Differs, Item, deliver, known

#: Stands for the version while it is worked out; a version is a shortened SHA-256.
UNKNOWN = "0" * 20
VERSION = re.compile(r"[0-9a-f]{20}")


def _shell(request: TenantRequest) -> tuple[str, str]:
    """The page without anything of anybody, as it is kept on the phone; and its version."""
    context = {
        "words": field_words(),
        "icon": reverse("field:icon", args=[SIZES[0]]),
        "version": UNKNOWN,
    }
    text = render_to_string("field/shell.html", context, request)
    newest = version(text)
    return text.replace(UNKNOWN, newest), newest


@page(Permission.TICKET_WORK)
def shell(request: TenantRequest) -> HttpResponse:
    """The app. Opened once, it opens again without a network."""
    return HttpResponse(_shell(request)[0])


@page(PUBLIC)
def worker(request: TenantRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps; browsers ask without a session.

    ``v`` is the version of the shell that the page wants: each is a worker of its own.
    """
    _company(request)
    asked = request.GET.get("v", "")
    site = {
        "version": asked if VERSION.fullmatch(asked) else UNKNOWN,
        "shell": reverse("field:shell"),
        "assets": assets(),
    }
    script = static("js/field/worker.js")
    text = (
        f"import {{ serve }} from {json.dumps(script)};\nserve({json.dumps(site)});\n"
    )
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


def _company(request: TenantRequest) -> Tenant:
    """The tenant of the host name; there is none on the bare domain."""
    tenant: Tenant | None = request.tenant
    if tenant is None:
        raise Http404
    return tenant


@page(PUBLIC)
def app_manifest(request: TenantRequest) -> HttpResponse:
    """What makes it an app of its own on the home screen; asked for without a session."""
    content = manifest(_company(request))
    return JsonResponse(content, content_type="application/manifest+json")


@page(PUBLIC)
def app_icon(request: TenantRequest, size: int) -> HttpResponse:
    """The icon on the home screen."""
    if size not in SIZES:
        raise Http404
    accent = _company(request).accent
    return HttpResponse(icon(size, accent), content_type="image/png")


@page(Permission.TICKET_WORK)
def day(request: TenantRequest) -> JsonResponse:
    """Everything that a person needs for today's work, and the key to send what they do."""
    jobs = jobs_of(request.actor, request.now)
    return JsonResponse(
        {
            "now": request.now.isoformat(),
            "csrf": get_token(request),
            "zone": request.tenant.zone,
            "me": {
                "pk": request.actor.membership_id,
                "name": request.actor.name,
                "key": request.membership.user.email,
            },
            "jobs": jobs,
            "devices": devices_of(jobs, request.actor),
            "rules": rules(),
            "shell": _shell(request)[1],
        }
    )


@page(Permission.TICKET_WORK, methods=("POST",))
def items(request: TenantRequest) -> JsonResponse:
    """One act of a phone. Sent twice, it is done once and answered the same."""
    try:
        pk, item = read_item(request.POST.get("item", ""), request.FILES.get("file"))
    except Unreadable as error:
        return JsonResponse(_unreadable(error), status=400)
    order = orders_visible_to(request.actor).filter(pk=pk).first()
    if order is None:
        return _not_there(request, pk, item)
    try:
        with transaction.atomic():
            row, again = deliver(
                actor=request.actor, now=request.now, order=order, item=item
            )
    except ServiceError as error:
        return _refused(request, error, order)
    return _answer(request, pk, row, again=again)


def _refused(
    request: TenantRequest, error: ServiceError, order: WorkOrder
) -> JsonResponse:
    """Why, in words, and the job as it stands: what the phone shows beside its own."""
    body: dict[str, Any] = {
        "code": error.code,
        "message": str(error.message),
        "field": error.field or "",
        "theirs": error.theirs if isinstance(error, Differs) else None,
        "job": job_of(request.actor, order.pk),
    }
    return JsonResponse(body, status=error.status)


def _unreadable(error: Unreadable) -> dict[str, Any]:
    field, words = next(iter(error.errors.items()))
    return {"code": "unreadable", "message": " ".join(words), "field": field}


def _answer(
    request: TenantRequest, pk: int, row: FieldItem, *, again: bool
) -> JsonResponse:
    return JsonResponse(
        {
            "uid": str(row.uid),
            "happened_at": row.happened_at.isoformat(),
            "made": row.made,
            "again": again,
            "job": job_of(request.actor, pk),
        }
    )


def _not_there(request: TenantRequest, pk: int, item: Item) -> JsonResponse:
    """A job that is not to be seen; what had arrived before it was taken away, has."""
    row = known(request.actor, item)
    if row is not None:
        return _answer(request, pk, row, again=True)
    words = _("This job is not yours any more. Ask the desk.")
    return JsonResponse({"code": "not_found", "message": words}, status=404)
