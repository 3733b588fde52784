"""What the services of people ask before they change anything."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.actors import Actor
from people.models import Membership
from people.roles import Permission, Role
from servicedesk.lib.errors import NotPermitted, ServiceError
from tenants.models import Tenant


def require(actor: Actor, permission: str) -> None:
    """Raise :class:`NotPermitted` unless the actor's role has the permission."""
    if not actor.may(permission):
        raise NotPermitted("not_permitted", _("You may not do this."))


def keep_from_programs(actor: Actor, *roles: str) -> None:
    """Raise ``by_token`` where a token would make, change or end an administrator.

    Whoever finds a token that keeps a list of people in step must not become master of the
    tenant by it, nor lock its masters out.
    """
    if actor.token_id is not None and Role.ADMINISTRATOR in roles:
        raise NotPermitted(
            "by_token",
            _("Only a person can make, change or deactivate an administrator."),
        )


def hold_people(actor: Actor) -> None:
    """Let one change of the tenant's people happen at a time, until the transaction ends.

    Rules that look at several rows (a circle of deputies, the last administrator) would
    not hold against two changes at once.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=actor.tenant_id)


def lock_member(membership: Membership) -> Membership:
    """The membership as it is now, locked."""
    return Membership.objects.select_related("user", "tenant").get(pk=membership.pk)


def keep_an_administrator(membership: Membership) -> None:
    """Raise ``last_administrator`` when nobody else could manage the tenant.

    Call with :func:`hold_people` held.
    """
    if membership.role != Role.ADMINISTRATOR or not membership.is_active:
        return
    others = Membership.objects.active().filter(role=Role.ADMINISTRATOR)
    if not others.exclude(pk=membership.pk).exists():
        raise ServiceError(
            "last_administrator",
            _(
                "This is the last administrator. Make somebody else administrator first."
            ),
            field="role",
        )


def manages(actor: Actor, membership: Membership) -> bool:
    """Whether the actor may speak for this colleague: administrator, or their manager."""
    if actor.may(Permission.PEOPLE_MANAGE):
        return True
    if actor.role == Role.GENERAL_MANAGER:
        return not membership.is_client
    return (
        actor.role == Role.DEPARTMENT_MANAGER
        and membership.department_id is not None
        and membership.department_id in actor.departments
    )
