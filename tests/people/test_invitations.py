"""Inviting people, and their coming in."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail

from accounts.models import User
from activity.models import Entry
from people import services
from people.models import Invitation, Letter, Membership
from people.tasks import post_batch
from servicedesk.lib.errors import NotPermitted, ServiceError
from servicedesk.lib.now import database_now
from tests.accounts.hands import browser, is_in, signed_in
from tests.accounts.phone import code, give_app
from tests.world import FOUNDED, PASSWORD

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PERSON = {"name": "Nora New", "password": "a fresh pass phrase", "language": "en"}


def invite(house, email="nora@new.example", role="engineer", by="admin", **extra):
    return services.invite(
        actor=house.actor(by), now=database_now(), email=email, role=role, **extra
    )


def link(invitation, now=None):
    secret = services.issue_secret(invitation=invitation, now=now or database_now())
    return f"/accept/{secret}/"


def test_an_invited_person_sets_a_name_and_a_password_and_is_in(zhida):
    invitation = invite(zhida, department=zhida.things.department)
    membership = invitation.membership
    assert not membership.is_active
    client = browser(zhida)
    url = link(invitation)
    assert b"nora@new.example" in client.get(url).content
    response = client.post(url, PERSON)
    assert response.status_code == 302
    assert is_in(client)
    membership.refresh_from_db()
    assert membership.is_active
    assert membership.department == zhida.things.department
    user = User.objects.get(email="nora@new.example")
    assert (user.name, user.language) == ("Nora New", "en")
    assert {"person.invited", "person.came_in", "session.started"} <= set(
        Entry.objects.values_list("verb", flat=True)
    )


def test_what_was_typed_is_kept_when_the_password_is_weak(zhida):
    url = link(invite(zhida))
    response = browser(zhida).post(url, PERSON | {"password": "short"})
    assert response.status_code == 422
    assert b"Nora New" in response.content
    assert not Membership.objects.filter(
        user__email="nora@new.example", is_active=True
    ).exists()


def test_somebody_known_on_the_platform_comes_in_by_their_own_password(world, zhida):
    known = world.other.engineer.user
    invitation = invite(zhida, email=known.email)
    client = browser(zhida)
    url = link(invitation)
    page = client.get(url).content
    assert b"has a password on this platform already" in page
    assert client.post(url, {"password": "wrong"}).status_code == 422
    assert client.post(url, PERSON).status_code == 422  # can't be made somebody new
    assert client.post(url, {"password": PASSWORD}).status_code == 302
    assert is_in(client)
    known = User.objects.get(pk=known.pk)
    assert known.check_password(PASSWORD)
    assert known.name == "Engineer of other"


def test_somebody_known_still_needs_their_second_factor(world, zhida):
    known = world.other.engineer.user
    give_app(known)
    client = browser(zhida)
    response = client.post(
        link(invite(zhida, email=known.email)), {"password": PASSWORD}
    )
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert is_in(client)


def test_guesses_at_the_accept_page_are_counted_like_sign_ins(world, zhida):
    known = world.other.engineer.user
    url = link(invite(zhida, email=known.email))
    client = browser(zhida, REMOTE_ADDR="198.51.100.7")
    for _ in range(10):
        client.post(url, {"password": "wrong"})
    answer = client.post(url, {"password": PASSWORD})
    assert b"Too many failed attempts" in answer.content
    assert not is_in(client)


def test_inviting_somebody_known_looks_the_same_as_inviting_a_stranger(world, zhida):
    admin = signed_in(zhida, "admin")

    def seen(email):
        response = admin.post(
            "/people/invite/", {"email": email, "role": "engineer", "department": ""}
        )
        person = admin.get(response["Location"]).content.decode()
        listed = admin.get(f"/people/?q={email}").content.decode()
        text = re.sub(
            r'[A-Za-z0-9]{64}|server-now" content="[^"]+|\b\d+\b', "", person + listed
        )
        for form in (email, quote(email)):
            text = text.replace(form, "somebody")
        return response.status_code, text

    known = world.other.engineer.user
    assert seen("stranger1@new.example")[0] == 302
    first, second = seen("stranger2@new.example"), seen(known.email)
    assert "Engineer of other" not in second[1]
    strip = re.compile(
        r"datetime=\"[^\"]+\"|title=\"[^\"]+\"|<time.*?</time>|person-key.*"
    )
    assert strip.sub("", first[1]) == strip.sub("", second[1])


def test_the_journal_does_not_tell_the_name_of_somebody_known_elsewhere(world, zhida):
    invite(zhida, email=world.other.engineer.user.email)
    entry = Entry.objects.get(verb="person.invited")
    assert entry.object_label == world.other.engineer.user.email


def test_the_former_link_dies_when_the_invitation_is_sent_again(zhida):
    invitation = invite(zhida)
    old = link(invitation)
    services.resend_invitation(
        actor=zhida.actor("admin"),
        now=database_now(),
        membership=invitation.membership,
    )
    assert browser(zhida).get(old).status_code == 404
    assert Letter.objects.filter(kind="invitation").count() == 2


def test_a_revoked_invitation_lets_nobody_in(zhida):
    invitation = invite(zhida)
    url = link(invitation)
    services.revoke_invitation(
        actor=zhida.actor("admin"),
        now=database_now(),
        membership=invitation.membership,
    )
    assert browser(zhida).post(url, PERSON).status_code == 404


def test_an_invitation_of_another_tenant_is_unknown_here(world, zhida):
    with world.other.scope():
        url = link(invite(world.other))
    assert browser(zhida).get(url).status_code == 404
    assert browser(world.other).get(url).status_code == 200


def test_whoever_is_signed_in_as_somebody_else_is_told_so(zhida):
    url = link(invite(zhida))
    client = signed_in(zhida, "engineer")
    page = client.get(url)
    assert b"You are signed in as somebody else" in page.content
    assert client.post(url, PERSON).status_code == 200
    assert not Invitation.objects.get().accepted_at


def test_a_member_is_not_invited_twice(zhida):
    with pytest.raises(ServiceError, match="already_member"):
        invite(zhida, email=zhida.engineer.user.email)


def test_a_deactivated_person_is_reactivated_not_invited(zhida):
    services.deactivate(
        actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer
    )
    with pytest.raises(ServiceError, match="deactivated"):
        invite(zhida, email=zhida.engineer.user.email)


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b", "mıke@new.example", "a@b.example\r\nBcc: x@y.example"],
)
def test_a_bad_address_is_refused(zhida, email):
    with pytest.raises(ServiceError, match="email_invalid") as caught:
        invite(zhida, email=email)
    assert caught.value.field == "email"


def test_client_staff_are_invited_by_whoever_manages_clients(zhida):
    invitation = invite(zhida, role="client_staff")
    assert invitation.membership.role == "client_staff"
    with pytest.raises(ServiceError, match="role_kind"):
        invite(zhida, role="engineer")
    with pytest.raises(NotPermitted):
        invite(zhida, by="agent", email="x@new.example", role="client_staff")


def test_nobody_invites_an_observer(zhida):
    with pytest.raises(ServiceError, match="role_unknown"):
        invite(zhida, role="observer")


def test_the_invitation_greets_in_the_language_of_the_tenant(zhida):
    invite(zhida, name="Nora")
    assert Letter.objects.get().language == zhida.tenant.language


@pytest.mark.django_db(transaction=True)
def test_the_mail_brings_somebody_in(world):
    house = world.zhida
    with house.scope():
        invite(house, name="Nora")
        held = Letter.objects.get()
        assert "http" not in str(held.params)
    assert post_batch(now=database_now()) == 1
    sent = mail.outbox[-1]
    assert sent.to == ["nora@new.example"]
    assert "Zhida" in sent.subject
    assert "Hello Nora" in sent.body
    (url,) = re.findall(r"http\S+", sent.body)
    assert url.startswith("http://zhida.localhost:8000/accept/")
    client = browser(house)
    response = client.post(url.partition("8000")[2], PERSON)
    assert response.status_code == 302
    assert is_in(client)
