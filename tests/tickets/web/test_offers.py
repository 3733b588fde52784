"""A time is offered by a link without a login: answered once, and nothing happens by looking."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from clients.models import Contact
from notifications.models import Message
from people.letters import NotNeeded, write
from people.models import Letter, Shift
from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import fresh, text
from tests.tickets.web.test_board import noon
from tickets.links import sign_offer
from tickets.models import AppointmentOffer, TicketEvent, WorkOrder
from tickets.services import work

SECOND = timedelta(seconds=1)


@pytest.fixture
def offer(do, ticket):
    """Tomorrow at noon."""
    do(ticket, "offer_appointment", at=noon(), note="With a lift")
    return AppointmentOffer.objects.get()


@pytest.fixture
def link(offer):
    return f"/tickets/offer/{sign_offer(offer.pk, offer.nonce)}"


@pytest.fixture
def stranger(zhida):
    """A browser that nobody has signed in with."""
    return Client(HTTP_HOST=zhida.host, headers={"accept-language": "en"})


def kinds(ticket):
    return list(
        TicketEvent.objects.filter(ticket=ticket)
        .order_by("seq")
        .values_list("kind", flat=True)
    )


def test_the_page_says_the_offer_and_nothing_else(stranger, link, ticket, zhida):
    page = text(stranger.get(link))
    assert f"{noon():%Y-%m-%d %H:%M}" in page
    assert "With a lift" in page
    for secret in (
        ticket.number,
        ticket.title,
        zhida.client_org.name,
        "Command centre",
    ):
        assert secret not in page


def test_looking_changes_nothing(stranger, link, ticket, offer):
    before = kinds(ticket)
    for method in (stranger.get, stranger.head):
        assert method(link).status_code == 200
    offer.refresh_from_db()
    assert (offer.state, kinds(ticket)) == ("open", before)
    assert fresh(ticket).appointment_at is None


def test_accepted_once_the_appointment_stands_and_the_visit_moves(
    stranger, link, ticket, zhida
):
    order = work.dispatch(
        actor=zhida.actor("agent"),
        now=database_now(),
        ticket=ticket,
        purpose="Look",
        engineer=zhida.engineer,
        start=noon(3),
        end=noon(3) + timedelta(hours=1),
    )
    answer = stranger.post(link, {"accept": "1"})
    assert (answer.status_code, answer["Location"]) == (302, link)
    assert fresh(ticket).appointment_at == noon()
    order.refresh_from_db()
    assert order.planned_start_at == noon()
    assert order.planned_end_at == noon() + timedelta(hours=1)
    assert "This time is agreed" in text(stranger.get(link))
    assert Message.objects.filter(recipient=zhida.engineer, kind="appointment").exists()
    event = TicketEvent.objects.get(ticket=ticket, kind="appointment_agreed")
    assert (event.via, event.actor_id) == ("link", None)

    before = kinds(ticket)
    again = stranger.post(link, {"propose": "1", "at": f"{noon(2):%Y-%m-%dT%H:%M}"})
    assert "can't be used again" in text(again)
    assert (kinds(ticket), fresh(ticket).appointment_at) == (before, noon())


def test_another_time_is_proposed_and_taken(stranger, link, ticket, do, browse, offer):
    answer = stranger.post(
        link,
        {"propose": "1", "at": f"{noon(2):%Y-%m-%dT%H:%M}", "words": "After the fair"},
    )
    assert answer.status_code == 302
    offer.refresh_from_db()
    assert (offer.state, offer.proposed_at) == ("countered", noon(2))
    assert fresh(ticket).appointment_at is None
    assert "After the fair" in text(
        browse("agent").get(f"/tickets/{ticket.number}/work")
    )
    assert "time_proposed" in Message.objects.values_list("kind", flat=True)
    do(ticket, "accept_proposal")
    assert fresh(ticket).appointment_at == noon(2)
    agreed = TicketEvent.objects.get(ticket=ticket, kind="appointment_agreed")
    assert agreed.data["asked_by"] == "client"


@pytest.mark.parametrize(
    "data",
    [
        {"propose": "1", "at": ""},
        {"propose": "1", "at": "2020-01-01T10:00"},
        {"propose": "1", "at": "soon"},
    ],
)
def test_a_time_that_is_none_is_refused_beside_its_field(stranger, link, offer, data):
    answer = stranger.post(link, data)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    offer.refresh_from_db()
    assert offer.state == "open"


def test_an_altered_link_and_one_of_another_tenant_are_nobodys(stranger, link, world):
    for path in (link[:-1], f"{link}x", "/tickets/offer/1", "/tickets/offer/a.b:c"):
        for answer in (stranger.get(path), stranger.post(path, {"accept": "1"})):
            assert answer.status_code == 404
            assert "This link does not work" in text(answer)
    foreign = Client(HTTP_HOST=world.other.host)
    assert foreign.post(link, {"accept": "1"}).status_code == 404
    assert AppointmentOffer.objects.get().state == "open"


def test_too_late_is_said_and_changes_nothing(stranger, link, ticket, offer):
    AppointmentOffer.objects.update(
        offered_at=database_now() - 2 * SECOND, expires_at=database_now() - SECOND
    )
    answer = stranger.post(link, {"accept": "1"})
    assert answer.status_code == 410
    assert "The time to answer is over" in text(answer)
    assert fresh(ticket).appointment_at is None


def test_what_was_taken_back_or_replaced_can_not_be_accepted(
    stranger, link, ticket, do, offer
):
    do(ticket, "offer_appointment", at=noon(2))
    assert "taken back" in text(stranger.post(link, {"accept": "1"}))
    do(ticket, "withdraw_offer")
    assert not AppointmentOffer.objects.open().exists()
    do(ticket, "offer_appointment", at=noon(2))
    do(ticket, "agree_appointment", at=noon(3))  # by phone
    assert not AppointmentOffer.objects.open().exists()
    assert fresh(ticket).appointment_at == noon(3)


def test_a_ticket_that_is_over_agrees_nothing_and_the_page_does_not_say_why(
    stranger, link, ticket, do
):
    do(ticket, "cancel", reason="Solved by itself")
    answer = stranger.post(link, {"accept": "1"})
    assert answer.status_code == 409
    assert "call us" in text(answer)
    assert "ancelled" not in text(answer)


def test_when_nobody_is_on_duty_any_more_the_offer_can_not_be_accepted(
    stranger, link, ticket, zhida
):
    Shift.objects.create(
        department=zhida.department,
        name="Over",
        weekdays=[1],
        starts="08:00",
        ends="09:00",
        from_on="2020-01-01",
        until_on="2020-02-01",
    )
    answer = stranger.post(link, {"accept": "1"})
    assert answer.status_code == 409
    assert "call us" in text(answer)
    assert fresh(ticket).appointment_at is None
    other = {"propose": "1", "at": f"{noon(2):%Y-%m-%dT%H:%M}"}
    assert "is on duty then" in text(stranger.post(link, other))


def test_in_the_portal_the_client_accepts(browse, ticket, offer):
    panel = text(browse("client").get(f"/tickets/{ticket.number}/work"))
    assert "accept_offer" in panel
    assert sign_offer(offer.pk, offer.nonce) not in panel
    path = f"/tickets/{ticket.number}/accept_offer"
    assert browse("agent").post(path, {"version": ""}).status_code == 422
    answer = browse("client").post(path, {"version": ""})
    assert answer.status_code == 302
    assert fresh(ticket).appointment_at == noon()


def test_the_contact_gets_the_link_as_a_member_or_by_address(
    zhida, ticket, offer, do, browse
):
    message = Message.objects.get(kind="appointment_offered")
    assert message.recipient_id == ticket.requester_id
    shown = text(browse("client").get("/notifications/"))
    assert re.search(r"may we come on", shown)

    contact = Contact.objects.create(
        client=zhida.client_org, name="Ms Yang", email="yang@water.example"
    )
    ticket.contact = contact
    ticket.save()
    do(ticket, "offer_appointment", at=noon(2))
    letter = Letter.objects.get(kind="appointment_offer")
    newest = AppointmentOffer.objects.open().get()
    mail = write(letter, now=database_now())
    assert mail.to == ["yang@water.example"]
    assert sign_offer(newest.pk, newest.nonce) in mail.body
    assert newest.nonce not in str(letter.params)
    letter.language = "zh-hans"
    chinese = write(letter, now=database_now())
    assert re.search(r"[\u4e00-\u9fff]", chinese.subject)
    assert "{{" not in chinese.body
    do(ticket, "withdraw_offer")
    with pytest.raises(NotNeeded):
        write(letter, now=database_now())


def test_who_has_no_address_is_given_the_link_by_us(zhida, ticket, do, browse):
    ticket.contact = Contact.objects.create(client=zhida.client_org, name="Ms Yang")
    ticket.save()
    do(ticket, "offer_appointment", at=noon())
    offer = AppointmentOffer.objects.get()
    panel = text(browse("agent").get(f"/tickets/{ticket.number}/work"))
    assert "Give the link to the customer yourself" in panel
    assert sign_offer(offer.pk, offer.nonce) in panel
    assert WorkOrder.objects.count() == 0
