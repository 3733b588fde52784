"""The duty roster of a department, and what its people know."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people import services
from people.forms.roster import ShiftForm, SkillsForm
from people.models import Department, Shift
from people.queries.roster import read_roster
from people.roles import Permission
from people.services.rights import manages
from people.views.members import find
from people.views.parts import done
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page

WRITING = ("GET", "POST")


def _department(request: TenantRequest, pk: int, *, write: bool = False) -> Department:
    """A department; absent for who may not write its roster, where that is wanted."""
    rows = Department.objects.visible_to(request.actor)
    row: Department = get_object_or_404(rows, pk=pk)
    if write and not services.may_roster(request.actor, row):
        raise Http404
    return row


@page(Permission.PEOPLE_READ)
def roster(request: TenantRequest, pk: int) -> HttpResponse:
    """Who is on duty when, and where nobody is."""
    row = _department(request, pk)
    context = {
        "row": row,
        "roster": read_roster(row, now=request.now, zone=request.actor.zone),
        "may_write": services.may_roster(request.actor, row),
        "may_manage": request.actor.may(Permission.PEOPLE_MANAGE),
    }
    return render(request, "people/roster.html", context)


@page(Permission.PEOPLE_READ, methods=WRITING)
def shift(request: TenantRequest, pk: int, shift_pk: int | None = None) -> HttpResponse:
    """Write a line of the roster, or change one."""
    row = _department(request, pk, write=True)
    found = get_object_or_404(row.shifts, pk=shift_pk) if shift_pk else None
    form = ShiftForm(
        request.POST or None, department=row, initial=_initial(request, found)
    )
    if form.is_valid():
        call = partial(services.save_shift, actor=request.actor, now=request.now)
        saved = run(
            form, lambda: call(department=row, shift=found, **form.cleaned_data)
        )
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("people:roster", pk=pk)
    context = {"form": form, "row": row, "shift": found}
    return render(request, "people/shift.html", context, status=status_of(form))


def _initial(request: TenantRequest, found: Shift | None) -> dict[str, Any]:
    if found is None:
        today = timezone.localtime(request.now).date()
        return {"from_on": today, "weekdays": list(range(1, 8))}
    names = ("name", "weekdays", "starts", "ends", "from_on", "until_on")
    values = {name: getattr(found, name) for name in names}
    members = found.members.values_list("membership_id", flat=True)
    return values | {"members": list(members)}


@page(Permission.PEOPLE_READ, methods=("POST",))
def shift_remove(request: TenantRequest, pk: int, shift_pk: int) -> HttpResponse:
    """Take a line out."""
    row = _department(request, pk, write=True)
    found = get_object_or_404(row.shifts, pk=shift_pk)
    return done(
        request,
        lambda: services.remove_shift(
            actor=request.actor, now=request.now, shift=found
        ),
        said=_("“%(name)s” is taken out of the roster.") % {"name": found.name},
        to=reverse("people:roster", args=[pk]),
    )


@page(Permission.PEOPLE_READ, methods=WRITING)
def skills(request: TenantRequest, pk: int) -> HttpResponse:
    """Say which categories of equipment somebody knows."""
    one = find(request, pk)
    if one.is_client or not manages(request.actor, one):
        raise Http404
    known = one.skills.order_by("category").values_list("category", flat=True)
    form = SkillsForm(
        request.POST if request.method == "POST" else None,
        initial={"categories": ", ".join(known)},
    )
    if form.is_valid():
        call = partial(services.set_skills, actor=request.actor, now=request.now)
        saved = run(form, lambda: call(membership=one, categories=form.listed()))
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect("people:person", pk=pk)
    context = {"form": form, "one": one}
    return render(request, "people/skills.html", context, status=status_of(form))
