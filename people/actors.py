"""Who acts: the person, membership and rights behind a request, a token or the system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from people.roles import CLIENT_ROLES, permissions_of

if TYPE_CHECKING:
    from people.models import Membership
    from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting in a tenant. Passed to every service; never looked up inside one.

    ``departments`` are the departments the person belongs to or manages; ``client_id`` is
    set for client staff. ``via`` is "browser", "api" or "system".
    """

    tenant_id: int
    membership_id: int | None
    user_id: int | None
    name: str
    role: str
    permissions: frozenset[str]
    departments: frozenset[int] = frozenset()
    client_id: int | None = None
    language: str = "zh-hans"
    zone: str = "Asia/Shanghai"
    via: str = "browser"
    address: str | None = None
    token_id: int | None = None

    def may(self, permission: str) -> bool:
        """Whether the actor's role (and token's scope) has a permission."""
        return permission in self.permissions

    @property
    def is_client(self) -> bool:
        """Whether the actor belongs to a client organisation."""
        return self.role in CLIENT_ROLES

    @property
    def is_staff(self) -> bool:
        """Whether the actor belongs to the service company."""
        return not self.is_client and self.membership_id is not None


def system_actor(tenant_id: int) -> Actor:
    """The platform itself, when a deadline fires."""
    return Actor(
        tenant_id=tenant_id,
        membership_id=None,
        user_id=None,
        name="",
        role="system",
        permissions=frozenset(),
        via="system",
    )


def member_acting(membership: Membership, *, address: str | None = None) -> Actor:
    """A member who acts before the page knows them: at sign-in, by a link from a mail."""
    return Actor(
        tenant_id=int(membership.tenant_id or 0),
        membership_id=membership.pk,
        user_id=membership.user_id,
        name=membership.user.name or membership.user.email,
        role=membership.role,
        permissions=permissions_of(membership.role),
        language=membership.user.language or "zh-hans",
        address=address,
    )


def nobody(tenant_id: int, *, address: str | None = None) -> Actor:
    """Somebody who has not said who they are."""
    return Actor(
        tenant_id=tenant_id,
        membership_id=None,
        user_id=None,
        name="",
        role="",
        permissions=frozenset(),
        address=address,
    )


def operator(tenant: Tenant, person: str = "") -> Actor:
    """The platform's operator at the command line, as the tenant's journal is to name it.

    ``person`` is the e-mail address of who of the operator's people it is.
    """
    with translation.override(tenant.language):
        name = _("platform operator")
    if person:
        name = f"{name} ({person})"
    return Actor(
        tenant_id=tenant.pk,
        membership_id=None,
        user_id=None,
        name=name,
        role="operator",
        permissions=permissions_of("administrator"),
        via="command",
    )
