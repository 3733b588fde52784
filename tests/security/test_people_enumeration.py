"""Row 19: who has an account (osTicket 86165c2e6; RT CVE-2021-38562; Django CVE-2025-13473).

Sign-in itself: ``tests/accounts/test_sign_in.py``. Here every other door.
"""

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from tests.accounts.hands import browser, log_in, signed_in

pytestmark = pytest.mark.django_db


def normal(response, *words):
    text = re.sub(
        r'[A-Za-z0-9]{64}|server-now" content="[^"]+', "", response.content.decode()
    )
    for word in words:
        text = text.replace(word, "somebody")
    headers = {
        key: value for key, value in response.headers.items() if key != "Set-Cookie"
    }
    headers.pop("Content-Length", None)
    return response.status_code, headers, text


@pytest.fixture
def people(world, zhida):
    type(zhida.colleague.user).objects.filter(pk=zhida.colleague.user_id).update(
        is_active=False
    )
    type(zhida.elsewhere).objects.filter(pk=zhida.elsewhere.pk).update(is_active=False)
    return {
        "member": zhida.engineer.user.email,
        "absent": "nobody@zhida.example",
        "disabled": zhida.colleague.user.email,
        "ended": zhida.elsewhere.user.email,
        "elsewhere": world.other.engineer.user.email,
    }


def test_asking_for_a_password_answers_alike(zhida, people):
    answers = {
        why: normal(
            browser(zhida).post("/accounts/password/reset/", {"email": email}), email
        )
        for why, email in people.items()
    }
    for why, answer in answers.items():
        assert answer == answers["absent"], why


def test_asking_for_a_password_hashes_nothing(zhida, people, monkeypatch):
    calls = []
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda *a, **k: calls.append(1) or "x"
    )
    for email in people.values():
        browser(zhida).post("/accounts/password/reset/", {"email": email})
    assert calls == []


def test_asking_for_a_new_address_answers_alike(world, zhida):
    client = signed_in(zhida, "engineer")
    free, taken = "free@new.example", world.other.engineer.user.email
    answers = []
    for email in (free, taken):
        response = client.post("/me/address/", {"email": email})
        page = client.get(response["Location"])
        answers.append(normal(page, email, email.replace("@", "%40")))
    assert answers[0] == answers[1]


def test_cookies_and_sessions_say_nothing_either(zhida, people):
    seen = set()
    for email in people.values():
        client = browser(zhida)
        log_in(client, email, "wrong")
        seen.add((tuple(sorted(client.cookies)), tuple(sorted(client.session.keys()))))
    assert len(seen) == 1
