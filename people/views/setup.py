"""The administrator's overview, the tenant's settings, and its colours."""

from __future__ import annotations

import hashlib
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition

from people import services
from people.colours import stylesheet
from people.forms.own import LogoForm, TenantForm
from people.queries.setup import checks
from people.roles import Permission
from people.services.logo import BYTES_MOST
from people.services.settings import FIELDS
from people.views.proof import ask_proof, is_proved
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import PUBLIC, page
from servicedesk.lib.vault import read_kept
from tenants.models import Tenant

STORED = [*FIELDS, "logo", "logo_sha256"]


@page(Permission.SETTINGS_MANAGE)
def overview(request: TenantRequest) -> HttpResponse:
    """What is missing, and where everything is managed."""
    found = checks(request.actor, now=request.now)
    missing = [one for one in found if not one.ok and not one.note]
    context = {
        "missing": missing,
        "notes": [one for one in found if not one.ok and one.note],
        "ready": [one for one in found if one.ok],
        "total": len([one for one in found if not one.note or one.ok]),
    }
    return render(request, "people/admin.html", context)


@page(Permission.SETTINGS_MANAGE, methods=("GET", "POST"))
def tenant_settings(request: TenantRequest) -> HttpResponse:
    """The tenant's name, prefix, zone, language, colour, and what it asks of its staff."""
    if not is_proved(request):
        return ask_proof(request)
    # What the host name gave may be some seconds old; the form shows what is stored.
    request.tenant.refresh_from_db(using="default", fields=STORED)
    initial = {field: getattr(request.tenant, field) for field in FIELDS}
    form = TenantForm(request.POST or None, initial=initial)
    if form.is_valid():
        call = partial(services.change_tenant, actor=request.actor, now=request.now)
        if run(form, lambda: call(**form.cleaned_data)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:tenant")
    context = {"form": form, "logo_form": LogoForm()}
    return render(request, "people/tenant.html", context, status=status_of(form))


@page(Permission.SETTINGS_MANAGE, methods=("POST",))
def logo(request: TenantRequest) -> HttpResponse:
    """Show another logo."""
    if not is_proved(request):
        return ask_proof(request)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        image = form.cleaned_data["image"].read(BYTES_MOST + 1)
        call = partial(services.change_logo, actor=request.actor, now=request.now)
        if run(form, lambda: call(image=image)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:tenant")
    request.tenant.refresh_from_db(using="default", fields=STORED)
    initial = {field: getattr(request.tenant, field) for field in FIELDS}
    context = {"form": TenantForm(initial=initial), "logo_form": form}
    return render(request, "people/tenant.html", context, status=status_of(form))


@page(Permission.SETTINGS_MANAGE, methods=("POST",))
def logo_remove(request: TenantRequest) -> HttpResponse:
    """Show no logo."""
    if not is_proved(request):
        return ask_proof(request)
    services.remove_logo(actor=request.actor, now=request.now)
    messages.success(request, _("Saved."))
    return redirect("people:tenant")


@page(PUBLIC)
def tenant_logo(request: TenantRequest) -> HttpResponse:
    """The tenant's logo, for pages; each logo has an address of its own."""
    if request.tenant is None:
        raise Http404
    # What the host name gave may be some seconds old.
    rows = Tenant.objects.filter(pk=request.tenant.pk)
    stored = rows.values_list("logo", flat=True).get()
    if not stored:
        raise Http404
    try:
        data = read_kept(stored)
    except OSError as error:
        raise Http404 from error
    response = HttpResponse(data, content_type="image/png")
    response["Cache-Control"] = "public, max-age=300"
    return response


def _etag(request: HttpRequest) -> str | None:
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return None
    text = stylesheet(tenant.accent)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


@page(PUBLIC)
@condition(etag_func=_etag)
def tenant_css(request: TenantRequest) -> HttpResponse:
    """The tenant's accent colour, with what follows from it."""
    if request.tenant is None:
        raise Http404
    response = HttpResponse(
        stylesheet(request.tenant.accent), content_type="text/css; charset=utf-8"
    )
    response["Cache-Control"] = "public, max-age=300"
    return response
