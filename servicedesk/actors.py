"""From a session or a token to the actor behind a request."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.http import HttpRequest

from people.actors import Actor
from people.models import Membership
from people.roles import permissions_of
from people.tokens import TokenHolder
from servicedesk.lib.peer import client_address

_AROUND = """
SELECT (
    SELECT client_id FROM clients_contact
    WHERE tenant_id = %(tenant)s AND membership_id = %(member)s AND is_active LIMIT 1
), ARRAY(
    SELECT id FROM people_department
    WHERE tenant_id = %(tenant)s AND manager_id = %(member)s AND is_active
)
"""


def load_membership(*, user_id: int, now: datetime) -> Membership | None:
    """The active membership of a person in the open tenant."""
    found: Membership | None = (
        Membership.objects.in_force(now)
        .filter(user_id=user_id)
        .select_related("user")
        .first()
    )
    return found


def actor_of(
    request: HttpRequest, membership: Membership, token: TokenHolder | None = None
) -> Actor:
    """The actor of a browser session, or of a token with what it may do; one query."""
    tenant = request.tenant  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"tenant": tenant.pk, "member": membership.pk})
        client_id, managed = cursor.fetchone()
    departments = {*managed, membership.department_id} - {None}
    return Actor(
        tenant_id=tenant.pk,
        membership_id=membership.pk,
        user_id=membership.user_id,
        name=membership.user.name,
        role=membership.role,
        permissions=token.permissions if token else permissions_of(membership.role),
        departments=frozenset(departments),
        client_id=client_id,
        language=membership.user.language or tenant.language,
        zone=tenant.zone,
        via="api" if token else "browser",
        address=client_address(request),
        token_id=token.token_id if token else None,
    )
