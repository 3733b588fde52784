"""An e-mail that waited in an outage is not sent for what is settled meanwhile."""

from __future__ import annotations

import pytest
from django.urls import reverse

from notifications import conditions
from notifications.models import Delivery
from tests.notifications.post import (
    LEASE,
    change,
    deliver,
    deliveries,
    messages,
    tell,
)

pytestmark = [pytest.mark.concurrency]
committed = pytest.mark.usefixtures("committed")


@pytest.fixture
def settled(monkeypatch):
    """The titles of what is settled meanwhile; only warnings can be."""
    titles = set()

    def check(rows):
        return {row.pk for row in rows if row.params["title"] in titles}

    monkeypatch.setitem(conditions._checks, "clock_warning", check)
    return titles


def states(house):
    return [(row.state, row.last_error) for row in deliveries(house)]


def warn(house, *titles, kind="clock_warning"):
    for title in titles:
        tell(house, "engineer", kind=kind, key=title, title=title)


@committed
def test_what_is_settled_is_not_sent_and_says_why(world, server, settled):
    warn(world.zhida, "A", "B")
    settled.add("A")
    deliver()
    assert len(server.taken) == 1
    assert states(world.zhida) == [("moot", "overtaken"), ("sent", "")]
    assert len(messages(world.zhida)) == 2  # the inbox keeps both


@committed
def test_it_is_looked_at_again_on_every_try(world, server, settled):
    warn(world.zhida, "A")
    server.down = OSError("no route")
    deliver()
    [(state, _error)] = states(world.zhida)
    assert state == "queued"
    server.down = None
    settled.add("A")
    deliver(after=4 * LEASE)
    assert server.taken == []
    assert states(world.zhida) == [("moot", "overtaken")]


@committed
def test_a_miss_is_sent_whatever_has_become_of_it(world, server, settled):
    warn(world.zhida, "A", kind="clock_missed")
    settled.add("A")
    deliver()
    assert len(server.taken) == 1


@committed
def test_a_digest_leaves_it_out(world, server, settled):
    titles = [f"Ticket {n}" for n in range(6)]
    warn(world.zhida, *titles)
    settled.update(titles[:2])
    deliver()
    [mail] = server.taken
    assert mail.subject.startswith("4 messages: ")
    assert "Ticket 1" not in mail.body
    assert "Ticket 5" in mail.body
    assert states(world.zhida) == [
        ("sent", "overtaken"),  # it carried the mail
        ("moot", "overtaken"),
        *[("sent", "")] * 4,
    ]


@committed
def test_a_digest_of_nothing_but_that_is_not_sent(world, server, settled):
    titles = [f"Ticket {n}" for n in range(6)]
    warn(world.zhida, *titles)
    settled.update(titles)
    deliver()
    assert server.taken == []
    assert set(states(world.zhida)) == {("moot", "overtaken")}


def test_the_inbox_says_that_no_mail_came(zhida, sign_in):
    warn(zhida, "A", "B")
    first = Delivery.objects.order_by("pk").first()
    change(first, state="moot", last_error=conditions.OVERTAKEN)
    page = sign_in(zhida, "engineer").get(reverse("notifications:inbox"))
    assert page.content.decode().count("Not sent by e-mail: it was settled") == 1
