"""What every REST endpoint shares: who asks, may they, how a refusal looks, how often.

The middleware has already found the actor (token or session) and opened the tenant's scope
in one transaction; a refused call rolls all of it back.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from servicedesk.lib import line
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.peer import client_address
from servicedesk.lib.problems import document

if TYPE_CHECKING:  # it reads the settings that name this module
    from redis import Redis
    from rest_framework.views import APIView

PROBLEM = "application/problem+json"
#: Methods that change nothing.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestAuthentication(BaseAuthentication):
    """The actor whom the middleware has found. A session needs Django's CSRF token too."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person and the id of the token (None for a session); None for nobody."""
        actor = request._request.actor  # type: ignore[attr-defined]
        if actor is None:
            return None
        if actor.token_id is None:
            self._enforce_csrf(request)
        return request._request.user, actor.token_id

    def _enforce_csrf(self, request: Request) -> None:
        plain = request._request
        check = CSRFCheck(lambda _request: None)  # type: ignore[arg-type]
        check.process_request(plain)
        if check.process_view(plain, None, (), {}):  # type: ignore[arg-type]
            raise CsrfMissing

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to an unknown caller a 401."""
        del request
        return "Bearer"


class CsrfMissing(exceptions.APIException):
    """A browser's session without the CSRF token in X-CSRFToken."""

    status_code = 403
    default_code = "csrf"

    def __init__(self) -> None:
        super().__init__(_("The page's security token is missing. Load it again."))


class PreconditionFailed(exceptions.APIException):
    """If-Match did not match: somebody has changed it meanwhile."""

    status_code = 412
    default_code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _("Somebody has changed it meanwhile. Read it again, then decide.")
        )


class TooLarge(exceptions.APIException):
    """More bytes than an endpoint takes."""

    status_code = 413
    default_code = "too_large"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("Send at most %(most)s kB at once.") % {"most": most // 1024}
        )


class DeclaredPermission(BasePermission):
    """The view's attribute ``permission``: a word for all methods, or one for each.

    A tuple of words asks for any one of them. What somebody may not use does not exist for
    them: the answer is the 404 of an unknown address.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True, or an exception: 401 for nobody, 404 for somebody who may not."""
        plain = request._request
        if plain.actor is None:  # type: ignore[attr-defined]
            raise exceptions.NotAuthenticated
        method = request.method or ""
        declared = words_for(view, method)
        if declared is None:
            # Nothing declared: the view does not have the method, and DRF says so.
            return True
        if not any(plain.actor.may(word) for word in declared):  # type: ignore[attr-defined]
            refused = getattr(view, "refused", None)
            if refused is not None:
                refused(request)
            raise Http404
        return True


def words_for(view: Any, method: str) -> tuple[str, ...] | None:
    """The permissions of which a method asks for one; None where the view has none."""
    declared = getattr(view, "permission", None)
    if isinstance(declared, Mapping):
        fallback = declared.get("GET") if method in {"HEAD", "OPTIONS"} else None
        declared = declared.get(method, fallback)
    if declared is None:
        return None
    return (declared,) if isinstance(declared, str) else tuple(declared)


class RateLimit(BaseThrottle):
    """A number of calls a minute for each token or member; more gets 429 and Retry-After.

    Whoever is not known is counted by where they call from. However many tokens a tenant has,
    it gets ``tenant_share`` times that number, so that it can't crowd out the others.
    """

    window = 60
    tenant_share = 10

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the call. Without Redis nobody is locked out."""
        del view
        most = settings.API_CALLS_PER_MINUTE
        counted = {_caller(request): most, **self._of_tenant(request, most)}
        keys = [f"sd:rate:{who}:{self.minute()}" for who in counted]

        def count(redis: Redis) -> list[int]:
            with redis.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.incr(key)
                    pipe.expire(key, self.window * 2)
                return [int(number) for number in pipe.execute()[::2]]

        numbers: list[int] = line.attempt(count, default=[])
        return all(n <= m for n, m in zip(numbers, counted.values(), strict=False))

    def _of_tenant(self, request: Request, most: int) -> dict[str, int]:
        actor = request._request.actor  # type: ignore[attr-defined]
        if actor is None:
            return {}
        return {f"{actor.tenant_id}:all": most * self.tenant_share}

    def minute(self) -> int:
        """The minute that it is."""
        return int(time.time()) // self.window

    def wait(self) -> float:
        """Seconds until the next minute."""
        return float(self.window - int(time.time()) % self.window)


def _caller(request: Request) -> str:
    plain = request._request
    actor = plain.actor  # type: ignore[attr-defined]
    if actor is not None:
        return f"{actor.tenant_id}:{actor.token_id or 0}:{actor.membership_id}"
    tenant = plain.tenant  # type: ignore[attr-defined]
    return f"{tenant.pk if tenant else 0}:from:{client_address(plain)}"


def entity_tag(data: Any) -> str:
    """A weak entity tag of a representation."""
    text = json.dumps(data, sort_keys=True, default=str, ensure_ascii=False)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


def matches(header: str, current: str) -> bool:
    """Whether an If-Match or If-None-Match header names the current tag (or any: ``*``)."""
    if header.strip() == "*":
        return True
    tags = {_opaque(tag) for tag in header.split(",")}
    return _opaque(current) in tags


def _opaque(tag: str) -> str:
    return tag.strip().removeprefix("W/")


def check_match(request: Request, current: str) -> bool:
    """Whether the caller said which version they know.

    Raises PreconditionFailed when If-Match names another one than the current.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return False
    if not matches(wanted, current):
        raise PreconditionFailed
    return wanted.strip() != "*"


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as a problem document (RFC 9457) in the caller's language."""
    del context
    answer = _problem(error)
    if answer is not None and transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    return answer


def _problem(error: Exception) -> Response | None:
    if isinstance(error, ServiceError):
        errors = {error.field: [str(error.message)]} if error.field else {}
        more = getattr(error, "extra", {})
        return make_problem(
            error.status, error.code, str(error.message), errors=errors, **more
        )
    if isinstance(error, Http404):
        return make_problem(404, "not_found")
    if isinstance(error, PermissionDenied):
        return make_problem(403, "not_permitted")
    if isinstance(error, exceptions.ValidationError):
        words = _("Some fields need another look.")
        return make_problem(400, "invalid", words, errors=_flat(error.detail))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Response:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    answer = make_problem(error.status_code, code, str(error.detail))
    if isinstance(error, exceptions.Throttled):
        wait: float | None = getattr(error, "wait", None)
        answer["Retry-After"] = str(max(1, int(wait or 1)))
    if error.status_code == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _flat(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Field errors as {path: [sentences]}."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for name, value in detail.items():
            path = f"{prefix}.{name}" if prefix else str(name)
            found |= _flat(value, path)
        return found
    nested = isinstance(detail, list)
    if nested and any(isinstance(one, Mapping | list) for one in detail):
        found = {}
        for index, value in enumerate(detail):
            found |= _flat(value, f"{prefix}.{index}")
        return found
    sentences = detail if nested else [detail]
    return {prefix or "non_field_errors": [str(one) for one in sentences]}


def make_problem(status: int, code: str, detail: str = "", **extra: Any) -> Response:
    """A problem document. ``code`` is stable; ``errors`` maps fields to sentences."""
    more = {name: value for name, value in extra.items() if value}
    return Response(
        document(status, code, detail, **more), status=status, content_type=PROBLEM
    )
