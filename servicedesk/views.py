"""Pages that belong to no app."""

from __future__ import annotations

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from servicedesk.lib.pages import PUBLIC, page


@page(PUBLIC)
def healthz(_request: HttpRequest) -> HttpResponse:
    """For the load balancer: whether the database answers."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; nothing was changed."""
    del reason
    return render(request, "403_csrf.html", status=403)


csrf_failure.permission = PUBLIC  # type: ignore[attr-defined]
