"""Row 14: invitations that never end, and near misses (FreeScout CVE-2026-41902, CVE-2026-53595)."""

import re
import unicodedata
from datetime import timedelta
from urllib.parse import quote

import pytest

from people import services
from people.models import Invitation
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser

pytestmark = pytest.mark.django_db
PERSON = {"name": "Nora", "password": "a brand new pass phrase", "language": "en"}


def invited(zhida, now=None):
    now = now or database_now()
    invitation = services.invite(
        actor=zhida.actor("admin"), now=now, email="n@new.example", role="engineer"
    )
    return invitation, services.issue_secret(invitation=invitation, now=now)


def answer(house, secret, method="get"):
    response = getattr(browser(house), method)(
        f"/accept/{quote(secret, safe='')}/", PERSON
    )
    text = re.sub(
        r'[A-Za-z0-9]{64}|server-now" content="[^"]+|value="/accept[^"]+',
        "",
        response.content.decode(),
    )
    return response.status_code, text


@pytest.mark.parametrize("method", ["get", "post"])
def test_everything_that_is_not_the_link_gets_one_answer(zhida, method):
    _invitation, secret = invited(zhida)
    unknown = answer(zhida, "x" * 43, method)
    assert unknown[0] == 404
    fullwidth = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in secret)
    assert unicodedata.normalize("NFKC", fullwidth) == secret
    for near in (
        f"{secret} ",
        f" {secret}",
        f"{secret}\n",
        f"{secret}%20",
        secret.swapcase(),
        secret.upper(),
        secret[:-1],
        f"{secret}=",
        f"{secret}\u200b",
        fullwidth,
        "",
    ):
        status, text = answer(zhida, near, method)
        assert status == 404, near
        if near.strip():
            assert text == unknown[1], near
    assert Invitation.objects.get().accepted_at is None


def test_expired_used_and_revoked_links_get_that_answer_too(zhida):
    unknown = answer(zhida, "x" * 43)
    long_ago = database_now() - timedelta(days=7, seconds=1)
    _old, expired = invited(zhida, long_ago)
    assert answer(zhida, expired) == unknown
    invitation, used = invited(zhida)
    assert browser(zhida).post(f"/accept/{used}/", PERSON).status_code == 302
    assert answer(zhida, used) == unknown
    services.deactivate(
        actor=zhida.actor("admin"),
        now=database_now(),
        membership=invitation.membership,
    )
    assert answer(zhida, used) == unknown


def test_a_link_is_good_until_the_seventh_day_ends(zhida):
    now = database_now()
    _invitation, secret = invited(zhida, now)
    week = timedelta(days=7)
    assert services.find_invitation(
        secret=secret, now=now + week - timedelta(seconds=1)
    )
    assert services.find_invitation(secret=secret, now=now + week) is None


def test_a_used_link_lets_nobody_else_in_at_the_same_moment(zhida):
    invitation, _secret = invited(zhida)
    services.accept_invitation(now=database_now(), invitation=invitation, person=PERSON)
    with pytest.raises(ServiceError, match="used"):
        services.accept_invitation(
            now=database_now(), invitation=invitation, person=PERSON
        )
