"""API tokens: shown once, hashed, scoped, per tenant, expiring, revocable."""

import re
from datetime import timedelta

import pytest

from activity.models import Entry
from people import services, tokens
from people.keys import digest
from people.models import ApiToken, Membership
from people.roles import permissions_of
from servicedesk.lib.errors import NotPermitted, ServiceError
from servicedesk.lib.now import database_now
from tests.accounts.hands import signed_in
from tests.accounts.phone import give_app

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def make(house, scopes=("ticket.read", "ticket.work"), by="admin", days=30, **actor):
    now = database_now()
    return services.create_token(
        actor=house.actor(by, **actor),
        now=now,
        name="Monitoring",
        scopes=scopes,
        expires_at=now + days * DAY,
    )


@pytest.fixture
def house(world):
    return world.zhida


@pytest.fixture
def raw(house):
    with house.scope():
        return make(house)[1]


def resolve(house, raw, now=None):
    with house.scope():
        return tokens.resolve(raw, tenant=house.tenant, now=now or database_now())


def test_a_token_speaks_for_its_maker_within_its_scopes(house, raw):
    holder = resolve(house, raw)
    assert holder.membership == house.admin
    assert holder.permissions == {"signed_in", "ticket.read", "ticket.work"}
    assert re.fullmatch(r"sd_[A-Za-z0-9_-]{43}", raw)


def test_only_its_hash_is_kept(house, raw):
    with house.scope():
        kept = ApiToken.objects.get()
    assert kept.token_hash == digest(raw)
    assert raw not in str(vars(kept))
    assert raw.startswith(kept.prefix)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + " ",
        lambda raw: " " + raw,
        lambda raw: raw.swapcase(),
        lambda raw: raw[:-1],
        lambda raw: raw.removeprefix("sd_"),
        lambda raw: "",
        lambda raw: "sd_" + "x" * 5000,
        lambda raw: raw.replace("sd_", "ｓd_"),
    ],
)
def test_nearly_right_is_wrong(house, raw, spoil):
    assert resolve(house, spoil(raw)) is None


def test_another_tenants_token_is_unknown(world, house, raw):
    assert resolve(world.other, raw) is None


def test_it_expires_and_is_revoked(house, raw):
    assert resolve(house, raw, database_now() + 31 * DAY) is None
    with house.scope():
        token = ApiToken.objects.get()
        services.revoke_token(
            actor=house.actor("admin"), now=database_now(), token=token
        )
    assert resolve(house, raw) is None


def test_its_rights_follow_the_members_present_role(house, raw):
    with house.scope():
        Membership.objects.filter(pk=house.admin.pk).update(role="client_staff")
    assert resolve(house, raw).permissions == {"signed_in", "ticket.read"}


def test_it_dies_with_the_membership(house, raw):
    with house.scope():
        Membership.objects.filter(pk=house.admin.pk).update(is_active=False)
    assert resolve(house, raw) is None


def test_it_dies_with_the_person(house, raw):
    type(house.admin.user).objects.filter(pk=house.admin.user_id).update(
        is_active=False
    )
    assert resolve(house, raw) is None


def test_a_strict_tenant_asks_tokens_for_the_persons_factor_too(house, raw):
    house.tenant.require_second_factor = True
    try:
        assert resolve(house, raw) is None
        give_app(house.admin.user)
        assert resolve(house, raw) is not None
    finally:
        house.tenant.require_second_factor = False


def test_the_last_use_is_noted_once_a_minute(house, raw):
    now = database_now()

    def used():
        with house.scope():
            return ApiToken.objects.get().last_used_at

    resolve(house, raw, now)
    assert used() == now
    resolve(house, raw, now + timedelta(seconds=59))
    assert used() == now
    later = now + timedelta(seconds=60)
    resolve(house, raw, later)
    assert used() == later


def test_it_costs_one_query_in_the_tenants_own_scope(
    house, raw, django_assert_num_queries
):
    now = database_now()
    with house.scope():
        tokens.resolve(raw, tenant=house.tenant, now=now)
        with django_assert_num_queries(1):
            tokens.resolve(raw, tenant=house.tenant, now=now)


def test_a_token_makes_no_tokens(house):
    with house.scope():
        with pytest.raises(NotPermitted, match="by_token"):
            make(house, token_id=7)
        assert "token.manage" not in services.grantable(house.actor("admin"))
        with pytest.raises(ServiceError, match="scope_unknown"):
            make(house, scopes=["token.manage"])


def test_nobody_passes_on_what_they_do_not_have(house):
    with house.scope():
        with pytest.raises(ServiceError, match="scope_unknown"):
            make(house, scopes=["ticket.confirm"])
        with pytest.raises(ServiceError, match="scope_unknown"):
            make(house, scopes=["*"])
        with pytest.raises(NotPermitted):
            make(house, by="engineer")


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_year_at_most(house, days):
    with house.scope(), pytest.raises(ServiceError, match="expiry"):
        make(house, days=days)


def test_the_page_shows_it_once(house):
    client = signed_in(house, "admin")
    day = database_now().date() + timedelta(days=30)
    response = client.post(
        "/tokens/new/",
        {"name": "ERP", "scopes": ["ticket.read"], "expires_on": day.isoformat()},
    )
    (raw,) = set(re.findall(r"sd_[A-Za-z0-9_-]{43}", response.content.decode()))
    assert resolve(house, raw).permissions == {"signed_in", "ticket.read"}
    listed = client.get("/tokens/").content.decode()
    assert "ERP" in listed
    assert raw not in listed
    with house.scope():
        token = ApiToken.objects.get()
        assert raw not in str(list(Entry.objects.values()))
    client.post(f"/tokens/{token.pk}/revoke/")
    assert resolve(house, raw) is None


def test_the_page_asks_for_proof_first(house):
    client = signed_in(house, "admin")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    for method in (client.get, client.post):
        response = method("/tokens/new/")
        assert response["Location"].startswith("/accounts/reauthenticate/")


def test_grantable_rights_are_the_roles(house):
    actor = house.actor("admin")
    assert set(services.grantable(actor)) == permissions_of("administrator") - {
        "token.manage",
        "signed_in",
    }
