"""What could not be delivered, for the administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from notifications.models import Delivery
from notifications.render import render_row
from notifications.services.dead import dead_letters, dismiss, outbox_state, try_again
from people.roles import Permission
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.paging import Sort, paginate

PAGE_SIZE = 50


@page(Permission.HEALTH_READ)
def undelivered(request: TenantRequest) -> HttpResponse:
    """The dead letters: to whom, what, why."""
    shown = paginate(
        dead_letters(),
        sort=Sort((), descending=True),
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    context = {
        "rows": [_row(delivery) for delivery in shown.rows],
        "page": shown,
        "state": outbox_state(),
        "may_decide": request.actor.may(Permission.SETTINGS_MANAGE),
    }
    return render(request, "notifications/undelivered.html", context)


@page(Permission.SETTINGS_MANAGE, methods=("POST",))
def decide(request: TenantRequest, pk: int, verb: str) -> HttpResponse:
    """Try a dead letter again, or take it off the list."""
    if verb == "again":
        done, said = try_again(pk=pk, now=request.now), _("It is on its way again.")
    elif verb == "dismiss":
        done, said = dismiss(pk=pk), _("It is off the list.")
    else:
        raise Http404
    if not done:
        messages.warning(request, _("Somebody else has dealt with it meanwhile."))
    else:
        messages.success(request, said)
    return redirect("notifications:dead")


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "pk": delivery.pk,
        "name": delivery.recipient.user.name,
        "address": delivery.recipient.user.email,
        "words": render_row(delivery.message),
        "size": delivery.size,  # type: ignore[attr-defined]
        "created_at": delivery.created_at,
        "attempts": delivery.attempts,
        "error": delivery.last_error,
    }
