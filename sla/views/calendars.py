"""Calendars: a month's days, single days set, the next year's holidays copied."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from sla import services, words
from sla.forms import DaysForm
from sla.models import Calendar, CalendarRevision
from sla.queries.month import month_from, month_of, runs_out
from sla.queries.sheet import hours_of
from sla.queries.standards import calendars_of_tenant


@page(Permission.STANDARD_MANAGE)
def calendar_list(request: TenantRequest) -> HttpResponse:
    """The calendars of the tenant, with those that run out of known days marked."""
    rows = calendars_of_tenant(localdate(request.now))
    return render(request, "sla/calendars.html", {"rows": rows})


@page(Permission.STANDARD_MANAGE)
def calendar_detail(request: TenantRequest, pk: int) -> HttpResponse:
    """One month (``?month=2026-11``) of a calendar's newest, or an older, revision."""
    calendar = get_object_or_404(Calendar, pk=pk)
    revisions = list(
        calendar.revisions.select_related("published_by__user").order_by("-number")
    )
    revision = _chosen(revisions, request.GET.get("revision", ""))
    days = services.calendar_of(revision)
    today = localdate(request.now)
    first = month_from(request.GET.get("month", ""), today=today)
    context = {
        "calendar": calendar,
        "hours": hours_of(days),
        "month": month_of(days, first, today=today),
        "revision": revision,
        "revisions": revisions,
        "is_newest": revision == revisions[0],
        "runs_out": runs_out(revision.known_until, today),
        "renewable": services.renewable(days),
        "weekdays": list(zip(words.WEEKDAYS, words.WEEKDAYS_SHORT, strict=True)),
        "month_format": pgettext("date format", "F Y"),
    }
    return render(request, "sla/calendar.html", context)


@page(Permission.STANDARD_MANAGE, methods=("GET", "POST"))
def calendar_revise(request: TenantRequest, pk: int) -> HttpResponse:
    """Set days of a calendar: closed, worked, or as the week says."""
    calendar = get_object_or_404(Calendar, pk=pk)
    initial = {"first_on": request.GET.get("day", "")}
    form = DaysForm(request.POST or None, initial=initial)
    if form.is_valid():
        call = partial(services.revise_calendar, actor=request.actor, now=request.now)
        note = form.cleaned_data["note"]
        if run(form, lambda: call(calendar=calendar, days=form.days, note=note)):
            messages.success(request, _("A new revision is published."))
            response = redirect("sla:calendar", pk=pk)
            response["Location"] += f"?month={form.cleaned_data['first_on']:%Y-%m}"
            return response
    context = {"calendar": calendar, "form": form}
    return render(request, "sla/revise.html", context, status=status_of(form))


@page(Permission.STANDARD_MANAGE, methods=("POST",))
def calendar_renew(request: TenantRequest, pk: int) -> HttpResponse:
    """Copy what the holiday library has learnt since."""
    calendar = get_object_or_404(Calendar, pk=pk)
    try:
        services.revise_calendar(
            actor=request.actor,
            now=request.now,
            calendar=calendar,
            renew=True,
            note=_("Holidays copied from the library"),
        )
    except ServiceError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(
            request, _("The holidays are copied; a revision is published.")
        )
    return redirect("sla:calendar", pk=pk)


def _chosen(revisions: list[CalendarRevision], number: str) -> CalendarRevision:
    if not revisions:
        raise Http404
    if not number:
        return revisions[0]
    for revision in revisions:
        if str(revision.number) == number:
            return revision
    raise Http404
