"""The request as a view sees it, after the middleware has found tenant and person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:  # this library lies below the apps
    from django_htmx.middleware import HtmxDetails

    from people.actors import Actor
    from people.models import Membership
    from tenants.models import Tenant


class TenantRequest(HttpRequest):
    """A request inside a tenant's scope. Only a type: the middleware sets the attributes.

    ``now`` is PostgreSQL's clock, read once; ``after_rollback`` holds what must be written
    although the request is refused.
    """

    tenant: Tenant
    actor: Actor
    membership: Membership
    now: datetime
    htmx: HtmxDetails
    after_rollback: list[Callable[[], object]]


def too_many(request: TenantRequest, *, until: datetime) -> HttpResponse:
    """Say that a page was used too often from this place, and in how many seconds it opens."""
    response = render(request, "429.html", status=429)
    seconds = (until - request.now) / timedelta(seconds=1)
    response["Retry-After"] = str(max(1, round(seconds)))
    return response
