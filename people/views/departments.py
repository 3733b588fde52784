"""Departments: who leads them, who is in them."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from people import services
from people.forms.members import DepartmentForm
from people.models import Department
from people.queries import rows
from people.roles import Permission
from people.views.parts import done
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page

WRITING = ("GET", "POST")


@page(Permission.PEOPLE_READ)
def department_list(request: TenantRequest) -> HttpResponse:
    """All departments, with their managers; one without is a fault of set-up."""
    counts = rows.headcounts()
    found = [
        {"row": one, "people": counts.get(one.pk, 0)}
        for one in rows.departments(request.actor)
    ]
    context = {
        "departments": found,
        "may_manage": request.actor.may(Permission.PEOPLE_MANAGE),
    }
    return render(request, "people/departments.html", context)


@page(Permission.PEOPLE_MANAGE, methods=WRITING)
def department_new(request: TenantRequest) -> HttpResponse:
    """Enter a department."""
    form = DepartmentForm(request.POST or None)
    if form.is_valid():
        call = partial(services.create_department, actor=request.actor, now=request.now)
        made = run(form, lambda: call(**form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(name)s was entered.") % {"name": made})
            return redirect("people:departments")
    context = {"form": form}
    return render(request, "people/department.html", context, status=status_of(form))


@page(Permission.PEOPLE_MANAGE, methods=WRITING)
def department(request: TenantRequest, pk: int) -> HttpResponse:
    """Rename a department, give it another manager or second line."""
    row = get_object_or_404(rows.departments(request.actor), pk=pk)
    name = row.name
    initial = {
        "name": row.name,
        "manager": row.manager_id,
        "second_line": row.second_line_id,
        "places": row.places,
    }
    form = DepartmentForm(request.POST or None, initial=initial, department=row)
    if form.is_valid():
        call = partial(services.change_department, actor=request.actor, now=request.now)
        if run(form, lambda: call(department=row, **form.cleaned_data)) is not None:
            messages.success(request, _("Saved."))
            return redirect("people:departments")
    context = {"form": form, "row": row, "name": name}
    context["people"] = rows.headcounts().get(pk, 0)
    return render(request, "people/department.html", context, status=status_of(form))


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def department_close(request: TenantRequest, pk: int) -> HttpResponse:
    """Close a department that has nobody left."""
    row = get_object_or_404(Department, pk=pk)
    return done(
        request,
        lambda: services.close_department(
            actor=request.actor, now=request.now, department=row
        ),
        said=_("%(name)s is closed.") % {"name": row},
        to=reverse("people:departments"),
    )


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def department_reopen(request: TenantRequest, pk: int) -> HttpResponse:
    """Open a closed department again."""
    row = get_object_or_404(Department, pk=pk)
    return done(
        request,
        lambda: services.reopen_department(
            actor=request.actor, now=request.now, department=row
        ),
        said=_("%(name)s is open again.") % {"name": row},
        to=reverse("people:departments"),
    )
