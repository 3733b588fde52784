"""Where one is signed in, and how that ends."""

import pytest

from people.models import Session
from people.services import change_member, deactivate
from people.services.sessions import session_name
from tests.accounts.hands import is_in, signed_in
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db


def test_the_list_shows_this_device_and_the_others(zhida):
    phone = signed_in(zhida, "engineer", HTTP_USER_AGENT="Phone 1")
    desk = signed_in(zhida, "engineer", HTTP_USER_AGENT="Desk 2")
    signed_in(zhida, "colleague", HTTP_USER_AGENT="Colleague 3")
    page = desk.get("/me/sessions/").content.decode()
    assert "Phone 1" in page
    assert "Desk 2" in page
    assert "Colleague 3" not in page
    assert phone.session.session_key not in page  # enough to take it over


def test_one_of_them_can_be_ended(zhida):
    phone, desk = signed_in(zhida, "engineer"), signed_in(zhida, "engineer")
    name = session_name(phone.session.session_key)
    assert desk.post("/me/sessions/end/", {"name": name}).status_code == 302
    assert not is_in(phone)
    assert is_in(desk)
    assert desk.post("/me/sessions/end/", {"name": name}).status_code == 404


def test_all_others_can_be_ended(zhida):
    phone, desk = signed_in(zhida, "engineer"), signed_in(zhida, "engineer")
    desk.post("/me/sessions/end/", {"name": "others"})
    assert not is_in(phone)
    assert is_in(desk)


def test_nobody_ends_somebody_elses(zhida):
    victim = signed_in(zhida, "colleague")
    attacker = signed_in(zhida, "engineer")
    name = session_name(victim.session.session_key)
    assert attacker.post("/me/sessions/end/", {"name": name}).status_code == 404
    assert is_in(victim)


def test_deactivating_a_person_ends_their_sessions_at_once(zhida):
    client = signed_in(zhida, "engineer")
    deactivate(actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer)
    assert not Session.objects.filter(user=zhida.engineer.user).exists()
    assert not is_in(client)


def test_a_change_of_role_ends_them_too(zhida):
    client = signed_in(zhida, "engineer")
    change_member(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        membership=zhida.engineer,
        role="agent",
        department=None,
    )
    assert not is_in(client)


def test_a_session_that_outlived_its_membership_is_worth_nothing(zhida):
    client = signed_in(zhida, "engineer")
    type(zhida.engineer).objects.filter(pk=zhida.engineer.pk).update(is_active=False)
    assert not is_in(client)
    assert client.get("/accounts/2fa/").status_code == 302
