"""Forgotten and changed passwords."""

import re

import pytest
from django.core import mail

from accounts.models import User
from people.models import Letter, OneTimeLink, Session
from people.services import find_link, make_link
from people.tasks import post_batch
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser, is_in, log_in, signed_in
from tests.accounts.phone import code, give_app

pytestmark = pytest.mark.django_db
ASK = "/accounts/password/reset/"
NEW = "a brand new pass phrase"
PASSWORD_LINK = OneTimeLink.Purpose.PASSWORD


def link_for(membership, purpose=PASSWORD_LINK, detail=""):
    secret = make_link(
        membership=membership, purpose=purpose, now=database_now(), detail=detail
    )
    return f"/new-password/{secret}/"


def address_of(house):
    """What is stored; the world's own objects are shared and stay as they are."""
    return User.objects.get(pk=house.engineer.user_id).email


def test_the_answer_says_nothing_about_who_is_here(world, zhida):
    def ask(email):
        response = browser(zhida).post(ASK, {"email": email})
        text = re.sub(
            r'[A-Za-z0-9]{64}|server-now" content="[^"]+', "", response.content.decode()
        )
        return response.status_code, text.replace(email, "somebody")

    known = ask(zhida.engineer.user.email)
    assert known[0] == 200
    assert ask("nobody@zhida.example") == known
    assert ask(world.other.engineer.user.email) == known
    assert Letter.objects.count() == 1


def test_the_letter_goes_to_the_address_that_is_stored(zhida):
    browser(zhida).post(ASK, {"email": "ENGINEER@zhida.EXAMPLE"})
    assert Letter.objects.get().address == "engineer@zhida.example"


def test_many_requests_send_some_letters_and_always_answer_alike(zhida):
    email = zhida.engineer.user.email
    for _ in range(14):
        response = browser(zhida).post(ASK, {"email": email})
        assert b"Look into your mail" in response.content
    assert Letter.objects.count() == 10


def test_a_link_sets_a_password_once(zhida):
    client = browser(zhida)
    url = link_for(zhida.engineer)
    assert client.get(url).status_code == 200
    response = client.post(url, {"password": NEW})
    assert response["Location"] == "/accounts/login/"
    assert not is_in(client)  # the way in is the usual one
    assert log_in(client, zhida.engineer.user.email, NEW).status_code == 302
    assert browser(zhida).get(url).status_code == 404


def test_a_weak_password_is_refused_beside_the_field(zhida):
    client = browser(zhida)
    url = link_for(zhida.engineer)
    for weak in ("short", "password123", "engineer@zhida"):
        response = client.post(url, {"password": weak})
        assert response.status_code == 422
        assert b'aria-invalid="true"' in response.content
    assert client.get(url).status_code == 200  # still good


def test_a_new_password_ends_every_session_and_every_other_link(zhida):
    phone = signed_in(zhida, "engineer")
    first, second = link_for(zhida.engineer), link_for(zhida.engineer)
    browser(zhida).post(first, {"password": NEW})
    assert not is_in(phone)
    assert not Session.objects.filter(user=zhida.engineer.user).exists()
    assert browser(zhida).get(second).status_code == 404


def test_a_new_password_does_not_skip_the_second_factor(zhida):
    give_app(zhida.engineer.user)
    client = browser(zhida)
    client.post(link_for(zhida.engineer), {"password": NEW})
    response = log_in(client, zhida.engineer.user.email, NEW)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert is_in(client)


def test_changing_the_password_asks_for_the_present_one(zhida):
    client = signed_in(zhida, "engineer")
    url = "/accounts/password/change/"
    wrong = client.post(url, {"oldpassword": "wrong", "password1": NEW})
    assert wrong.status_code == 200
    assert b"current password" in wrong.content
    assert is_in(client)


def test_changing_the_password_ends_the_other_sessions_only(world, zhida):
    here, there = signed_in(zhida, "engineer"), signed_in(zhida, "engineer")
    before = here.session.session_key
    response = here.post(
        "/accounts/password/change/",
        {"oldpassword": "correct horse battery staple", "password1": NEW},
    )
    assert response.status_code == 302
    assert is_in(here)
    assert here.session.session_key != before
    assert not is_in(there)
    letter = Letter.objects.get()
    assert (letter.kind, letter.params["what"]) == ("notice", "password_changed")


@pytest.mark.django_db(transaction=True)
def test_the_mail_has_a_link_to_the_tenants_own_host(world):
    house = world.zhida
    client = browser(house)
    answer = client.post(
        ASK,
        {"email": "engineer@zhida.example"},
        headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"},
    )
    assert answer.status_code == 200
    assert post_batch(now=database_now()) == 1
    sent = mail.outbox[-1]
    assert sent.to == ["engineer@zhida.example"]
    assert sent.subject == "A new password for the service desk of Zhida"
    assert "evil" not in str(sent.message())
    (url,) = re.findall(r"http\S+", sent.body)
    assert url.startswith("http://zhida.localhost:8000/new-password/")
    with house.scope():
        secret = url.rstrip("/").rpartition("/")[2]
        assert find_link(secret=secret, purpose=PASSWORD_LINK, now=database_now())


def test_a_new_address_is_confirmed_by_its_link(zhida):
    client = signed_in(zhida, "engineer")
    response = client.post("/me/address/", {"email": "new@zhida.example"})
    assert response.status_code == 302
    letter = Letter.objects.get(kind="address")
    assert letter.address == "new@zhida.example"
    url = link_for(zhida.engineer, "address", "new@zhida.example")
    url = url.replace("new-password", "new-address")
    assert browser(zhida).get(url).status_code == 200
    zhida.engineer.user.refresh_from_db()
    assert (
        zhida.engineer.user.email == "engineer@zhida.example"
    )  # looking is not yet doing
    browser(zhida).post(url)
    assert address_of(zhida) == "new@zhida.example"
    told = Letter.objects.get(kind="notice")
    assert told.address == "engineer@zhida.example"
    assert browser(zhida).post(url).status_code == 404


def test_asking_for_somebody_elses_address_answers_the_same_and_sends_nothing(zhida):
    client = signed_in(zhida, "engineer")
    response = client.post("/me/address/", {"email": zhida.colleague.user.email})
    assert response.status_code == 302
    assert not Letter.objects.exists()


def test_a_new_address_needs_proof_that_it_is_still_the_person(zhida):
    client = signed_in(zhida, "engineer")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    response = client.post("/me/address/", {"email": "new@zhida.example"})
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not Letter.objects.exists()
    proof = client.post(
        "/accounts/reauthenticate/",
        {"password": "correct horse battery staple", "next": "/me/address/"},
    )
    assert proof["Location"] == "/me/address/"
    assert client.get("/me/address/").status_code == 200
