"""Publishing standards: import, the next version, the default."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.forms import refuse, run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.textfile.faults import faults_of
from sla import rules, services
from sla.forms import StandardForm
from sla.models import ServiceStandard, StandardVersion
from sla.queries.comparison import comparison_of
from sla.queries.sheet import sheet_of
from sla.services import BrokenStandardError
from sla.standards import UnknownPresetError, preset_text


@page(Permission.STANDARD_MANAGE, methods=("GET", "POST"))
def standard_import(request: TenantRequest) -> HttpResponse:
    """Import a file, or begin with a preset (``?preset=reference``)."""
    form = StandardForm(
        request.POST or None, request.FILES or None, initial=_preset(request)
    )
    call = partial(services.import_standard, actor=request.actor, now=request.now)
    return _publish(request, form, call, standard=None)


@page(Permission.STANDARD_MANAGE, methods=("GET", "POST"))
def standard_publish(request: TenantRequest, pk: int) -> HttpResponse:
    """The next version of a standard; the box holds the newest one's text."""
    standard = get_object_or_404(
        ServiceStandard.objects.visible_to(request.actor), pk=pk
    )
    newest = standard.versions.order_by("-number").first()
    initial = {"text": newest.text if newest else ""}
    form = StandardForm(request.POST or None, request.FILES or None, initial=initial)
    call = partial(
        services.publish_version,
        actor=request.actor,
        now=request.now,
        standard=standard,
    )
    return _publish(request, form, call, standard=standard)


@page(Permission.STANDARD_MANAGE, methods=("POST",))
def standard_set_default(request: TenantRequest, pk: int) -> HttpResponse:
    """Make a standard the default."""
    standard = get_object_or_404(
        ServiceStandard.objects.visible_to(request.actor), pk=pk
    )
    services.set_default(actor=request.actor, now=request.now, standard=standard)
    messages.success(request, _("%(name)s is the default now.") % {"name": standard})
    return redirect("sla:detail", pk=pk)


def _preset(request: TenantRequest) -> dict[str, str]:
    key = request.GET.get("preset", "")
    if not key:
        return {}
    try:
        return {"text": preset_text(key)}
    except UnknownPresetError as error:
        raise Http404 from error


def _publish(
    request: TenantRequest,
    form: StandardForm,
    call: Any,
    *,
    standard: ServiceStandard | None,
) -> HttpResponse:
    """Check the text, tell what it would change, or publish it."""
    context: dict[str, Any] = {"form": form, "standard": standard}
    if form.is_valid():
        compiled = _compiled(form, context)
        if compiled is not None and "check" in request.POST:
            context |= _checked(compiled)
        elif compiled is not None:
            version = run(form, lambda: call(**form.words))
            if version is not None:
                messages.success(request, _told(version, request))
                return redirect("sla:detail", pk=version.standard_id)
    return render(request, "sla/publish.html", context, status=status_of(form))


def _compiled(form: StandardForm, context: dict[str, Any]) -> rules.Standard | None:
    try:
        return services.check_text(form.cleaned_data["text"])
    except BrokenStandardError as error:
        refuse(form, error)
        context["faults"] = faults_of(form.data["text"], error.problems)
    except ServiceError as error:
        refuse(form, error)
    return None


def _checked(compiled: rules.Standard) -> dict[str, Any]:
    """What the text would change, were it published."""
    newest = (
        StandardVersion.objects.filter(standard__key=compiled.key)
        .select_related("standard")
        .order_by("-number")
        .first()
    )
    found: dict[str, Any] = {"checked": sheet_of(compiled), "newest": newest}
    if newest is not None:
        before = services.standard_of(newest.pk)
        found["comparison"] = comparison_of(before, compiled)
    return found


def _told(version: StandardVersion, request: TenantRequest) -> str:
    if version.in_force_from - request.now > timedelta(minutes=1):
        told = _(
            "Version %(number)d of %(name)s is published and comes into force later."
        )
    else:
        told = _("Version %(number)d of %(name)s is published and in force.")
    return told % {"number": version.number, "name": version.standard}
