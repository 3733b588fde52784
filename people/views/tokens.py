"""API tokens: the list, a new one (shown once), the end of one."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from people import services
from people.forms.own import TokenForm
from people.models import ApiToken
from people.roles import Permission
from people.views.parts import done
from people.views.proof import ask_proof, is_proved
from servicedesk.lib.forms import run, status_of
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page


@page(Permission.TOKEN_MANAGE)
def token_list(request: TenantRequest) -> HttpResponse:
    """Every token of the tenant, the living first."""
    words = dict(Permission.choices)
    found = ApiToken.objects.select_related("membership__user").order_by("-pk")[:200]
    listed = [
        {
            "row": one,
            "scopes": [words.get(scope, scope) for scope in one.scopes],
            "is_alive": one.revoked_at is None and one.expires_at > request.now,
        }
        for one in found
    ]
    listed.sort(key=lambda one: not one["is_alive"])
    return render(request, "people/tokens.html", {"tokens": listed})


@page(Permission.TOKEN_MANAGE, methods=("GET", "POST"))
def token_new(request: TenantRequest) -> HttpResponse:
    """Make a token; the answer shows it this once and is kept nowhere."""
    if not is_proved(request):
        return ask_proof(request)
    grantable = services.grantable(request.actor)
    form = TokenForm(request.POST or None, grantable=grantable, today=request.now)
    if form.is_valid():
        call = partial(services.create_token, actor=request.actor, now=request.now)
        values = {key: form.cleaned_data[key] for key in ("name", "scopes")}
        made = run(form, lambda: call(expires_at=form.expires_at(), **values))
        if made is not None:
            token, raw = made
            context = {"token": token, "raw": raw}
            return render(request, "people/token_made.html", context)
    return render(
        request, "people/token_new.html", {"form": form}, status=status_of(form)
    )


@page(Permission.TOKEN_MANAGE, methods=("POST",))
def token_revoke(request: TenantRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken, pk=pk)
    return done(
        request,
        lambda: services.revoke_token(
            actor=request.actor, now=request.now, token=token
        ),
        said=_("“%(name)s” no longer works.") % {"name": token.name},
        to=reverse("people:tokens"),
    )
