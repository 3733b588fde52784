"""Row 8: proof asked for in the page only (Zammad CVE-2025-32359; osTicket 01a378f64)."""

import pytest
from allauth.mfa.models import Authenticator

from people.models import ApiToken, Letter
from tenants.models import Tenant
from tests.accounts.hands import signed_in
from tests.accounts.phone import code, give_app
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

#: Every address that changes how one signs in, or gives rights away; with a full form.
SENSITIVE = {
    "/accounts/2fa/totp/activate/": {"code": "123456"},
    "/accounts/2fa/totp/deactivate/": {},
    "/accounts/2fa/recovery-codes/generate/": {},
    "/accounts/2fa/webauthn/add/": {"name": "x", "credential": "{}"},
    "/me/address/": {"email": "evil@new.example"},
    "/tokens/new/": {
        "name": "x",
        "scopes": ["ticket.read"],
        "expires_on": "2027-01-01",
    },
    "/setup/tenant/": {
        "name": "Evil",
        "ticket_prefix": "EV",
        "zone": "UTC",
        "language": "en",
        "accent": "#000000",
    },
}


def stale(house, name="admin"):
    """Somebody who signed in an hour ago, perhaps with somebody else at the keyboard."""
    client = signed_in(house, name)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    return client


@pytest.mark.parametrize("path", SENSITIVE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stale_session_is_asked_for_proof_and_changes_nothing(zhida, path, method):
    client = stale(zhida)
    if path == "/accounts/2fa/totp/deactivate/":
        give_app(zhida.admin.user)
    response = getattr(client, method)(path, SENSITIVE[path])
    assert response.status_code == 302
    assert "reauthenticate/" in response["Location"]
    factors = Authenticator.objects.filter(user=zhida.admin.user).count()
    assert factors == (2 if "deactivate" in path else 0)
    assert not ApiToken.objects.exists()
    assert not Letter.objects.exists()
    assert Tenant.objects.get(pk=zhida.tenant.pk).name == "Zhida"


def test_recovery_codes_are_not_shown_to_a_stale_session(zhida):
    client = stale(zhida)
    give_app(zhida.admin.user)
    for path in ("recovery-codes/", "recovery-codes/download/"):
        response = client.get(f"/accounts/2fa/{path}")
        assert "reauthenticate/" in response["Location"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/accounts/reauthenticate/", {"password": PASSWORD}),
        ("/accounts/2fa/reauthenticate/", {"code": code}),
    ],
)
def test_proof_opens_the_way_for_a_while(zhida, path, data):
    client = stale(zhida)
    give_app(zhida.admin.user)
    values = {key: one() if callable(one) else one for key, one in data.items()}
    response = client.post(path, values | {"next": "/tokens/new/"})
    assert response["Location"] == "/tokens/new/"
    assert client.get("/tokens/new/").status_code == 200


def test_a_wrong_proof_is_none_and_is_counted(zhida):
    client = stale(zhida)
    for _ in range(10):
        client.post("/accounts/reauthenticate/", {"password": "wrong"})
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    # The browser is a known device with a count of its own, and that is used up.
    assert b"Too many failed attempts" in answer.content
    assert client.get("/tokens/new/").status_code == 302


def test_the_password_is_not_changed_without_the_present_one(zhida):
    client = stale(zhida)
    for data in (
        {"password1": "a brand new pass phrase"},
        {"oldpassword": "", "password1": "a brand new pass phrase"},
        {"oldpassword": "wrong", "password1": "a brand new pass phrase"},
    ):
        client.post("/accounts/password/change/", data)
    user = type(zhida.admin.user).objects.get(pk=zhida.admin.user_id)
    assert user.check_password(PASSWORD)
