"""The desk files what a caller says; what was answered on the phone is the first response."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, Contact
from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import HTMX, text
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
URL = reverse("tickets:file_behalf")
OPTIONS = reverse("tickets:behalf_options")


def local(instant):
    return timezone.localtime(
        instant, timezone=timezone.get_fixed_timezone(480)
    ).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def call(zhida):
    return {
        "client": zhida.client_org.pk,
        "contact": "",
        "new_name": "Mr Ding",
        "new_phone": "0951-6012345",
        "project": zhida.project.pk,
        "severity": 1,
        "title": "Printer jams",
        "symptom": "It eats paper.",
        "received_at": local(database_now() - timedelta(minutes=10)),
        "time_reason": "I was still on the phone",
    }


def test_a_new_caller_becomes_a_contact(browse, zhida, call):
    answer = browse("agent").post(URL, call)
    ticket = Ticket.objects.get()
    assert answer.status_code == 302
    assert (ticket.contact.name, ticket.contact.phone) == ("Mr Ding", "0951-6012345")
    assert ticket.channel == "phone"
    assert database_now() - ticket.received_at > timedelta(minutes=9)


def test_a_known_caller_is_not_made_twice(browse, zhida, call):
    known = Contact.objects.filter(client=zhida.client_org).first()
    before = Contact.objects.count()
    browse("agent").post(URL, call | {"contact": known.pk, "new_name": ""})
    assert Ticket.objects.get().contact == known
    assert Contact.objects.count() == before


def test_an_answer_on_the_phone_is_the_first_response(browse, call):
    browse("agent").post(URL, call | {"answer": "We come at two with a new roller."})
    ticket = Ticket.objects.get()
    clock = ticket.clocks.get(metric="first_response", counts=True)
    assert (clock.state, clock.finished_at) == ("met", ticket.received_at)
    assert ticket.state == "in_progress"


def test_without_an_answer_the_response_clock_runs(browse, call):
    browse("agent").post(URL, call)
    clock = Ticket.objects.get().clocks.get(metric="first_response", counts=True)
    assert clock.state == "running"


def test_a_caller_needs_a_name(browse, call):
    answer = browse("agent").post(URL, call | {"new_name": ""})
    assert answer.status_code == 422
    assert "Write the caller&#x27;s name, or choose a contact." in text(answer)
    assert not Ticket.objects.exists()


def test_a_refused_request_leaves_no_contact_behind(browse, call):
    late = local(database_now() + timedelta(hours=3))
    answer = browse("agent").post(URL, call | {"received_at": late})
    assert answer.status_code == 422
    assert "This time lies in the future." in text(answer)
    assert not Contact.objects.filter(name="Mr Ding").exists()


def test_a_call_that_has_just_been_held_needs_no_reason(browse, call):
    answer = browse("agent").post(URL, call | {"time_reason": ""})
    assert answer.status_code == 302
    assert database_now() - Ticket.objects.get().received_at > timedelta(minutes=9)


@pytest.mark.parametrize(
    ("channel", "minutes"), [("phone", 17), ("email", 10)], ids=["phone", "email"]
)
def test_an_earlier_call_needs_a_reason(browse, call, channel, minutes):
    began = local(database_now() - timedelta(minutes=minutes))
    values = {"time_reason": "", "received_at": began, "channel": channel}
    answer = browse("agent").post(URL, call | values)
    assert answer.status_code == 422
    assert "Say why the time is entered afterwards." in text(answer)


def test_choosing_a_client_offers_its_projects(browse, zhida):
    page = text(browse("agent").get(OPTIONS, {"client": zhida.client_org.pk}, **HTMX))
    assert "Command centre" in page
    assert "School gate" not in page


def test_a_known_caller_tells_which_client_and_asks_no_name(browse, zhida):
    caller = Contact.objects.filter(client=zhida.client_org).first()
    page = text(browse("agent").get(OPTIONS, {"contact": caller.pk}, **HTMX))
    assert f'<option value="{zhida.client_org.pk}" selected>' in page
    assert "Name of the caller" not in page
    assert "Name of the caller" in text(browse("agent").get(OPTIONS, **HTMX))


def test_another_client_takes_the_caller_away(browse, zhida):
    caller = Contact.objects.filter(client=zhida.client_org).first()
    query = {"contact": caller.pk, "client": zhida.rival_org.pk}
    page = text(browse("agent").get(OPTIONS, query, **HTMX))
    assert f'value="{caller.pk}" selected' not in page
    assert "School gate" in page


def test_what_the_client_has_open_stands_beside(browse, zhida, file):
    caller = Contact.objects.filter(client=zhida.client_org).first()
    other, own = file(), file(contact=caller, minutes=50)
    rival = file(by="rival", client=zhida.rival_org, project=zhida.rival_project)
    page = text(browse("agent").get(OPTIONS, {"contact": caller.pk}, **HTMX))
    assert page.index(own.number) < page.index(other.number)
    assert rival.number not in page
    assert own.number not in text(browse("agent").get(URL))


def test_many_clients_are_looked_for(browse, zhida, monkeypatch):
    assert 'data-pick="/register/pick/client/"' not in text(browse("agent").get(URL))
    monkeypatch.setattr("tickets.forms.picks.LISTED", 1)
    page = text(browse("agent").get(URL, {"client": zhida.rival_org.pk}))
    assert 'data-pick="/register/pick/client/"' in page
    assert f'<option value="{zhida.rival_org.pk}" selected>' in page


def test_a_contact_of_another_client_is_unknown(browse, zhida, call):
    rival = Contact.objects.filter(client=zhida.rival_org).first()
    answer = browse("agent").post(URL, call | {"contact": rival.pk})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_without_any_client_the_page_says_what_comes_first(browse, zhida):
    Client.objects.update(is_active=False)
    page = text(browse("agent").get(URL))
    assert "There is no client organisation yet." in page
    assert "Enter the first one" not in page
    assert reverse("clients:client_create") in text(browse("admin").get(URL))


def test_clients_take_no_calls(browse):
    assert browse("client").get(URL).status_code == 404
