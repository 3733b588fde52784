"""A client's own list of requests, and the search."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.tickets.web.conftest import HTMX, text

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


SEARCH = reverse("tickets:search")


def found(browser, words, **more):
    answer = browser.get(SEARCH, {"q": words, **more})
    return [row.ticket.number for row in answer.context["found"].rows]


@pytest.mark.parametrize("words", ["大屏", "黑屏", "SN-zhida-1", "sn-zhida", "Command"])
def test_words_devices_and_names_are_found(browse, zhida, file, words):
    ticket = file(title="指挥中心大屏黑屏", equipment=zhida.equipment)
    assert found(browse("agent"), words) == [ticket.number]


def test_a_number_is_found_whole_and_by_its_end(browse, ticket):
    assert found(browse("agent"), ticket.number) == [ticket.number]
    assert found(browse("agent"), ticket.number.rpartition("-")[2].lstrip("0")) == [
        ticket.number
    ]


def test_what_one_may_not_see_is_not_found(browse, zhida, file):
    file(
        by="rival",
        client=zhida.rival_org,
        project=zhida.rival_project,
        title="Secret gate",
    )
    assert found(browse("client_manager"), "gate") == []
    assert found(browse("admin", house="other"), "gate") == []
    assert len(found(browse("agent"), "gate")) == 1


def test_newest_first_on_wish(browse, file):
    old, new = file(minutes=30, title="Gate"), file(minutes=3, title="The gate again")
    assert found(browse("agent"), "gate", order="new") == [new.number, old.number]


def test_the_matches_alone_for_htmx(browse, ticket):
    page = text(
        browse("agent").get(SEARCH, {"q": "black"}, **HTMX, HTTP_HX_TARGET="found")
    )
    assert "</html>" not in page
    assert ticket.number in page


@pytest.mark.parametrize(
    "words", ["", "'", "a'b & | ! <->", "%", "\\", "(((", "x" * 300]
)
def test_any_words_can_be_asked(browse, ticket, words):
    assert browse("agent").get(SEARCH, {"q": words}).status_code == 200


def test_the_best_match_comes_first(browse, file, do):
    title = file(minutes=40, title="The turnstile is stuck")
    aside = file(
        minutes=4, title="Printer jams", symptom="It stands beside the turnstile."
    )
    assert found(browse("agent"), "turnstile") == [title.number, aside.number]
    assert found(browse("agent"), "turnstile", order="new") == [
        aside.number,
        title.number,
    ]
