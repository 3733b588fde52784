"""Quick searches offer what the person may choose, and nothing else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clients.models import Client, Contact, Equipment, Project

pytestmark = pytest.mark.django_db


def ids(browser, name, **query):
    answer = browser.get(reverse(f"clients:pick_{name}"), query)
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


def test_staff_find_the_contacts_and_devices_of_everybody(zhida, sign_in):
    browser = sign_in(zhida, "agent")
    assert ids(browser, "client", q="rival") == [zhida.rival_org.pk]
    assert len(ids(browser, "contact")) == 4
    assert ids(browser, "project", q="gate") == [zhida.rival_project.pk]
    assert ids(browser, "equipment", q="sn-zhida") == [zhida.equipment.pk]


@pytest.mark.parametrize("person", ["client", "client_manager"])
def test_clients_find_their_own_organisation_only(zhida, sign_in, person):
    browser = sign_in(zhida, person)
    Equipment.objects.create(
        client=zhida.rival_org, category="Gate", model="G", serial_number="SN-R"
    )
    assert ids(browser, "equipment") == [zhida.equipment.pk]
    assert ids(browser, "project") == [zhida.project.pk]
    assert len(ids(browser, "contact")) == 3
    assert ids(browser, "equipment", client=zhida.rival_org.pk) == []
    assert browser.get(reverse("clients:pick_client")).status_code == 404


def test_another_tenants_are_not_found(world, zhida, sign_in):
    browser = sign_in(zhida, "agent")
    theirs = world.other.things
    assert ids(browser, "equipment", q=theirs.equipment.serial_number) == []
    assert ids(browser, "contact", client=theirs.client_org.pk) == []


def test_what_is_chosen_already_narrows_the_search(zhida, sign_in):
    browser = sign_in(zhida, "agent")
    assert ids(browser, "equipment", project=zhida.project.pk) == [zhida.equipment.pk]
    assert ids(browser, "equipment", project=zhida.rival_project.pk) == []
    for wrong in ("x", "9" * 40, "１", "-1", "0"):
        assert ids(browser, "equipment", project=wrong) == []


def test_what_is_out_of_use_is_not_offered(zhida, sign_in):
    browser = sign_in(zhida, "agent")
    assert ids(browser, "equipment") == [zhida.equipment.pk]
    Project.objects.filter(pk=zhida.project.pk).update(is_active=False)
    assert zhida.project.pk not in ids(browser, "project")
    Client.objects.filter(pk=zhida.client_org.pk).update(is_active=False)
    assert ids(browser, "equipment") == []
    assert zhida.client_org.pk not in ids(browser, "client")


def test_more_than_fit_are_said_to_be_there(zhida, sign_in):
    browser = sign_in(zhida, "agent")
    Client.objects.bulk_create(
        Client(name=f"C{n}", sort_key=f"c{n}") for n in range(20)
    )
    answer = browser.get(reverse("clients:pick_client")).json()
    assert (len(answer["results"]), answer["more"]) == (12, True)


def test_a_contact_brings_its_organisation_along(zhida, sign_in):
    browser = sign_in(zhida, "agent")
    contact = Contact.objects.create(client=zhida.client_org, name="丁一")
    answer = browser.get(reverse("clients:pick_contact"), {"q": "丁一"}).json()
    (row,) = answer["results"]
    assert row["id"] == contact.pk
    assert row["sets"] == {"client": [zhida.client_org.pk, zhida.client_org.name]}


@pytest.mark.parametrize("words", ["7766", "60887766", "0951-6088", "0951 6088 7766"])
def test_a_contact_is_found_by_digits_however_they_are_written(zhida, sign_in, words):
    contact = Contact.objects.create(
        client=zhida.client_org, name="Ms Tang", phone="(0951) 6088-7766"
    )
    assert ids(sign_in(zhida, "agent"), "contact", q=words) == [contact.pk]
    assert ids(sign_in(zhida, "agent"), "contact", q="0000") == []


def test_two_digits_find_no_phone_number(zhida, sign_in):
    Contact.objects.create(client=zhida.client_org, name="Ms Tang", phone="1-3-5")
    assert ids(sign_in(zhida, "agent"), "contact", q="13") == []
