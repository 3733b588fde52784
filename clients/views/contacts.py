"""Letting contacts sign in."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clients import services
from clients.forms.records import InviteForm
from clients.queries import rows
from clients.views.register import call_and_return
from people.roles import Permission
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page


@page(Permission.CLIENT_MANAGE, methods=("GET", "POST"))
def contact_invite(request: TenantRequest, pk: int) -> HttpResponse:
    """Invite a contact to sign in, or send the invitation again."""
    contact = get_object_or_404(rows.contacts(request.actor), pk=pk)
    form = InviteForm(request.POST or None)
    if form.is_valid():
        call = partial(services.invite_contact, actor=request.actor, now=request.now)
        if run(form, lambda: call(contact=contact, **form.cleaned_data)) is not None:
            sent = _("An invitation is on its way to %(address)s.")
            messages.success(request, sent % {"address": contact.email})
            return redirect("clients:contact", pk=pk)
    context = {"form": form, "row": contact, "client": contact.client}
    return render(request, "clients/invite.html", context, status=status_of(form))


@page(Permission.CLIENT_MANAGE, methods=("POST",))
def contact_end_sign_in(request: TenantRequest, pk: int) -> HttpResponse:
    """End a contact's sign-in, or take the invitation back."""
    contact = get_object_or_404(rows.contacts(request.actor), pk=pk)
    return call_and_return(
        request,
        lambda: services.end_sign_in(
            actor=request.actor, now=request.now, contact=contact
        ),
        done=_("They can no longer sign in."),
        to=reverse("clients:contact", args=[pk]),
    )


@page(Permission.CLIENT_MANAGE, methods=("POST",))
def contact_resume_sign_in(request: TenantRequest, pk: int) -> HttpResponse:
    """Let a contact in again."""
    contact = get_object_or_404(rows.contacts(request.actor), pk=pk)
    return call_and_return(
        request,
        lambda: services.resume_sign_in(
            actor=request.actor, now=request.now, contact=contact
        ),
        done=_("They can sign in again."),
        to=reverse("clients:contact", args=[pk]),
    )
