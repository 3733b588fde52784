"""API tokens: made, shown once, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from people.actors import Actor
from people.keys import SHOWN, digest, new_token
from people.models import ApiToken
from people.roles import Permission, permissions_of
from people.services.rights import require
from servicedesk.lib.errors import NotPermitted, ServiceError

LONGEST = timedelta(days=366)
#: What is not offered: to make tokens is a person's alone; to be a member goes without saying.
WITHHELD = frozenset({Permission.TOKEN_MANAGE, Permission.SIGNED_IN})


def grantable(actor: Actor) -> list[str]:
    """The rights that somebody may give a token of theirs, in the order of the roles."""
    own = permissions_of(actor.role) - WITHHELD
    return [one.value for one in Permission if one.value in own]


@transaction.atomic
def create_token(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
) -> tuple[ApiToken, str]:
    """A new token that acts as its maker, and its secret, which is never shown again.

    Only a person can make one, never a token. Raises ``by_token``, ``name_missing``,
    ``scopes_missing``, ``scope_unknown``, ``expiry``.
    """
    require(actor, Permission.TOKEN_MANAGE)
    if actor.token_id is not None or actor.membership_id is None:
        raise NotPermitted("by_token", _("A token can't make tokens."))
    wanted = sorted(set(scopes))
    _check(actor, name=name, scopes=wanted, expires_at=expires_at, now=now)
    raw = new_token()
    token = ApiToken.objects.create(
        membership_id=actor.membership_id,
        name=name.strip(),
        prefix=raw[:SHOWN],
        token_hash=digest(raw),
        scopes=wanted,
        created_by_id=actor.membership_id,
        created_at=now,
        expires_at=expires_at,
    )
    data = {"scopes": wanted, "expires": expires_at.isoformat()}
    record(actor=actor, now=now, verb="token.created", target=token, data=data)
    return token, raw


@transaction.atomic
def revoke_token(*, actor: Actor, now: datetime, token: ApiToken) -> None:
    """End a token at once. Its maker may, and administrators."""
    if token.membership_id != actor.membership_id or actor.token_id is not None:
        require(actor, Permission.TOKEN_MANAGE)
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    record(actor=actor, now=now, verb="token.revoked", target=token)


def _check(
    actor: Actor, *, name: str, scopes: list[str], expires_at: datetime, now: datetime
) -> None:
    if not name.strip() or len(name.strip()) > 80:
        raise ServiceError(
            "name_missing", _("Give it a name of up to 80 characters."), field="name"
        )
    if not scopes:
        raise ServiceError(
            "scopes_missing", _("Choose what the token may do."), field="scopes"
        )
    if not set(scopes) <= set(grantable(actor)):
        raise ServiceError(
            "scope_unknown",
            _("You can only pass on rights that you have yourself."),
            field="scopes",
        )
    if not now < expires_at <= now + LONGEST:
        raise ServiceError(
            "expiry",
            _("A token lasts a year at most, and must end in the future."),
            field="expires_on",
        )
