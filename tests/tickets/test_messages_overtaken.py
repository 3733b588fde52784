"""Which warnings and reminders need no e-mail any more by the time it could be sent."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.conditions import overtaken
from notifications.models import Message
from tests.tickets.scene import SERIOUS, at, do, escalation, file, wake
from tests.world import House
from tickets import services
from tickets.models import Ticket


def left(kind: str) -> list[str]:
    """Who still gets the e-mail of a kind."""
    rows = list(Message.objects.filter(kind=kind).order_by("pk"))
    moot = overtaken(rows)
    return [row.recipient.user.name.split()[0] for row in rows if row.pk not in moot]


def on_site(house: House) -> Ticket:
    """A serious ticket, on site, whose dispatch is due at 10:00; warned at 9:45."""
    ticket = file(house, at(9), SERIOUS)
    do(house, ticket, "answer", at(9, 5))
    do(house, ticket, "decide_visit", at(9, 6), needed=True)
    return wake(ticket, at(9, 45))


@pytest.mark.parametrize(
    ("verb", "how"),
    [
        ("depart", {}),
        ("arrive", {}),
        ("decide_visit", {"needed": False}),
        ("lower_severity", {"to": 1}),
        ("resolve", {}),
        ("cancel", {}),
    ],
)
def test_a_warning_of_what_is_done_or_needed_no_more(
    zhida: House, verb: str, how: dict[str, Any]
) -> None:
    ticket = on_site(zhida)
    assert left("clock_warning") == ["Agent"]
    do(zhida, ticket, verb, at(9, 50), **how)
    assert left("clock_warning") == []


def test_a_warning_still_tells_while_it_is_missed_and_not_done(zhida: House) -> None:
    ticket = wake(on_site(zhida), at(10, 10))
    assert left("clock_warning") == ["Agent"]
    do(zhida, ticket, "depart", at(10, 20))
    assert left("clock_warning") == []


def test_a_reminder_of_what_is_acknowledged_or_done(zhida: House) -> None:
    ticket = on_site(zhida)
    for hour in (10, 11):
        wake(ticket, at(hour, 0, 1))  # dispatch, then arrival
    wake(ticket, at(11, 30))
    assert left("reminder") == ["Manager", "Boss"]
    services.acknowledge(
        actor=zhida.actor("manager"),
        now=at(11, 31),
        escalation=escalation(ticket, "dispatch"),
        plan="Another engineer.",
    )
    assert left("reminder") == ["Manager", "Boss"]  # arrival still waits
    do(zhida, ticket, "arrive", at(11, 40))
    assert left("reminder") == []


def test_misses_and_steps_are_always_sent(zhida: House) -> None:
    ticket = wake(on_site(zhida), at(10, 0, 1))
    wake(ticket, at(10, 30))
    do(zhida, ticket, "depart", at(10, 40))
    assert (left("clock_missed"), left("escalated")) == (["Manager"], ["Boss"])
