"""A list that is being read says how many of its rows are new or changed, and only those."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.tickets.web.conftest import text

pytestmark = pytest.mark.django_db
QUEUE, MINE = "tickets:queue", "tickets:mine"


def drawn(browser, name, **query):
    """The marks that the rows of a page carry."""
    return re.findall(r'data-mark="([^"]+)"', text(browser.get(reverse(name), query)))


def now(browser, name, **query):
    """The marks as the page asks for them later."""
    return browser.get(reverse(f"{name}_marks"), query).json()["marks"]


def number(mark):
    return mark.partition(":")[0]


@pytest.mark.parametrize("layout", ["table", "cards"])
def test_nothing_is_new_on_a_page_just_drawn(browse, file, do, zhida, layout):
    do(file(), "assign", by="agent", assignee=zhida.engineer)
    file()
    agent = browse("agent")
    assert drawn(agent, QUEUE, tab="all", **{"as": layout}) == now(
        agent, QUEUE, tab="all"
    )
    assert drawn(browse("client"), MINE) == now(browse("client"), MINE)


def test_a_new_row_is_among_the_marks(browse, file):
    agent = browse("agent")
    before = drawn(agent, QUEUE, tab="all")
    ticket = file()
    (new,) = set(now(agent, QUEUE, tab="all")) - set(before)
    assert number(new) == ticket.number


def test_what_the_row_shows_changes_its_mark(browse, ticket, do, zhida):
    agent = browse("agent")
    before = drawn(agent, QUEUE, tab="all")
    do(ticket, "assign", by="agent", assignee=zhida.engineer)
    after = now(agent, QUEUE, tab="all")
    assert after != before
    assert [number(mark) for mark in after] == [number(mark) for mark in before]


def test_a_row_of_another_list_is_no_news_for_this_one(browse, ticket, file):
    agent = browse("agent")
    before = drawn(agent, QUEUE, tab="waiting")
    file()
    assert now(agent, QUEUE, tab="waiting") == before == []
    assert now(agent, QUEUE, tab="all", severity="3") == []


def test_clients_learn_nothing_of_what_happens_inside(browse, ticket, do):
    client = browse("client")
    before = drawn(client, MINE)
    do(ticket, "add_note", body="Grumpy caller")
    assert now(client, MINE) == before
    do(ticket, "answer", body="We are on our way.")
    assert now(client, MINE) != before


def test_a_row_that_left_the_list_is_gone(browse, ticket, do, zhida):
    agent = browse("agent")
    assert drawn(agent, QUEUE, tab="unassigned")
    do(ticket, "assign", by="agent", assignee=zhida.engineer)
    assert now(agent, QUEUE, tab="unassigned") == []
