"""Who an API token speaks for, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from people.keys import TOKEN_PREFIX, digest
from people.models import ApiToken, Membership
from people.roles import STAFF_ROLES, Permission, permissions_of
from tenants.models import Tenant
from tenants.scope import tenant_scope

#: How often the last use is written down.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """An API token that is good now: whose it is, and what it may do.

    ``permissions`` is what both the token's scopes and the member's *present* role allow:
    a token never outlives or exceeds the person's own rights.
    """

    token_id: int
    membership_id: int
    user_id: int
    role: str
    permissions: frozenset[str]


def resolve(raw: str, *, tenant: Tenant, now: datetime) -> TokenHolder | None:
    """The holder of a token on a tenant's host; None whatever is wrong with it.

    One query as the system's role, which yields ids and decides nothing about rows; another
    tenant's token is as unknown as any. Staff of a tenant that requires a second factor need
    one for their tokens too. The last use is noted at most once a minute.
    """
    if not raw.startswith(TOKEN_PREFIX) or len(raw) > 100 or not raw.isascii():
        return None
    found = (
        ApiToken.objects.using("system")
        .filter(token_hash=digest(raw), tenant_id=tenant.pk, revoked_at=None)
        .filter(expires_at__gt=now)
        .values_list("pk", "membership_id", "scopes", "last_used_at")
        .first()
    )
    if found is None:
        return None
    token_id, membership_id, scopes, last_used_at = found
    with tenant_scope(tenant.pk):
        member = _member(membership_id, tenant, now)
        if member is None:
            return None
        if last_used_at is None or now - last_used_at >= NOTED_EVERY:
            ApiToken.objects.filter(pk=token_id).update(last_used_at=now)
    return TokenHolder(
        token_id=token_id,
        membership_id=membership_id,
        user_id=member.user_id,
        role=member.role,
        permissions=permissions_of(member.role) & {*scopes, Permission.SIGNED_IN},
    )


def _member(membership_id: int, tenant: Tenant, now: datetime) -> Any:
    factors = Authenticator.objects.filter(user_id=OuterRef("user_id"))
    member: Any = (
        Membership.objects.in_force(now)
        .filter(pk=membership_id, user__is_active=True)
        .annotate(has_factor=Exists(factors))
        .first()
    )
    if member is None:
        return None
    owes_factor = tenant.require_second_factor and member.role in STAFF_ROLES
    return None if owes_factor and not member.has_factor else member
