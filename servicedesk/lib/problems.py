"""RFC 9457 problem documents."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: lambda: _("The request is not well-formed"),
    401: lambda: _("Sign in or send a token"),
    403: lambda: _("You may not do this"),
    404: lambda: _("There is nothing here"),
    405: lambda: _("This method is not offered here"),
    406: lambda: _("This format is not offered here"),
    409: lambda: _("Its present state does not allow this"),
    412: lambda: _("It has changed meanwhile"),
    413: lambda: _("It is too large"),
    415: lambda: _("This kind of content is not taken here"),
    422: lambda: _("This cannot be done"),
    428: lambda: _("Say which version you read"),
    429: lambda: _("Too many requests"),
    503: lambda: _("Not available for the moment"),
}
#: Codes of what Django itself refuses, before any view is asked.
CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "throttled",
}
#: Headers of a refusal that its problem document keeps.
KEPT = ("Allow", "WWW-Authenticate", "Retry-After", "Content-Language", "Vary")


def document(status: int, code: str, detail: Any = "", **extra: Any) -> dict[str, Any]:
    """A problem document in the language of the request; ``code`` is stable."""
    title = TITLES.get(status, lambda: _("Something went wrong"))()
    body: dict[str, Any] = {
        "type": f"urn:servicedesk:{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = str(detail)
    return body | extra


def problem(status: int, code: str, detail: Any = "", **extra: Any) -> JsonResponse:
    """A refusal as a problem document."""
    response = JsonResponse(
        document(status, code, detail, **extra),
        status=status,
        content_type=CONTENT_TYPE,
    )
    response["Cache-Control"] = "no-store"
    return response


def as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """A refusal of any kind as a problem document; anything else as it is.

    Nothing of what the page said is passed on: a traceback is not for the caller.
    """
    status = response.status_code
    kind = response.headers.get("Content-Type", "")
    if status < 400 or kind.startswith(CONTENT_TYPE):
        return response
    answer = problem(status, CODES.get(status, "failed"))
    for name in KEPT:
        if name in response.headers:
            answer[name] = response.headers[name]
    answer.cookies = response.cookies
    return answer
