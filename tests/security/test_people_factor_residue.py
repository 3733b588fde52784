"""Row 22: what is left of a second factor (Sentry 86483e5aee50)."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn

from people import services
from people.models import OneTimeLink
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser, forget_cache, is_in, log_in
from tests.accounts.phone import code, give_app, recovery_codes

pytestmark = pytest.mark.django_db
SECOND = "/accounts/2fa/authenticate/"


@pytest.fixture
def armed(zhida):
    give_app(zhida.engineer.user)
    return zhida


def enter(house, factor):
    client = browser(house)
    log_in(client, house.engineer.user.email)
    client.post(SECOND, {"code": factor})
    return client


def test_recovery_codes_go_with_the_last_factor_and_do_not_come_back(armed):
    old = recovery_codes(armed.engineer.user)
    client = enter(armed, code())
    assert is_in(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=armed.engineer.user).exists()
    give_app(armed.engineer.user)
    assert not set(old) & set(recovery_codes(armed.engineer.user))
    assert not is_in(enter(armed, old[0]))


def test_they_stay_while_another_factor_stays(armed):
    WebAuthn.add(armed.engineer.user, "key", {})
    client = enter(armed, code())
    client.post("/accounts/2fa/totp/deactivate/")
    left = Authenticator.objects.filter(user=armed.engineer.user)
    assert set(left.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}


def test_a_step_is_used_once_whatever_happens_to_the_cache(armed):
    shown = code()
    assert is_in(enter(armed, shown))
    forget_cache()
    assert not is_in(enter(armed, shown))


def test_a_new_password_does_not_take_the_second_factor_away(armed):
    secret = services.make_link(
        membership=armed.engineer,
        purpose=OneTimeLink.Purpose.PASSWORD,
        now=database_now(),
    )
    browser(armed).post(
        f"/new-password/{secret}/", {"password": "a brand new pass phrase"}
    )
    assert Authenticator.objects.filter(user=armed.engineer.user).count() == 2
    client = browser(armed)
    log_in(client, armed.engineer.user.email, "a brand new pass phrase")
    assert not is_in(client)


def test_new_recovery_codes_make_the_old_ones_worthless(armed):
    old = recovery_codes(armed.engineer.user)
    client = enter(armed, code())
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert not set(old) & set(recovery_codes(armed.engineer.user))
    assert not is_in(enter(armed, old[0]))


def test_nobody_removes_anothers_key(armed):
    key = WebAuthn.add(armed.colleague.user, "theirs", {}).instance
    client = enter(armed, code())
    for path in ("remove", "edit"):
        url = f"/accounts/2fa/webauthn/keys/{key.pk}/{path}/"
        assert client.post(url, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
