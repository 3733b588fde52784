"""Row 20: sessions fixed before, or left after (osTicket CVE-2022-31888; RT CVE-2015-1464)."""

import pytest
from django.conf import settings

from people import services
from people.models import Session
from tests.accounts.hands import browser, is_in, log_in, signed_in
from tests.accounts.phone import code, give_app
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
SECOND = "/accounts/2fa/authenticate/"


def key(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_the_key_changes_at_sign_in(zhida):
    client = browser(zhida)
    session = client.session  # one that an attacker planted
    session["planted"] = True
    session.save()
    planted = key(client)
    log_in(client, zhida.engineer.user.email)
    assert key(client) != planted
    assert not Session.objects.filter(session_key=planted).exists()
    thief = browser(zhida)
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(thief)


def test_the_key_changes_at_the_second_step(zhida):
    give_app(zhida.engineer.user)
    client = browser(zhida)
    log_in(client, zhida.engineer.user.email)
    between = key(client)
    client.post(SECOND, {"code": code()})
    assert is_in(client)
    assert key(client) != between
    assert not Session.objects.filter(session_key=between).exists()


def test_a_change_of_role_needs_a_new_sign_in(zhida):
    client = signed_in(zhida, "agent")
    services.change_member(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        membership=zhida.agent,
        role="administrator",
        department=None,
    )
    assert not is_in(client)


def test_signing_in_as_another_leaves_nothing_of_the_first(zhida):
    client = signed_in(zhida, "admin")
    session = client.session
    session["left_over"] = "secret"
    session.save()
    client.post("/accounts/logout/")
    log_in(client, zhida.client.user.email)
    assert is_in(client)
    assert "left_over" not in client.session
    assert client.get("/people/").status_code == 404


def test_a_request_that_fails_half_way_leaves_nobody_signed_in(zhida, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("half way")

    monkeypatch.setattr("people.adapters.record", fail)
    client = browser(zhida, raise_request_exception=False)
    assert log_in(client, zhida.engineer.user.email).status_code == 500
    monkeypatch.undo()
    assert not is_in(client)


def test_ending_a_membership_ends_it_here_and_nowhere_else(world, zhida):
    """A person of two tenants keeps the other."""
    with world.other.scope():
        invitation = services.invite(
            actor=world.other.actor("admin"),
            now=FOUNDED,
            email=zhida.engineer.user.email,
            role="engineer",
        )
        services.accept_invitation(now=FOUNDED, invitation=invitation)
    there = browser(world.other)
    log_in(there, zhida.engineer.user.email)
    here = signed_in(zhida, "engineer")
    services.deactivate(
        actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer
    )
    assert not is_in(here)
    assert is_in(there)
