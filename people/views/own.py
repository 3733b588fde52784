"""One's own settings."""

from __future__ import annotations

from functools import partial

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from people import services
from people.agents import describe
from people.forms.own import AbsenceForm, AddressForm, DeputyForm, ProfileForm
from people.models import Absence, Session
from people.queries import rows
from people.roles import Permission
from people.services.sessions import session_name
from people.views.parts import done
from people.views.proof import ask_proof, is_proved
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page

WRITING = ("GET", "POST")
YEAR = 365 * 24 * 3600


@page(Permission.SIGNED_IN, methods=WRITING)
def profile(request: TenantRequest) -> HttpResponse:
    """Name, job title, phone, language and appearance."""
    mine, user = request.membership, request.membership.user
    initial = {
        "name": user.name,
        "title": mine.title,
        "phone": mine.phone,
        "language": user.language or request.actor.language,
        "theme": user.theme,
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        call = partial(services.change_profile, actor=request.actor, now=request.now)
        if run(form, lambda: call(membership=mine, **form.cleaned_data)) is not None:
            return _saved(request, form.cleaned_data)
    may_tokens = request.actor.may(Permission.TOKEN_MANAGE)
    context = {"form": form, "may_tokens": may_tokens}
    return render(request, "people/profile.html", context, status=status_of(form))


def _saved(request: TenantRequest, values: dict[str, str]) -> HttpResponse:
    """Said in the language just chosen; cookies keep the choice for the sign-in page."""
    with override(values["language"]):
        messages.success(request, _("Saved."))
    response = redirect("people:settings")
    for name, value in (
        (django_settings.LANGUAGE_COOKIE_NAME, values["language"]),
        ("theme", values["theme"]),
    ):
        response.set_cookie(
            name,
            value,
            max_age=YEAR,
            secure=django_settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@page(Permission.SIGNED_IN, methods=WRITING)
def absences(request: TenantRequest) -> HttpResponse:
    """When one is away, and who stands in."""
    mine = request.membership
    if mine.is_client:
        raise Http404
    form = AbsenceForm(request.POST or None)
    if form.is_valid():
        call = partial(services.add_absence, actor=request.actor, now=request.now)
        if run(form, lambda: call(membership=mine, **form.cleaned_data)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:absences")
    return _absences_page(request, form, None)


def _absences_page(
    request: TenantRequest, form: AbsenceForm, deputy: DeputyForm | None
) -> HttpResponse:
    mine = request.membership
    context = {
        "form": form,
        "deputy_form": deputy
        or DeputyForm(membership=mine, initial={"deputy": mine.deputy_id}),
        "absences": rows.coming_absences(mine, now=request.now),
        "stands_in_for": rows.stood_in_by(mine),
    }
    status = max(status_of(form), status_of(deputy) if deputy else 200)
    return render(request, "people/absences.html", context, status=status)


@page(Permission.SIGNED_IN, methods=("POST",))
def absence_end(request: TenantRequest, pk: int) -> HttpResponse:
    """One is back, or is not going."""
    absence = get_object_or_404(Absence, pk=pk, membership=request.membership)
    return done(
        request,
        lambda: services.end_absence(
            actor=request.actor, now=request.now, absence=absence
        ),
        said=_("Saved."),
        to=reverse("people:absences"),
    )


@page(Permission.SIGNED_IN, methods=("POST",))
def deputy(request: TenantRequest) -> HttpResponse:
    """Choose who stands in."""
    mine = request.membership
    if mine.is_client:
        raise Http404
    form = DeputyForm(request.POST, membership=mine)
    if form.is_valid():
        call = partial(services.set_deputy, actor=request.actor, now=request.now)
        if run(form, lambda: call(membership=mine, **form.cleaned_data)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:absences")
    return _absences_page(request, AbsenceForm(), form)


@page(Permission.SIGNED_IN)
def sessions(request: TenantRequest) -> HttpResponse:
    """Where one is signed in on this host."""
    own_key = request.session.session_key
    found = Session.objects.filter(
        user_id=request.membership.user_id,
        tenant_id=request.tenant.pk,
        expire_date__gt=request.now,
    ).order_by("-last_seen_at")
    listed = [
        {
            "name": session_name(one.session_key),
            "agent": describe(one.user_agent),
            "seen_at": one.last_seen_at,
            "is_this": one.session_key == own_key,
        }
        for one in found[:100]
    ]
    listed.sort(key=lambda one: not one["is_this"])
    return render(request, "people/sessions.html", {"sessions": listed})


@page(Permission.SIGNED_IN, methods=("POST",))
def session_end(request: TenantRequest) -> HttpResponse:
    """End one sign-in, or all others."""
    own_key = request.session.session_key
    user_id, tenant_id = request.membership.user_id, request.tenant.pk
    name = request.POST.get("name", "")
    if name == "others":
        services.end_sessions(user_id=user_id, tenant_id=tenant_id, spare=own_key)
    elif not services.end_session(user_id=user_id, tenant_id=tenant_id, name=name):
        raise Http404
    messages.success(request, _("Ended."))
    return redirect("people:sessions")


@page(Permission.SIGNED_IN, methods=WRITING)
def address(request: TenantRequest) -> HttpResponse:
    """Sign in with another e-mail address: proved first, then confirmed by its link."""
    if not is_proved(request):
        return ask_proof(request)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        call = partial(services.ask_new_address, actor=request.actor, now=request.now)
        email = form.cleaned_data["email"]
        run(form, lambda: call(membership=request.membership, email=email))
        if form.is_valid():
            sent = _("A link is on its way to %(address)s. Open it to confirm.")
            messages.success(request, sent % {"address": email})
            return redirect("mfa_index")
    return render(
        request, "people/address.html", {"form": form}, status=status_of(form)
    )
