"""Row 21: tokens that live too long or can too much (Sentry #92616, #105269, #99457, #105064)."""

from datetime import timedelta

import pytest

from people import services, tokens
from people.models import ApiToken, Membership
from people.roles import PERMISSIONS, Role, permissions_of
from servicedesk.lib.errors import NotPermitted
from servicedesk.lib.now import database_now
from tenants.models import Tenant
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(world):
    house = world.zhida
    now = database_now()
    with house.scope():
        return services.create_token(
            actor=house.actor("admin"),
            now=now,
            name="All it may have",
            scopes=services.grantable(house.actor("admin")),
            expires_at=now + timedelta(days=30),
        )


def resolve(house, raw):
    with house.scope():
        return tokens.resolve(raw, tenant=house.tenant, now=database_now())


def test_a_deactivated_person_has_no_token_on_the_next_request(world, token):
    house = world.zhida
    with house.scope():
        Membership.objects.filter(pk=house.agent.pk).update(role=Role.ADMINISTRATOR)
        services.deactivate(
            actor=house.actor(
                "agent",
                role=Role.ADMINISTRATOR,
                permissions=permissions_of("administrator"),
            ),
            now=FOUNDED,
            membership=house.admin,
        )
    assert resolve(house, token[1]) is None
    with house.scope():
        services.reactivate(
            actor=house.actor(
                "agent",
                role=Role.ADMINISTRATOR,
                permissions=permissions_of("administrator"),
            ),
            now=FOUNDED,
            membership=house.admin,
        )
    assert resolve(house, token[1]) is None  # and it does not come back with them


@pytest.mark.parametrize("role", Role.values)
def test_a_token_never_may_more_than_the_present_role(world, token, role):
    house = world.zhida
    with house.scope():
        Membership.objects.filter(pk=house.admin.pk).update(role=role)
    holder = resolve(house, token[1])
    assert holder.permissions <= PERMISSIONS[role]
    assert holder.membership.role == role


def test_a_token_belongs_to_one_tenant(world, token):
    """Also where its holder is an administrator of the other, too."""
    house, other = world.zhida, world.other
    with other.scope():
        invitation = services.invite(
            actor=other.actor("admin"),
            now=FOUNDED,
            email=house.admin.user.email,
            role=Role.ADMINISTRATOR,
        )
        services.accept_invitation(now=FOUNDED, invitation=invitation)
    assert resolve(other, token[1]) is None
    assert resolve(house, token[1]) is not None


def test_a_token_neither_makes_nor_prolongs_tokens(world, token):
    house = world.zhida
    actor = house.actor("admin", token_id=token[0].pk)
    now = database_now()
    with house.scope(), pytest.raises(NotPermitted):
        services.create_token(
            actor=actor,
            now=now,
            name="child",
            scopes=["ticket.read"],
            expires_at=now + timedelta(days=365),
        )
    assert "token.manage" not in resolve(house, token[1]).permissions
    with house.scope():
        assert ApiToken.objects.count() == 1


def test_the_tokens_of_a_closed_tenant_are_not_asked(world, token):
    """The host of a closed tenant is nobody's; no token is looked at."""
    from tenants.hosts import forget_tenants, tenant_of

    house = world.zhida
    with house.scope():
        Tenant.objects.filter(pk=house.tenant.pk).update(is_active=False)
    try:
        forget_tenants()
        assert tenant_of(house.host) is None
    finally:
        with house.scope():
            Tenant.objects.filter(pk=house.tenant.pk).update(is_active=True)
        forget_tenants()
