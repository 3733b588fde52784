"""A pile of signed sheets is filed, one scan after the other; each finds its work order."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.roles import Permission
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets.forms.work import PileForm
from tickets.services import work


@page(Permission.TICKET_WORK, methods=("GET", "POST"))
def scans(request: TenantRequest) -> HttpResponse:
    """File the scan of a signed sheet, whatever work order it is of."""
    form = PileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = partial(work.file_scan, actor=request.actor, now=request.now)
        order = run(form, lambda: file(**form.cleaned_data))
        if order is not None:
            words = _("Filed with %(number)s. It counts as signed.")
            messages.success(request, words % {"number": order.number})
            return redirect("tickets:scans")
    context = {"form": form, "files_lost": bool(request.FILES)}
    return render(request, "tickets/work/scans.html", context, status=status_of(form))
