"""The administrator's pages about people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people import services
from people.forms.members import InviteForm, MemberForm, PeopleFilter
from people.forms.own import AbsenceForm, DeputyForm
from people.models import Absence, ApiToken
from people.queries import rows
from people.roles import Permission, Role
from people.services.rights import manages
from people.views.parts import done, export
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.paging import paginate

WRITING = ("GET", "POST")


@page(Permission.PEOPLE_READ)
def people_list(request: TenantRequest) -> HttpResponseBase:
    """Everybody, searched and narrowed by the address; also as a file."""
    narrowing = PeopleFilter(request.GET)
    found = narrowing.narrow(rows.members(request.actor, now=request.now))
    sort = rows.SORTS.get(request.GET.get("sort", ""), rows.SORTS["name"])
    if "export" in request.GET:
        return _export(request, found.order_by(*sort.names))
    listed = paginate(found, sort=sort, cursor=request.GET.get("cursor", ""))
    context = {
        "filter": narrowing,
        "page": listed,
        "may_manage": request.actor.may(Permission.PEOPLE_MANAGE),
    }
    return render(request, "people/list.html", context)


def _export(request: TenantRequest, found: Any) -> HttpResponseBase:
    columns = [
        pgettext("person", "Name"),
        _("E-mail address"),
        _("Role"),
        _("Department"),
    ]
    columns += [_("Job title"), _("Phone"), _("Deputy"), _("State")]

    def lines() -> Iterator[list[Any]]:
        for one in found.iterator(chunk_size=500):
            shown = one.invited_name if one.is_invited else one.user.name
            yield [
                shown,
                one.user.email,
                one.get_role_display(),
                one.department or "",
                one.title,
                one.phone,
                one.deputy or "",
                state_word(one),
            ]

    return export(request, name=_("People"), columns=columns, rows=lines)


def state_word(one: Any) -> str:
    """Whether somebody is here, away, invited or deactivated, in a word."""
    if one.is_invited:
        return _("Invited") if one.invitation_until else _("Invitation taken back")
    if not one.is_active:
        return _("Deactivated")
    return _("Away") if one.away_until else _("Active")


def find(request: TenantRequest, pk: int) -> Any:
    """The member of a page; 404 for whom the actor may not see."""
    return get_object_or_404(rows.members(request.actor, now=request.now), pk=pk)


@page(Permission.PEOPLE_READ)
def person(request: TenantRequest, pk: int) -> HttpResponse:
    """One person: what they are, who stands in, when they are away."""
    return _person_page(request, find(request, pk))


def _person_page(
    request: TenantRequest, one: Any, *, absence: Any = None, deputy: Any = None
) -> HttpResponse:
    may_speak = not one.is_client and manages(request.actor, one)
    forms = [form for form in (absence, deputy) if form is not None]
    context = {
        "one": one,
        "state": state_word(one),
        "may_manage": request.actor.may(Permission.PEOPLE_MANAGE),
        "may_speak": may_speak and one.is_active and one.role != Role.OBSERVER,
        "absences": rows.coming_absences(one, now=request.now),
        "stands_in_for": rows.stood_in_by(one),
        "leads": rows.led_departments(one),
        "skills": one.skills.order_by("category"),
        "absence_form": absence or AbsenceForm(),
        "deputy_form": deputy
        or DeputyForm(membership=one, initial={"deputy": one.deputy_id}),
    }
    status = max([status_of(form) for form in forms], default=200)
    return render(request, "people/person.html", context, status=status)


@page(Permission.PEOPLE_MANAGE, methods=WRITING)
def invite(request: TenantRequest) -> HttpResponse:
    """Invite a colleague by e-mail."""
    form = InviteForm(
        request.POST or None, initial={"role": request.GET.get("role", "")}
    )
    if form.is_valid():
        call = partial(services.invite, actor=request.actor, now=request.now)
        invitation = run(form, lambda: call(**form.cleaned_data))
        if invitation is not None:
            sent = _("An invitation is on its way to %(address)s.")
            address = {"address": invitation.membership.user.email}
            messages.success(request, sent % address)
            if "again" in request.POST:
                return redirect("people:invite")
            return redirect("people:person", pk=invitation.membership_id)
    return render(request, "people/invite.html", {"form": form}, status=status_of(form))


@page(Permission.PEOPLE_MANAGE, methods=WRITING)
def edit(request: TenantRequest, pk: int) -> HttpResponse:
    """Give somebody another role, department, job title or phone."""
    one = find(request, pk)
    if one.role == Role.OBSERVER:
        raise Http404
    initial = {
        "role": one.role,
        "department": one.department_id,
        "title": one.title,
        "phone": one.phone,
    }
    form = MemberForm(request.POST or None, membership=one, initial=initial)
    if form.is_valid():
        values = {"department": None, **form.cleaned_data}
        call = partial(services.change_member, actor=request.actor, now=request.now)
        if run(form, lambda: call(membership=one, **values)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:person", pk=pk)
    context = {"form": form, "one": one}
    return render(request, "people/edit.html", context, status=status_of(form))


@page(Permission.PEOPLE_MANAGE, methods=WRITING)
def deactivate(request: TenantRequest, pk: int) -> HttpResponse:
    """Ask once, naming what will happen; then end the membership at once."""
    one = find(request, pk)
    if request.method == "POST":
        verb: Any = services.deactivate
        if one.role == Role.OBSERVER:
            verb = services.end_support_access
        return done(
            request,
            lambda: verb(actor=request.actor, now=request.now, membership=one),
            said=_("%(name)s can no longer sign in.") % {"name": one},
            to=reverse("people:person", args=[pk]),
        )
    context = {"one": one, "leads": rows.led_departments(one)}
    context["stands_in_for"] = rows.stood_in_by(one)
    context["tokens"] = ApiToken.objects.filter(membership=one, revoked_at=None).count()
    return render(request, "people/deactivate.html", context)


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def reactivate(request: TenantRequest, pk: int) -> HttpResponse:
    """Let somebody in again."""
    one = find(request, pk)
    return done(
        request,
        lambda: services.reactivate(
            actor=request.actor, now=request.now, membership=one
        ),
        said=_("%(name)s can sign in again.") % {"name": one},
        to=reverse("people:person", args=[pk]),
    )


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def resend(request: TenantRequest, pk: int) -> HttpResponse:
    """Send the invitation again, with a new link."""
    one = find(request, pk)
    return done(
        request,
        lambda: services.resend_invitation(
            actor=request.actor, now=request.now, membership=one
        ),
        said=_("A new link is on its way; the former ones no longer work."),
        to=reverse("people:person", args=[pk]),
    )


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def revoke(request: TenantRequest, pk: int) -> HttpResponse:
    """Take the invitation back."""
    one = find(request, pk)
    return done(
        request,
        lambda: services.revoke_invitation(
            actor=request.actor, now=request.now, membership=one
        ),
        said=_("The invitation was taken back; its link no longer works."),
        to=reverse("people:person", args=[pk]),
    )


@page(Permission.PEOPLE_READ, methods=("POST",))
def absence_add(request: TenantRequest, pk: int) -> HttpResponse:
    """Enter when a colleague is away: an administrator, or their manager."""
    one = _spoken_for(request, pk)
    form = AbsenceForm(request.POST)
    if form.is_valid():
        call = partial(services.add_absence, actor=request.actor, now=request.now)
        if run(form, lambda: call(membership=one, **form.cleaned_data)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:person", pk=pk)
    return _person_page(request, one, absence=form)


@page(Permission.PEOPLE_READ, methods=("POST",))
def absence_end(request: TenantRequest, pk: int, absence_pk: int) -> HttpResponse:
    """A colleague is back, or is not going."""
    one = _spoken_for(request, pk)
    absence = get_object_or_404(Absence, pk=absence_pk, membership=one)
    return done(
        request,
        lambda: services.end_absence(
            actor=request.actor, now=request.now, absence=absence
        ),
        said=_("Saved."),
        to=reverse("people:person", args=[pk]),
    )


@page(Permission.PEOPLE_READ, methods=("POST",))
def deputy(request: TenantRequest, pk: int) -> HttpResponse:
    """Say who stands in for a colleague."""
    one = _spoken_for(request, pk)
    form = DeputyForm(request.POST, membership=one)
    if form.is_valid():
        call = partial(services.set_deputy, actor=request.actor, now=request.now)
        if run(form, lambda: call(membership=one, **form.cleaned_data)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:person", pk=pk)
    return _person_page(request, one, deputy=form)


def _spoken_for(request: TenantRequest, pk: int) -> Any:
    one = find(request, pk)
    if one.is_client or one.role == Role.OBSERVER or not manages(request.actor, one):
        raise Http404
    return one
