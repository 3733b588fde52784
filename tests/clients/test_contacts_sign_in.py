"""A contact is invited, comes in, is locked out, let in again; and entered during a call."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clients import services
from clients.models import Contact
from people.models import Invitation, Session
from people.roles import Role
from people.services import accept_invitation
from servicedesk.lib.errors import ServiceError
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(zhida):
    return services.create_contact(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        client=zhida.client_org,
        name="王小明",
        phone="0951-2",
        email="wang@water.example",
    )


def invite(house, contact, role=Role.CLIENT_STAFF):
    return services.invite_contact(
        actor=house.actor("admin"), now=FOUNDED, contact=contact, role=role
    )


def come_in(contact):
    invitation = Invitation.objects.get(
        membership_id=contact.membership_id, revoked_at=None
    )
    person = {"name": "Wang", "language": "en", "password": "correct horse battery"}
    accept_invitation(now=FOUNDED, invitation=invitation, person=person)
    contact.refresh_from_db()
    return contact


def test_an_administrator_invites_a_contact(zhida, sign_in, caller):
    browser = sign_in(zhida, "admin")
    url = reverse("clients:contact_invite", args=[caller.pk])

    answer = browser.post(url, {"role": "client_manager"}, follow=True)

    caller.refresh_from_db()
    assert caller.membership.role == Role.CLIENT_MANAGER
    assert caller.membership.is_invited
    assert Invitation.objects.filter(membership=caller.membership).count() == 1
    assert "wang@water.example" in answer.content.decode()


@pytest.mark.parametrize("role", ["engineer", "administrator", "observer", "", "x"])
def test_a_contact_gets_no_role_of_ours(zhida, sign_in, caller, role):
    browser = sign_in(zhida, "admin")

    answer = browser.post(
        reverse("clients:contact_invite", args=[caller.pk]), {"role": role}
    )

    assert answer.status_code == 422
    with pytest.raises(ServiceError) as refused:
        invite(zhida, caller, role)
    assert refused.value.code == "role"
    caller.refresh_from_db()
    assert caller.membership is None


def test_without_an_address_nobody_is_invited(zhida, caller):
    Contact.objects.filter(pk=caller.pk).update(email="")
    with pytest.raises(ServiceError) as refused:
        invite(zhida, caller)
    assert (refused.value.code, refused.value.field) == ("no_email", "email")


def test_an_address_of_another_contact_or_colleague_is_refused(zhida, caller):
    second = services.create_contact(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        client=zhida.rival_org,
        name="Li",
        email=caller.email,
    )
    invite(zhida, caller)
    with pytest.raises(ServiceError) as refused:
        invite(zhida, second)
    assert refused.value.code == "signs_in"
    second.refresh_from_db()
    assert second.membership is None

    Contact.objects.filter(pk=second.pk).update(email=zhida.engineer.user.email)
    with pytest.raises(ServiceError):
        invite(zhida, second)


def test_an_invitation_goes_out_again_and_only_the_last_one_works(zhida, caller):
    invite(zhida, caller)
    again = invite(zhida, caller, Role.CLIENT_MANAGER)

    links = Invitation.objects.filter(membership=again.membership)
    assert links.count() == 2
    assert links.filter(revoked_at=None).count() == 1
    assert again.membership.role == Role.CLIENT_MANAGER


def test_a_new_address_takes_the_former_invitation_back(zhida, caller):
    former = invite(zhida, caller).membership
    services.change_contact(
        actor=zhida.actor("admin"), now=FOUNDED, contact=caller, email="new@w.example"
    )

    caller.refresh_from_db()
    latter = invite(zhida, caller).membership

    assert latter != former
    assert not Invitation.objects.filter(membership=former, revoked_at=None).exists()


def test_out_of_use_means_out_at_once(zhida, sign_in, caller):
    contact = come_in(invite(zhida, caller))
    zhida.people["caller"] = contact.membership
    theirs = sign_in(zhida, "caller")
    assert theirs.get(reverse("sla:list")).status_code == 200
    browser = sign_in(zhida, "admin")

    browser.post(reverse("clients:contact_deactivate", args=[caller.pk]))

    assert theirs.get(reverse("sla:list")).status_code == 302
    assert not Session.objects.filter(user=contact.membership.user).exists()
    del zhida.people["caller"]


def test_a_sign_in_is_ended_and_resumed(zhida, sign_in, caller):
    contact = come_in(invite(zhida, caller))
    browser = sign_in(zhida, "admin")

    browser.post(reverse("clients:contact_end_sign_in", args=[caller.pk]))
    contact.membership.refresh_from_db()
    assert not contact.membership.is_active
    with pytest.raises(ServiceError) as refused:
        invite(zhida, contact)
    assert refused.value.code == "ended"

    browser.post(reverse("clients:contact_resume_sign_in", args=[caller.pk]))
    contact.membership.refresh_from_db()
    assert contact.membership.is_active
    caller.refresh_from_db()
    assert caller.is_active


def test_an_organisation_out_of_use_locks_its_people_out_and_nobody_elses(zhida):
    services.deactivate_client(
        actor=zhida.actor("admin"), now=FOUNDED, client=zhida.client_org
    )
    for name, inside in {
        "client": False,
        "client_manager": False,
        "rival": True,
    }.items():
        zhida.people[name].refresh_from_db()
        assert zhida.people[name].is_active is inside


@pytest.mark.parametrize("verb", ["invite", "end_sign_in", "resume_sign_in"])
@pytest.mark.parametrize("person", ["agent", "engineer", "client_manager"])
def test_only_the_administrator_lets_people_in(zhida, sign_in, caller, verb, person):
    browser = sign_in(zhida, person)
    url = reverse(f"clients:contact_{verb}", args=[caller.pk])
    assert browser.post(url, {"role": "client_staff"}).status_code == 404
