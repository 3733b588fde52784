"""Signing in on a tenant's host, by password."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from activity.models import Entry
from people.models import Membership, Session
from people.services import deactivate
from tests.accounts.hands import LOGIN, browser, is_in, log_in, signed_in
from tests.world import FOUNDED, PASSWORD

pytestmark = pytest.mark.django_db


def test_a_member_signs_in_and_the_session_carries_the_tenant(zhida):
    client = signed_in(zhida, "engineer")
    assert is_in(client)
    session = Session.objects.get(session_key=client.session.session_key)
    assert session.tenant_id == zhida.tenant.pk
    assert session.user_id == zhida.engineer.user_id


def test_the_address_may_be_typed_in_any_case(zhida):
    client = browser(zhida)
    assert log_in(client, " Engineer@ZHIDA.example ").status_code == 302


def test_sign_in_is_journalled(zhida):
    signed_in(zhida, "engineer", REMOTE_ADDR="203.0.113.7")
    entry = Entry.objects.get(verb="session.started")
    assert entry.actor_user_id == zhida.engineer.user_id
    assert entry.address == "203.0.113.7"


def test_a_session_of_one_tenant_is_nothing_on_another_host(world, zhida):
    client = signed_in(zhida, "engineer")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    stolen = browser(world.other)
    stolen.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not is_in(stolen)
    for path in ("/accounts/2fa/", "/accounts/password/change/", "/people/"):
        response = stolen.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith(LOGIN)
    assert stolen.get(LOGIN).status_code == 200  # and no circle of redirects
    assert is_in(client)


def test_cookies_belong_to_the_host_alone(zhida):
    client = signed_in(zhida, "engineer")
    for cookie in client.cookies.values():
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "http://other.localhost/",
        "https:evil.example",
    ],
)
def test_next_stays_on_this_host(zhida, target):
    client = browser(zhida)
    response = log_in(client, zhida.engineer.user.email, next=target)
    assert response["Location"] in ("/", "http://zhida.localhost/")


def test_next_leads_where_one_wanted_to_go(zhida):
    client = browser(zhida)
    wanted = client.get("/people/?state=all&q=a")["Location"]
    assert "next=%2Fpeople%2F%3Fstate%3Dall%26q%3Da" in wanted
    response = log_in(client, zhida.engineer.user.email, next="/people/?state=all&q=a")
    assert response["Location"] == "/people/?state=all&q=a"


def test_a_sign_in_ends_after_thirty_days_however_busy(zhida):
    client = signed_in(zhida, "engineer")
    assert is_in(client)
    session = client.session
    session["started"] -= 31 * 24 * 3600
    session.save()
    assert not is_in(client)


def test_last_seen_is_written_down_now_and_then(zhida, django_assert_max_num_queries):
    client = signed_in(zhida, "engineer")
    client.get("/me/")
    seen = client.session["seen"]
    client.get("/me/")
    assert client.session["seen"] == seen
    session = client.session
    session["seen"] -= 600
    session.save()
    client.get("/me/")
    assert client.session["seen"] > seen - 1


def test_signing_out_ends_the_session_and_empties_the_browser(zhida):
    client = signed_in(zhida, "engineer")
    key = client.session.session_key
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)  # asking is not leaving
    response = client.post("/accounts/logout/")
    assert response["Clear-Site-Data"] == '"storage"'
    assert not is_in(client)
    assert not Session.objects.filter(session_key=key).exists()
    assert Entry.objects.filter(verb="session.ended").exists()


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "inactive/",
        "login/code/confirm/",
        "password/reset/key/1-abc/",
        "2fa/webauthn/signup/",
        "3rdparty/",
        "sessions/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_that_make_no_sense_do_not_exist(zhida, path, method):
    for client in (browser(zhida), signed_in(zhida, "engineer")):
        response = getattr(client, method)(f"/accounts/{path}")
        assert response.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["login/", "password/reset/", "2fa/authenticate/", "2fa/webauthn/login/"],
)
def test_there_is_nobody_to_sign_in_to_on_the_bare_domain(db, client, path):
    response = client.get(f"/accounts/{path}", headers={"host": "localhost"})
    assert response.status_code == 404


def _answers(client, email, password, house):
    response = log_in(client, email, password)
    text = re.sub(
        r'[A-Za-z0-9]{64}|server-now" content="[^"]+', "", response.content.decode()
    )
    text = text.replace(email, "somebody")
    return response.status_code, sorted(response.headers), text, is_in(client)


@pytest.fixture
def strangers(world, zhida):
    """(address, right password) of people who may not come in here, each for a reason."""
    zhida.people["colleague"].user.__class__.objects.filter(
        pk=zhida.colleague.user_id
    ).update(is_active=False)
    deactivate(actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.elsewhere)
    Membership.objects.filter(pk=zhida.peer.pk).update(
        is_active=False, accepted_at=None
    )
    return {
        "known": (zhida.engineer.user.email, "wrong"),
        "absent": ("nobody@zhida.example", PASSWORD),
        "disabled": (zhida.colleague.user.email, PASSWORD),
        "deactivated": (zhida.elsewhere.user.email, PASSWORD),
        "invited": (zhida.peer.user.email, PASSWORD),
        "elsewhere": (world.other.engineer.user.email, PASSWORD),
    }


def test_everybody_turned_away_gets_the_same_answer(zhida, strangers):
    answers = {
        why: _answers(browser(zhida), email, password, zhida)
        for why, (email, password) in strangers.items()
    }
    expected = answers["known"]
    assert expected[0] == 200
    assert expected[3] is False
    for why, answer in answers.items():
        assert answer == expected, why


def test_every_path_costs_one_password_hash(zhida, strangers, monkeypatch):
    hashes = []
    for verb in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, verb)

        def counted(self, *args, _original=original, _verb=verb, **kwargs):
            hashes.append(_verb)
            return _original(self, *args, **kwargs)

        monkeypatch.setattr(Argon2PasswordHasher, verb, counted)
    for why, (email, password) in strangers.items():
        hashes.clear()
        log_in(browser(zhida), email, password)
        assert len(hashes) == 1, why


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", ["login/", "password/reset/"])
def test_pages_of_the_door_render_in_both_languages(zhida, path, language):
    response = browser(zhida).get(
        f"/accounts/{path}", headers={"accept-language": language}
    )
    assert response.status_code == 200
    assert zhida.tenant.name in response.content.decode()
