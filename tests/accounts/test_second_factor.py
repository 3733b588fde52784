"""The second factor: set up, asked for, used once, required by a tenant."""

import re

import pytest
from allauth.mfa.models import Authenticator

from activity.models import Entry
from people.models import Letter
from tenants.models import Tenant
from tests.accounts.hands import browser, forget_cache, is_in, log_in, signed_in
from tests.accounts.phone import SECRET, code, give_app, recovery_codes

pytestmark = pytest.mark.django_db
SECOND = "/accounts/2fa/authenticate/"


@pytest.fixture
def armed(zhida):
    """The engineer has an authenticator app."""
    give_app(zhida.engineer.user)
    return zhida


@pytest.fixture
def strict(zhida, monkeypatch):
    """The tenant requires a second factor of its staff."""
    tenant = Tenant.objects.get(pk=zhida.tenant.pk)
    tenant.require_second_factor = True
    monkeypatch.setattr("servicedesk.middleware.tenant_of", lambda _host: tenant)
    return zhida


def halfway(house, name="engineer", **extra):
    """A browser after the password, before the code."""
    client = browser(house, **extra)
    response = log_in(client, house.people[name].user.email)
    assert response["Location"] == SECOND
    return client


def test_a_password_alone_is_not_enough(armed):
    client = halfway(armed)
    assert not is_in(client)
    assert client.get(SECOND).status_code == 200
    assert client.post(SECOND, {"code": code()}).status_code == 302
    assert is_in(client)


def test_a_wrong_code_is_refused_counted_and_journalled(armed):
    client = halfway(armed, REMOTE_ADDR="198.51.100.7")
    for _ in range(10):
        assert b"Incorrect code" in client.post(SECOND, {"code": "000000"}).content
    answer = client.post(SECOND, {"code": code()})
    assert b"Too many failed attempts" in answer.content
    assert Entry.objects.filter(verb="sign_in.factor_failed").count() == 10
    elsewhere = halfway(armed, REMOTE_ADDR="203.0.113.9")
    elsewhere.post(SECOND, {"code": code()})
    assert is_in(elsewhere)


def test_a_code_works_once_even_when_the_cache_is_emptied(armed):
    shown = code()
    first = halfway(armed)
    first.post(SECOND, {"code": shown})
    assert is_in(first)
    forget_cache()
    second = halfway(armed)
    answer = second.post(SECOND, {"code": shown})
    assert b"used already" in answer.content
    assert not is_in(second)
    second.post(SECOND, {"code": code(step=1)})
    assert is_in(second)


def test_an_earlier_code_is_refused_after_a_later_one(armed):
    first = halfway(armed)
    first.post(SECOND, {"code": code(step=1)})
    assert is_in(first)
    second = halfway(armed)
    assert b"used already" in second.post(SECOND, {"code": code()}).content


def test_a_code_two_steps_off_is_no_code(armed):
    client = halfway(armed)
    assert b"Incorrect code" in client.post(SECOND, {"code": code(step=2)}).content


def test_a_recovery_code_lets_in_once(armed):
    one = recovery_codes(armed.engineer.user)[0]
    first = halfway(armed)
    first.post(SECOND, {"code": one})
    assert is_in(first)
    second = halfway(armed)
    assert b"Incorrect code" in second.post(SECOND, {"code": one}).content


def test_setting_up_an_app_by_the_page(zhida):
    client = signed_in(zhida, "engineer")
    page = client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    response = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    kept = Authenticator.objects.get(
        user=zhida.engineer.user, type=Authenticator.Type.TOTP
    )
    assert secret not in str(kept.data)  # encrypted at rest
    codes = client.get("/accounts/2fa/recovery-codes/")
    assert len(re.findall(r"<code>\d{8}</code>", codes.content.decode())) == 10
    saved = client.get("/accounts/2fa/recovery-codes/download/")
    assert saved["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db(transaction=True)
def test_what_allauth_does_after_the_commit_finds_its_tenant(world):
    house = world.zhida
    client = signed_in(house, "engineer")
    url = "/accounts/2fa/totp/activate/"
    client.get(url)
    secret = client.session["mfa.totp.secret"]
    assert client.post(url, {"code": code(secret)}).status_code == 302
    assert client.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    with house.scope():
        told = [letter.params["what"] for letter in Letter.objects.order_by("pk")]
        assert told == ["factor_added", "recovery_codes"]


def test_the_app_shows_the_tenants_name(zhida):
    client = signed_in(zhida, "engineer")
    response = client.get("/accounts/2fa/totp/activate/")
    assert "issuer=Zhida" in response.context["totp_url"]


def test_removing_the_last_factor_removes_the_recovery_codes(armed):
    client = halfway(armed)
    client.post(SECOND, {"code": code()})
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=armed.engineer.user).exists()


def test_a_change_of_factors_is_journalled_and_told_by_mail(
    armed, django_capture_on_commit_callbacks
):
    client = halfway(armed)
    client.post(SECOND, {"code": code()})
    client.post("/accounts/2fa/totp/deactivate/")
    assert Entry.objects.filter(verb="sign_in.factor_removed").exists()
    letter = Letter.objects.get(kind="notice")
    assert letter.params["what"] == "factor_removed"
    assert letter.address == armed.engineer.user.email


def test_staff_of_a_strict_tenant_go_nowhere_without_a_factor(strict):
    client = signed_in(strict, "engineer")
    for path in ("/people/", "/me/", "/departments/", "/me/sessions/"):
        assert client.get(path)["Location"] == "/accounts/2fa/"
    page = client.get("/accounts/2fa/")
    assert b"A second factor is required here." in page.content
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    give_app(strict.engineer.user)
    assert is_in(client)


def test_client_staff_of_a_strict_tenant_need_none(strict):
    assert is_in(signed_in(strict, "client"))


def test_the_last_factor_can_not_be_removed_where_one_is_required(strict):
    give_app(strict.engineer.user)
    client = browser(strict)
    log_in(client, strict.engineer.user.email)
    client.post(SECOND, {"code": code()})
    response = client.post("/accounts/2fa/totp/deactivate/")
    assert response.status_code == 200
    assert Authenticator.objects.filter(
        user=strict.engineer.user, type=Authenticator.Type.TOTP
    ).exists()


def test_a_passkey_is_made_for_this_host_and_the_page_says_so(zhida):
    client = signed_in(zhida, "engineer")
    page = client.get("/accounts/2fa/webauthn/add/")
    options = page.context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"] == {"id": "zhida.localhost", "name": "Zhida"}
    assert b"It will work at zhida.localhost only." in page.content
    login = browser(zhida).get(
        "/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}
    )
    assert login.json()["request_options"]["publicKey"]["rpId"] == "zhida.localhost"


def test_half_a_sign_in_carried_to_another_host_ends_there(world, armed):
    client = halfway(armed)
    other = browser(world.other)
    for name, cookie in client.cookies.items():
        other.cookies[name] = cookie.value
    other.post(SECOND, {"code": code()})
    assert not is_in(other)


def test_a_membership_that_ends_between_the_steps_lets_nobody_in(armed):
    client = halfway(armed)
    armed.engineer.__class__.objects.filter(pk=armed.engineer.pk).update(
        is_active=False
    )
    client.post(SECOND, {"code": code()})
    assert not is_in(client)


def test_the_secret_survives_a_change_of_the_secret_key(armed, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 6
    client = halfway(armed)
    client.post(SECOND, {"code": code()})
    assert is_in(client)


def test_the_secret_is_not_in_the_database(armed):
    kept = Authenticator.objects.get(user=armed.engineer.user, type="totp")
    assert SECRET not in str(kept.data)
