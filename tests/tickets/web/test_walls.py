"""Other people's tickets don't exist; what is internal reaches no client in any form."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import CANARY, text
from tickets import services
from tickets.models import Attachment
from tickets.queries.offers import CLIENT_VERBS
from tickets.views.acts import ACTS

pytestmark = pytest.mark.django_db
PAGES = ["detail", "live", "earlier"]


def answer_of(browser, name, *args, **query):
    return browser.get(reverse(f"tickets:{name}", args=args), query)


def bare(response, number):
    """The page without its address, the time and the token of its forms."""
    page = text(response).replace(number, "#")
    return re.sub(r'content="2\d\d\d-[^"]*"|[0-9A-Za-z]{64}', "", page)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["rival", "peer", "elsewhere"])
def test_a_ticket_out_of_view_answers_as_one_that_is_absent(browse, ticket, who, name):
    browser = browse(who)
    absent = "ZD-2026-999999"
    query = {"before": 3} if name == "earlier" else {}
    hidden = answer_of(browser, name, ticket.number, **query)
    nothing = answer_of(browser, name, absent, **query)
    assert hidden.status_code == nothing.status_code == 404
    assert bare(hidden, ticket.number) == bare(nothing, absent)


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_no_verb_reaches_a_ticket_out_of_view(browse, ticket, verb):
    url = reverse("tickets:act", args=[ticket.number, verb])
    assert browse("elsewhere").get(url).status_code == 404
    assert browse("rival").post(url, {"body": "x"}).status_code == 404
    ticket.refresh_from_db()
    assert ticket.last_seq == 1


def test_another_tenants_number_is_absent(browse, ticket):
    neighbour = browse("admin", house="other")
    assert answer_of(neighbour, "detail", ticket.number).status_code == 404


@pytest.mark.parametrize(
    "verb",
    sorted(set(ACTS) - CLIENT_VERBS),
)
def test_a_client_has_no_verb_of_the_staff(browse, ticket, verb):
    url = reverse("tickets:act", args=[ticket.number, verb])
    assert browse("client").get(url).status_code == 404
    assert browse("client").post(url, {"body": "x"}).status_code == 404


def test_the_client_manager_sees_all_of_the_organisation(browse, ticket):
    assert (
        answer_of(browse("client_manager"), "detail", ticket.number).status_code == 200
    )


@pytest.fixture
def with_canary(zhida, file, do):
    """A ticket with the canary in everything that is internal."""
    ticket = file(minutes=80)
    note = SimpleUploadedFile(f"{CANARY}.txt", CANARY.encode(), "text/plain")
    do(ticket, "add_note", by="agent", body=CANARY, files=[note])
    do(ticket, "follow", by="agent", membership=zhida.colleague)
    common = {"now": database_now()}
    services.acknowledge(
        actor=zhida.actor("manager"),
        escalation=ticket.escalations.first() or pytest.fail("no escalation"),
        plan=CANARY,
        **common,
    )
    do(ticket, "assign", by="agent", assignee=zhida.engineer)
    services.hand_over(
        actor=zhida.actor("agent"),
        from_membership=zhida.engineer,
        to_membership=zhida.colleague,
        note=CANARY,
        tickets=[ticket],
        **common,
    )
    ticket.refresh_from_db()
    return ticket


@pytest.mark.parametrize("who", ["client", "client_manager"])
def test_no_page_of_a_client_holds_what_is_internal(browse, with_canary, who):
    number, browser = with_canary.number, browse(who)
    assert CANARY in text(answer_of(browse("agent"), "detail", number))
    pages = [
        answer_of(browser, "detail", number),
        answer_of(browser, "live", number, after=0),
        answer_of(browser, "earlier", number, before=1000),
        answer_of(browser, "mine"),
        answer_of(browser, "search", q="7781"),
        browser.get(reverse("tickets:act", args=[number, "reply"])),
        browser.post(
            reverse("tickets:act", args=[number, "reply"]), {"body": "Hi", "version": 1}
        ),
    ]
    exported = browser.get(reverse("tickets:export", args=["csv"]))
    found = [text(page) for page in pages] + [
        b"".join(exported.streaming_content).decode()
    ]
    for page in found:
        assert CANARY not in page
    assert "Colleague of zhida" not in text(pages[0]).partition("Followers")[2]


def test_internal_files_are_absent_for_clients(browse, with_canary):
    file = Attachment.objects.get(internal=True)
    url = reverse("tickets:attachment", args=[file.pk])
    given = browse("agent").get(url)
    assert CANARY.encode() in b"".join(given.streaming_content)
    assert given.status_code == 200
    assert browse("client").get(url).status_code == 404
    assert browse("rival").get(url).status_code == 404
