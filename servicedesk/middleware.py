"""The way of a request: host, language, tenant, transaction, permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext

from people.roles import STAFF_ROLES, Role
from people.sessions import keep_alive
from people.tokens import resolve
from servicedesk.actors import actor_of, load_membership
from servicedesk.lib.failpoints import hit
from servicedesk.lib.pages import PUBLIC, is_foreign, permission_of
from servicedesk.lib.problems import as_problem, problem
from tenants.hosts import base_host, tenant_of
from tenants.scope import tenant_scope

GetResponse = Callable[[HttpRequest], HttpResponseBase]
#: Where somebody who still owes a second factor may go.
FACTOR_PATHS = ("/accounts/", "/static/", "/language/", "/theme/")


def is_api(request: HttpRequest) -> bool:
    """Whether a program is asking. The documentation is a page for people."""
    path = request.path_info
    return path.startswith("/api/") and not path.startswith("/api/docs/")


class SecurityHeadersMiddleware:
    """Headers that every answer carries; and whatever a program is refused is a problem."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_api(request) and response.status_code >= 400:
            language = response.headers.get("Content-Language")
            with translation.override(
                language or translation.get_language_from_request(request)
            ):
                response = as_problem(response)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), geolocation=(self), microphone=()"
        )
        if not request.path_info.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class HostMiddleware:
    """Finds the tenant of the host name; a host that is nobody's gets a plain 404."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant = None  # type: ignore[attr-defined]
        if request.path_info == "/healthz":
            return self.get_response(request)
        host = request.get_host()
        request.tenant = tenant_of(host)  # type: ignore[attr-defined]
        if request.tenant is None and host.partition(":")[0].lower() != base_host():  # type: ignore[attr-defined]
            with translation.override(translation.get_language_from_request(request)):
                text = gettext(
                    "No service desk lives at this address. Check how it is written, or "
                    "follow the link in your invitation."
                )
            return HttpResponse(
                f"{text}\n",
                status=404,
                content_type="text/plain; charset=utf-8",
            )
        return self.get_response(request)


class LanguageMiddleware:
    """The person's choice, else the cookie, else the browser's language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            response.headers.setdefault(
                "Content-Language", translation.get_language() or language
            )
        return response


class TenantMiddleware:
    """Opens the tenant's scope in one transaction, finds who acts, checks the permission.

    An exception is already a response when it gets here, so the transaction is rolled back
    in ``process_exception`` and on any status of 500 and above. ``request.after_rollback``
    holds what must survive a refusal; it runs afterwards, in a transaction of its own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        request.after_rollback = []  # type: ignore[attr-defined]
        tenant = request.tenant  # type: ignore[attr-defined]
        if tenant is None or request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        with tenant_scope(tenant.pk) as now, timezone.override(tenant.zone):
            request.now = now  # type: ignore[attr-defined]
            language = self._identify(request)
            with translation.override(language):
                request.LANGUAGE_CODE = language
                response = self.get_response(request)
                response.headers["Content-Language"] = language
            if response.status_code >= 500:
                transaction.set_rollback(True)
            hit("web.before_commit")
        hit("web.committed")
        for afterwards in request.after_rollback:  # type: ignore[attr-defined]
            with tenant_scope(tenant.pk):
                afterwards()
        return response

    def _identify(self, request: HttpRequest) -> str:
        tenant = request.tenant  # type: ignore[attr-defined]
        language = translation.get_language() or settings.LANGUAGE_CODE
        if is_api(request) and "Authorization" in request.headers:
            return self._identify_program(request, language)
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return language
        if request.session.get("tenant_id") != tenant.pk:
            # Signed in elsewhere is not signed in here, for any view that asks.
            request.user = AnonymousUser()
            return language
        now = request.now  # type: ignore[attr-defined]
        membership = load_membership(user_id=user.pk, now=now)
        if membership is None or not keep_alive(request.session, now=now):
            request.session.flush()
            request.user = AnonymousUser()
            return language
        request.membership = membership  # type: ignore[attr-defined]
        request.actor = actor_of(request, membership)  # type: ignore[attr-defined]
        return membership.user.language or language

    def _identify_program(self, request: HttpRequest, language: str) -> str:
        """Who a token speaks for. A session that comes with it counts for nothing.

        A program that names a language gets that one, else its member's.
        """
        request.user = AnonymousUser()
        scheme, _space, raw = request.headers["Authorization"].partition(" ")
        if scheme.lower() != "bearer":
            return language
        tenant = request.tenant  # type: ignore[attr-defined]
        now = request.now  # type: ignore[attr-defined]
        holder = resolve(raw.strip(), tenant=tenant, now=now)
        if holder is None:
            return language
        membership = holder.membership
        request.user = membership.user
        request.membership = membership  # type: ignore[attr-defined]
        request.actor = actor_of(request, membership, holder)  # type: ignore[attr-defined]
        if "Accept-Language" in request.headers:
            return language
        return membership.user.language or tenant.language

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """One place checks every page; REST views check their own declaration."""
        if is_foreign(view) or getattr(view, "cls", None) is not None:
            self._record_reading(request)
            return self._second_factor(request)
        permission = permission_of(view)
        if permission == PUBLIC:
            return None
        actor = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return self._sign_in(request)
        if permission is None or not actor.may(permission):
            self._record_refusal(request)
            raise Http404
        self._record_reading(request)
        return self._second_factor(request)

    def _sign_in(self, request: HttpRequest) -> HttpResponseBase:
        if request.tenant is None:  # type: ignore[attr-defined]
            raise Http404
        if is_api(request):
            return problem(401, "not_signed_in")
        target = reverse(settings.LOGIN_URL)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        if request.method != "GET" or request.path_info == "/":
            return redirect(target)
        return redirect(f"{target}?{urlencode({'next': request.get_full_path()})}")

    def _second_factor(self, request: HttpRequest) -> HttpResponseBase | None:
        actor = request.actor  # type: ignore[attr-defined]
        tenant = request.tenant  # type: ignore[attr-defined]
        if actor is None or not tenant.require_second_factor:
            return None
        if actor.token_id is not None:
            return None  # asked for when the token was looked at
        if actor.role not in STAFF_ROLES or request.path_info.startswith(FACTOR_PATHS):
            return None
        # Apps are not ready yet when middleware is imported by a command.
        from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415

        if is_mfa_enabled(request.user):
            return None
        if is_api(request):
            return problem(403, "second_factor_needed")
        return redirect("mfa_index")

    def _record_reading(self, request: HttpRequest) -> None:
        """What the platform's operator opens is in the tenant's journal, page by page."""
        from activity.services import record  # noqa: PLC0415 - needs the models

        actor, path = request.actor, request.path_info  # type: ignore[attr-defined]
        if (
            actor is None
            or actor.role != Role.OBSERVER
            or request.headers.get("HX-Request")
        ):
            return
        if path == "/pulse":  # asked every few seconds by the page itself
            return
        data = {"path": path[:200]}
        record(actor=actor, now=request.now, verb="support.read", data=data)  # type: ignore[attr-defined]

    def _record_refusal(self, request: HttpRequest) -> None:
        from activity.services import record  # noqa: PLC0415 - needs the models

        actor, now = request.actor, request.now  # type: ignore[attr-defined]
        path = request.path_info[:200]
        request.after_rollback.append(  # type: ignore[attr-defined]
            lambda: record(
                actor=actor, now=now, verb="access.refused", data={"path": path}
            )
        )

    def process_exception(self, request: HttpRequest, _exception: Exception) -> None:
        """Undo everything that the view did before it failed."""
        if request.tenant is not None:  # type: ignore[attr-defined]
            transaction.set_rollback(True)
