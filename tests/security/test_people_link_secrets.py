"""Row 13: links that can be guessed or last for ever (iTop CVE-2022-39216; FreeScout CVE-2026-27637)."""

import base64
from datetime import timedelta

import pytest

from people import services
from people.keys import digest, new_secret
from people.models import Invitation, OneTimeLink
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser

pytestmark = pytest.mark.django_db
NEW = {"password": "a brand new pass phrase"}
PASSWORD, ADDRESS = OneTimeLink.Purpose.PASSWORD, OneTimeLink.Purpose.ADDRESS


def make(zhida, purpose=PASSWORD, now=None, detail=""):
    return services.make_link(
        membership=zhida.engineer,
        purpose=purpose,
        now=now or database_now(),
        detail=detail,
    )


def invitation(zhida, now):
    return services.invite(
        actor=zhida.actor("admin"), now=now, email="n@new.example", role="engineer"
    )


def test_a_secret_has_256_random_bits():
    raw = base64.urlsafe_b64decode(new_secret() + "=")
    assert len(raw) == 32
    assert len({new_secret() for _ in range(1000)}) == 1000


def test_two_of_one_instant_differ_and_only_hashes_are_kept(zhida):
    now = database_now()
    first, second = make(zhida, now=now), make(zhida, now=now)
    assert first != second
    kept = set(OneTimeLink.objects.values_list("token_hash", flat=True))
    assert kept == {digest(first), digest(second)}
    one = invitation(zhida, now)
    secret = services.issue_secret(invitation=one, now=now)
    assert Invitation.objects.get().token_hash == digest(secret)


def test_a_link_is_used_once(zhida):
    url = f"/new-password/{make(zhida)}/"
    assert browser(zhida).post(url, NEW).status_code == 302
    assert browser(zhida).post(url, NEW).status_code == 404


@pytest.mark.parametrize(
    ("purpose", "after"),
    [(PASSWORD, timedelta(hours=1)), (ADDRESS, timedelta(days=1))],
)
def test_a_link_expires(zhida, purpose, after):
    now = database_now()
    secret = make(zhida, purpose, now=now, detail="n@new.example")

    def find(at):
        return services.find_link(secret=secret, purpose=purpose, now=at)

    assert find(now + after - timedelta(seconds=1))
    assert find(now + after) is None


def test_a_link_serves_its_purpose_only(zhida):
    secret = make(zhida, ADDRESS, detail="n@new.example")
    assert browser(zhida).get(f"/new-password/{secret}/").status_code == 404
    assert browser(zhida).get(f"/accept/{secret}/").status_code == 404
    assert browser(zhida).get(f"/new-address/{secret}/").status_code == 200


def test_a_link_dies_with_a_change_of_password_and_with_the_membership(zhida):
    secret = make(zhida)
    user = type(zhida.engineer.user).objects.get(pk=zhida.engineer.user_id)
    user.set_password("another one altogether")
    user.save()
    assert browser(zhida).get(f"/new-password/{secret}/").status_code == 404
    again = services.make_link(
        membership=type(zhida.engineer).objects.get(pk=zhida.engineer.pk),
        purpose=PASSWORD,
        now=database_now(),
    )
    type(zhida.engineer).objects.filter(pk=zhida.engineer.pk).update(is_active=False)
    assert browser(zhida).get(f"/new-password/{again}/").status_code == 404


def test_a_link_of_one_tenant_is_unknown_on_another_host(world, zhida):
    secret = make(zhida)
    assert browser(world.other).get(f"/new-password/{secret}/").status_code == 404
    assert browser(zhida).get(f"/new-password/{secret}/").status_code == 200


def test_looking_at_a_link_uses_nothing_up(zhida):
    secret = make(zhida, ADDRESS, detail="n@new.example")
    for _ in range(3):
        browser(zhida).get(f"/new-address/{secret}/")
    user = type(zhida.engineer.user).objects.get(pk=zhida.engineer.user_id)
    assert user.email == "engineer@zhida.example"
