"""One's own choice of what comes by e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from notifications.forms import MailForm
from notifications.services.inbox import choose_mail, kinds_for
from people.roles import Permission
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page


@page(Permission.SIGNED_IN, methods=("GET", "POST"))
def preferences(request: TenantRequest) -> HttpResponse:
    """A switch for each kind; what can't be switched off is shown with the reason."""
    kinds = kinds_for(request.actor)
    form = MailForm(
        request.POST if request.method == "POST" else None,
        kinds=kinds,
        settings=request.membership.mail_settings,
    )
    if request.method == "POST" and form.is_valid():
        choose_mail(actor=request.actor, choices=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("notifications:settings")
    context = {
        "form": form,
        "fixed": [kind for kind in kinds if not kind.muteable],
        "address": request.membership.user.email,
    }
    return render(request, "notifications/settings.html", context)
