"""From a session or a token to the actor behind a request."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest

from clients.models import Contact
from people.actors import Actor
from people.models import Department, Membership
from people.roles import permissions_of
from people.tokens import TokenHolder
from servicedesk.lib.peer import client_address


def load_membership(*, user_id: int, now: datetime) -> Membership | None:
    """The active membership of a person in the open tenant, with client and departments."""
    managed = Department.objects.filter(manager_id=OuterRef("pk"), is_active=True)
    contact = Contact.objects.filter(membership_id=OuterRef("pk"), is_active=True)
    return (
        Membership.objects.active()
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), user_id=user_id)
        .select_related("user")
        .annotate(
            client_of=Subquery(contact.values("client_id")[:1]),
            manages=ArraySubquery(managed.values("pk")),
        )
        .first()
    )


def actor_of(
    request: HttpRequest, membership: Membership, token: TokenHolder | None = None
) -> Actor:
    """The actor of a browser session, or of a token with what it may do."""
    tenant = request.tenant  # type: ignore[attr-defined]
    departments = set(membership.manages)  # type: ignore[attr-defined]
    if membership.department_id is not None:
        departments.add(membership.department_id)
    return Actor(
        tenant_id=tenant.pk,
        membership_id=membership.pk,
        user_id=membership.user_id,
        name=membership.user.name,
        role=membership.role,
        permissions=token.permissions if token else permissions_of(membership.role),
        departments=frozenset(departments),
        client_id=membership.client_of,  # type: ignore[attr-defined]
        language=membership.user.language or tenant.language,
        zone=tenant.zone,
        via="api" if token else "browser",
        address=client_address(request),
        token_id=token.token_id if token else None,
    )
