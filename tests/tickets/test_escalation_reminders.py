"""Reminders: one message per person, ticket and hour, of everything not acknowledged."""

from __future__ import annotations

from tests.tickets.scene import (
    SERIOUS,
    at,
    away,
    deputies,
    do,
    escalation,
    file,
    newest,
    told,
    wake,
)
from tests.world import House
from tickets import services
from tickets.models import Ticket


def reminders(house: House, since: int = 0) -> list[str]:
    return [who for who, _kind in told(house, "reminder", since=since)]


def test_reminded_every_hour_until_it_is_done(zhida: House) -> None:
    ticket = file(zhida, at(9))  # missed at 11:00; the first reminder at 12:30
    for hour in (11, 12, 13, 14):
        wake(ticket, at(hour, 0, 1))
        wake(ticket, at(hour, 30))
    assert reminders(zhida) == ["manager", "boss"] * 3
    do(zhida, ticket, "answer", at(15))
    do(zhida, ticket, "resolve", at(15, 1))
    for hour in range(15, 20):
        wake(ticket, at(hour, 30))
    assert reminders(zhida) == ["manager", "boss"] * 3


def two_misses(house: House) -> Ticket:
    """Dispatch is missed at 10:00, arrival at 11:00; nobody acknowledges either."""
    ticket = file(house, at(9), SERIOUS)
    do(house, ticket, "answer", at(9, 5))
    do(house, ticket, "decide_visit", at(9, 6), needed=True)
    wake(ticket, at(10, 0, 1))
    return wake(ticket, at(11, 0, 1))


def test_one_message_lists_everything_not_acknowledged(zhida: House) -> None:
    ticket = two_misses(zhida)
    wake(ticket, at(11, 30))  # dispatch's first
    items = newest(zhida, "reminder", "manager").params["items"]
    assert [item["metric"] for item in items] == ["dispatch", "arrival"]
    assert reminders(zhida) == ["manager", "boss"]


def test_two_ladders_within_one_hour_are_one_message(zhida: House) -> None:
    ticket = two_misses(zhida)
    for minute in (30, 31, 45, 59):
        wake(ticket, at(11, minute))
    for minute in (0, 29, 30, 31, 59):  # both ladders remind at half past twelve
        wake(ticket, at(12, minute))
    assert reminders(zhida) == ["manager", "boss"] * 2


def test_what_is_acknowledged_is_not_listed(zhida: House) -> None:
    ticket = two_misses(zhida)
    services.acknowledge(
        actor=zhida.actor("manager"),
        now=at(11, 10),
        escalation=escalation(ticket, "dispatch"),
        plan="Somebody else goes.",
    )
    wake(ticket, at(11, 30))
    assert reminders(zhida) == []  # dispatch's ladder keeps quiet
    wake(ticket, at(12, 30))
    items = newest(zhida, "reminder", "manager").params["items"]
    assert [item["metric"] for item in items] == ["arrival"]


def test_a_late_reminder_does_not_swallow_the_next(zhida: House) -> None:
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 0, 1))
    wake(ticket, at(13, 5))  # that of 12:30, after an outage
    assert reminders(zhida) == ["manager", "boss"]
    wake(ticket, at(13, 30))
    assert reminders(zhida) == ["manager", "boss"] * 2


def test_after_an_outage_only_the_newest_reminder_is_made_good(zhida: House) -> None:
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 0, 1))
    wake(ticket, at(17, 45))
    assert reminders(zhida) == ["manager", "boss"]
    wake(ticket, at(18, 29))
    assert reminders(zhida) == ["manager", "boss"]
    wake(ticket, at(18, 30))
    assert reminders(zhida) == ["manager", "boss"] * 2


def test_reminders_of_an_absent_manager_reach_the_deputy(zhida: House) -> None:
    away(zhida, "manager")
    deputies(zhida, manager="colleague")
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 0, 1))
    wake(ticket, at(12, 30))
    assert sorted(reminders(zhida)) == ["boss", "colleague"]
