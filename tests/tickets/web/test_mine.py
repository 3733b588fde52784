"""A client's own list of requests."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.tickets.web.conftest import text

pytestmark = pytest.mark.django_db
URL = reverse("tickets:mine")


def numbers(response):
    return {row.ticket.number for row in response.context["shown"].rows}


def test_client_staff_see_what_they_filed_or_follow(browse, zhida, file):
    own, followed, hidden = (
        file(),
        file(by="peer", followers=[zhida.client]),
        file(by="peer"),
    )
    assert numbers(browse("client").get(URL)) == {own.number, followed.number}
    assert hidden.number in numbers(browse("peer").get(URL))


def test_the_client_manager_sees_all_of_the_organisation(browse, zhida, file):
    ours = {file().number, file(by="peer").number}
    file(by="rival", client=zhida.rival_org, project=zhida.rival_project)
    assert numbers(browse("client_manager").get(URL)) == ours


def test_ended_requests_are_apart(browse, ticket, do):
    do(ticket, "resolve", body="Done.")
    assert numbers(browse("client").get(URL, {"tab": "yours"})) == {ticket.number}
    do(ticket, "confirm", by="client", body="")
    assert numbers(browse("client").get(URL)) == set()
    assert numbers(browse("client").get(URL, {"tab": "ended"})) == {ticket.number}


def test_words_narrow_the_list(browse, file):
    one = file(title="Gate 3 is stuck")
    file(title="Printer jams")
    assert numbers(browse("client").get(URL, {"q": "gate"})) == {one.number}
    assert "Nothing found" in text(browse("client").get(URL, {"q": "volcano"}))


def test_an_empty_list_invites(browse):
    assert "No open requests" in text(browse("client").get(URL))


def test_staff_have_a_queue_instead(browse):
    assert browse("agent").get(URL).status_code == 404


def test_the_list_takes_few_queries(browse, file, django_assert_max_num_queries):
    for _ in range(12):
        file()
    browser = browse("client")
    browser.get(URL)
    with django_assert_max_num_queries(12 + 2):
        browser.get(URL)
