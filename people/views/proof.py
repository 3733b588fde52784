"""Asking somebody signed in to prove once more that it is still they."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
)
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from servicedesk.lib.http import TenantRequest


def is_proved(request: TenantRequest) -> bool:
    """Whether the person has signed in or proved themselves in the last minutes."""
    return bool(did_recently_reauthenticate(request))


def ask_proof(request: TenantRequest) -> HttpResponse:
    """To the page that asks for a password or factor, and back here afterwards."""
    if request.method == "POST":
        messages.warning(request, _("Nothing was saved yet: first prove it is you."))
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    target = methods[0]["url"] if methods else "/"
    return redirect(f"{target}?{urlencode({'next': request.path})}")
