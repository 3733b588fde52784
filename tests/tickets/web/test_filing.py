"""A client files a request, and sees at once what is promised."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sla.services import import_standard
from sla.standards import preset_text
from tests.tickets.web.conftest import HTMX, text
from tests.world import FOUNDED
from tickets.models import Attachment, Follower, Ticket

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def picture(name="screen.png"):
    return SimpleUploadedFile(name, PNG, "image/png")


@pytest.fixture
def request_values(zhida):
    return {
        "project": zhida.project.pk,
        "equipment": zhida.equipment.pk,
        "severity": 2,
        "title": "The screen is black",
        "symptom": "Since nine o'clock",
    }


def test_the_form_shows_three_cards_with_what_each_promises(browse):
    page = text(browse("client").get(reverse("tickets:file")))
    assert page.count('class="sev-card"') == 3
    assert "Answered within 10 min" in page
    assert "Solved within 8 h" in page


def test_the_only_project_is_chosen_already(browse, zhida):
    page = text(browse("client").get(reverse("tickets:file")))
    assert f'name="project" value="{zhida.project.pk}"' in page


def test_the_promise_is_said_at_once_after_filing(browse, request_values):
    client = browse("client")
    answer = client.post(reverse("tickets:file"), request_values)
    ticket = Ticket.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/tickets/{ticket.number}?filed=1"
    page = text(client.get(answer["Location"]))
    assert "Your request is with us." in page
    assert "Promised: answered by" in page
    assert "data-ticking" in page
    assert (ticket.severity, ticket.channel, ticket.kind) == (2, "web", "fault")


def test_the_requester_and_their_own_contact_are_on_it(browse, zhida, request_values):
    browse("client").post(reverse("tickets:file"), request_values)
    ticket = Ticket.objects.get()
    assert ticket.requester == zhida.client
    assert ticket.contact.membership_id == zhida.client.pk


def test_htmx_is_sent_to_the_new_ticket(browse, request_values):
    answer = browse("client").post(reverse("tickets:file"), request_values, **HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"].endswith("?filed=1")


def test_a_mistake_is_named_beside_its_field_and_nothing_is_lost(
    browse, request_values
):
    answer = browse("client").post(
        reverse("tickets:file"), request_values | {"title": " "}
    )
    page = text(answer)
    assert answer.status_code == 422
    assert not Ticket.objects.exists()
    assert "Say in one line what is wrong." in page
    assert "Since nine o&#x27;clock" in page
    assert f'value="{request_values["equipment"]}" selected' in page


def test_files_that_a_browser_forgets_are_asked_for_again(browse, request_values):
    values = request_values | {"title": "", "files": [picture()]}
    assert "Choose the files again." in text(
        browse("client").post(reverse("tickets:file"), values)
    )


def test_files_that_htmx_keeps_are_not_asked_for_again(browse, request_values):
    values = request_values | {"title": "", "files": [picture()]}
    page = text(browse("client").post(reverse("tickets:file"), values, **HTMX))
    assert "Choose the files again." not in page
    assert 'hx-preserve="true"' in page


def test_files_come_with_the_request(browse, request_values):
    values = request_values | {"files": [picture("a.png"), picture("b.png")]}
    browse("client").post(reverse("tickets:file"), values)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == [
        "a.png",
        "b.png",
    ]


def test_a_refused_file_refuses_the_whole_request(browse, request_values):
    evil = SimpleUploadedFile("a.html", b"<html><script>x</script>", "image/png")
    answer = browse("client").post(
        reverse("tickets:file"), request_values | {"files": [evil]}
    )
    assert answer.status_code == 422
    assert "is of a kind that is not taken here" in text(answer)
    assert not Ticket.objects.exists()


def test_colleagues_follow(browse, zhida, request_values):
    values = request_values | {"followers": [zhida.peer.pk]}
    browse("client").post(reverse("tickets:file"), values)
    assert list(Follower.objects.values_list("membership_id", flat=True)) == [
        zhida.peer.pk
    ]


@pytest.mark.parametrize(
    ("field", "thing"), [("project", "rival_project"), ("followers", "rival")]
)
def test_things_of_another_client_are_unknown(
    browse, zhida, request_values, field, thing
):
    foreign = getattr(zhida, thing).pk
    answer = browse("client").post(
        reverse("tickets:file"), request_values | {field: foreign}
    )
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_a_device_of_another_tenant_is_unknown(browse, world, zhida, request_values):
    with world.other.scope():
        foreign = world.other.equipment.pk
    answer = browse("client").post(
        reverse("tickets:file"), request_values | {"equipment": foreign}
    )
    assert answer.status_code == 422


def test_staff_file_for_callers_instead(browse):
    assert browse("agent").get(reverse("tickets:file")).status_code == 404


@pytest.mark.parametrize("preset", ["hardware", "software"])
def test_a_standard_with_one_tier_shows_one_card(browse, zhida, preset):
    version = import_standard(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        text=preset_text(preset),
        in_force_from=FOUNDED,
    )
    zhida.project.standard = version.standard
    zhida.project.save()
    answer = browse("client").get(
        reverse("tickets:file_options"), {"project": zhida.project.pk, "severity": 3}
    )
    assert text(answer).count('class="sev-card"') == 1
    assert " checked" in text(answer)


def test_devices_follow_the_project(browse, zhida):
    from clients.models import Equipment, Project

    other = Project.objects.create(client=zhida.client_org, name="Second")
    Equipment.objects.create(
        client=zhida.client_org, project=other, category="Door", model="D-77"
    )
    page = text(
        browse("client").get(reverse("tickets:file_options"), {"project": other.pk})
    )
    assert "D-77" in page
    assert "DS-2CD" not in page


def test_many_devices_are_searched_for(browse, zhida, monkeypatch):
    monkeypatch.setattr("tickets.forms.picks.LISTED", 0)
    page = text(browse("client").get(reverse("tickets:file")))
    assert "Serial number, model or place" in page
    assert f"project={zhida.project.pk}" in page


def test_a_closed_request_is_continued_by_a_linked_one(
    browse, zhida, ticket, request_values
):
    values = request_values | {"after": ticket.number}
    browse("client").post(reverse("tickets:file"), values)
    follower = Ticket.objects.exclude(pk=ticket.pk).get()
    assert follower.follows_up_id == ticket.pk
    page = text(browse("client").get(reverse("tickets:detail", args=[ticket.number])))
    assert follower.number in page
