"""Pages that belong to no app."""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from people.roles import Permission
from servicedesk.lib.pages import PUBLIC, page
from tenants.models import Tenant

YEAR = 365 * 24 * 3600


@page(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """Where each role begins its day; on the bare domain, what this is."""
    actor = getattr(request, "actor", None)
    if getattr(request, "tenant", None) is None:
        return render(request, "landing.html", {"companies": _demo_companies()})
    if actor is None:
        return redirect(settings.LOGIN_URL)
    if actor.is_client:
        return redirect("tickets:mine")
    if actor.may(Permission.DASHBOARD) and not actor.may(Permission.SETTINGS_MANAGE):
        return redirect("reports:dashboard")
    return redirect("tickets:queue")


def _demo_companies() -> list[dict[str, str]]:
    """In the demo the bare domain leads on; elsewhere it tells nobody who is served here."""
    if settings.ENVIRONMENT != "demo":
        return []
    tenants = Tenant.objects.using("system").filter(is_active=True).order_by("pk")[:10]
    return [
        {"name": t.name, "url": f"{settings.SCHEME}://{t.slug}.{settings.BASE_DOMAIN}/"}
        for t in tenants
    ]


@page(PUBLIC)
def healthz(_request: HttpRequest) -> HttpResponse:
    """For the load balancer: whether the database answers."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, {request.get_host()}, request.is_secure()
    ):
        return target
    return "/"


def _remember(request: HttpRequest, field: str, value: str) -> None:
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**{field: value})


@page(PUBLIC, methods=("POST",))
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose a language: kept with the person, and in a cookie for before sign-in."""
    code = request.POST.get("language", "")
    response = redirect(_back(request))
    if code in dict(settings.LANGUAGES):
        _remember(request, "language", code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@page(PUBLIC, methods=("POST",))
def set_theme(request: HttpRequest) -> HttpResponse:
    """Choose light or dark: kept with the person, and in a cookie for before sign-in."""
    theme = request.POST.get("theme", "")
    response = redirect(_back(request))
    if theme in User.Theme.values:
        _remember(request, "theme", theme)
        response.set_cookie(
            "theme",
            theme,
            max_age=YEAR,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; nothing was changed."""
    del reason
    return render(request, "403_csrf.html", status=403)
