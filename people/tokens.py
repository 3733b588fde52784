"""Who an API token speaks for, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from people.keys import TOKEN_PREFIX, digest
from people.models import ApiToken, Membership
from people.roles import STAFF_ROLES, Permission, permissions_of
from tenants.models import Tenant
from tenants.scope import current_tenant_id

#: How often the last use is written down.
NOTED_EVERY = timedelta(minutes=1)
#: What is read of the person and of the membership; anything else is read when asked for.
_USER = ("id", "email", "name", "language", "is_active")
_MEMBER = (
    *("id", "tenant_id", "user_id", "role", "department_id"),
    *("is_active", "accepted_at", "expires_at"),
)
# Every call begins with it: by the ORM it costs twenty times as much.
_FIND = f"""
SELECT t.id, t.scopes, t.last_used_at,
    EXISTS (SELECT FROM mfa_authenticator f WHERE f.user_id = m.user_id),
    {", ".join(f"m.{name}" for name in _MEMBER)}, {", ".join(f"u.{name}" for name in _USER)}
FROM people_apitoken t
JOIN people_membership m ON m.tenant_id = t.tenant_id AND m.id = t.membership_id
JOIN accounts_user u ON u.id = m.user_id
WHERE t.tenant_id = %(tenant)s AND t.token_hash = %(hash)s
    AND t.revoked_at IS NULL AND t.expires_at > %(now)s
    AND m.is_active AND (m.expires_at IS NULL OR m.expires_at > %(now)s) AND u.is_active
"""  # noqa: S608 - the names above


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """An API token that is good now: whose it is, and what it may do.

    ``permissions`` is what both the token's scopes and the member's *present* role allow:
    a token never outlives or exceeds the person's own rights.
    """

    token_id: int
    membership: Membership
    permissions: frozenset[str]


def resolve(raw: str, *, tenant: Tenant, now: datetime) -> TokenHolder | None:
    """The holder of a token in the open scope of a host's tenant; None if anything is wrong.

    One query; another tenant's token is as unknown as any. Staff of a tenant that requires a
    second factor need one for their tokens too. The last use is noted at most once a minute.
    """
    if not raw.startswith(TOKEN_PREFIX) or len(raw) > 100 or not raw.isascii():
        return None
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "hash": digest(raw),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        row = cursor.fetchone()
    if row is None:
        return None
    token_id, scopes, last_used_at, has_factor, *rest = row
    member = _member(rest)
    if tenant.require_second_factor and member.role in STAFF_ROLES and not has_factor:
        return None
    if last_used_at is None or now - last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token_id).update(last_used_at=now)
    allowed = permissions_of(member.role) & {*scopes, Permission.SIGNED_IN}
    return TokenHolder(token_id, member, allowed)


def _member(values: list[Any]) -> Membership:
    alias = connection.alias
    member = Membership.from_db(alias, _MEMBER, values[: len(_MEMBER)])
    member.user = User.from_db(alias, _USER, values[len(_MEMBER) :])
    return member
