"""RFC 9457 problem documents."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

TITLES = {
    400: lambda: _("The request is not well-formed"),
    401: lambda: _("Sign in or send a token"),
    403: lambda: _("You may not do this"),
    404: lambda: _("There is nothing here"),
    405: lambda: _("This method is not offered here"),
    406: lambda: _("This format is not offered here"),
    409: lambda: _("It has changed meanwhile"),
    412: lambda: _("It has changed meanwhile"),
    413: lambda: _("It is too large"),
    415: lambda: _("This kind of content is not taken here"),
    422: lambda: _("This cannot be done"),
    428: lambda: _("Say which version you read"),
    429: lambda: _("Too many requests"),
    503: lambda: _("Not available for the moment"),
}


def problem(status: int, code: str, detail: Any = "", **extra: Any) -> JsonResponse:
    """A problem document in the language of the request; ``code`` is stable."""
    title = TITLES.get(status, lambda: _("Something went wrong"))()
    body = {"type": f"urn:servicedesk:{code}", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = str(detail)
    response = JsonResponse(body | extra, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    return response
