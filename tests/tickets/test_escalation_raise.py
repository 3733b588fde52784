"""What a miss does to the severity: one level up, once an instant, never past the top."""

from __future__ import annotations

import pytest

from tests.tickets.scene import (
    GENERAL,
    SERIOUS,
    URGENT,
    at,
    clock,
    do,
    escalation,
    file,
    kinds,
    preset,
    promise,
    steps,
    told,
    wake,
)
from tests.world import House
from tickets.models import Escalation, Ticket
from tickets.queries.offers import offers, situation
from tickets.queries.promise import read_promise


def raises(ticket: Ticket) -> list[tuple[object, int, int]]:
    rows = ticket.events.filter(kind="severity_raised").order_by("happened_at", "seq")
    return [(row.happened_at, row.data["from"], row.data["to"]) for row in rows]


def test_a_miss_raises_by_one_at_its_instant_however_late_it_is_seen(
    zhida: House,
) -> None:
    ticket = wake(file(zhida, at(9)), at(11, 20))
    assert raises(ticket) == [(at(11), GENERAL, SERIOUS)]
    assert clock(ticket, "resolution").due_at == at(
        15
    )  # 4 h from the raise, not from 11:20


def test_misses_at_one_instant_raise_once(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "decide_visit", at(9, 1), needed=True)
    wake(ticket, at(10, 0, 1))
    assert {e.metric for e in Escalation.objects.filter(ticket=ticket)} == {
        "first_response",
        "dispatch",
    }
    assert raises(ticket) == [(at(10), SERIOUS, URGENT)]


def test_at_the_top_nothing_is_raised_and_the_steps_run(zhida: House) -> None:
    ticket = file(zhida, at(9), URGENT)
    wake(ticket, at(9, 10, 1))
    wake(ticket, at(9, 40))
    assert raises(ticket) == []
    assert told(zhida, "clock_missed", "escalated") == [
        ("manager", "clock_missed"),
        ("boss", "escalated"),
    ]


def test_where_the_next_severity_has_the_same_tier_no_clock_changes(
    zhida: House,
) -> None:
    project = promise(zhida, preset("software").replace("key: software", "key: x"))
    ticket = file(zhida, at(9), project=project)
    before = clock(ticket, "resolution").due_at
    wake(ticket, at(10, 0, 1))
    assert raises(ticket) == [(at(10), GENERAL, SERIOUS)]
    assert (clock(ticket, "resolution").due_at, ticket.tier) == (before, "standard")
    assert ticket.clocks.filter(metric="resolution").count() == 1
    assert told(zhida, "clock_missed") == [("manager", "clock_missed")]


@pytest.mark.parametrize("metric", ["solution_proposed"])
def test_other_metrics_only_tell(zhida: House, metric: str) -> None:
    project = promise(zhida, preset("hardware").replace("key: hardware", "key: x"))
    ticket = file(zhida, at(9), project=project)
    do(zhida, ticket, "answer", at(9, 1))
    wake(ticket, at(10, 0, 1))
    wake(ticket, at(10, 30))
    assert escalation(ticket, metric).state == "open"
    assert raises(ticket) == []
    assert told(zhida, "clock_missed", "escalated") == [
        ("manager", "clock_missed"),
        ("boss", "escalated"),
    ]


LATER = """general_manager:
    after: 30min
    tell: general_manager"""


def later_too(house: House) -> Ticket:
    """A serious ticket on site whose ladder raises with the general manager's step only."""
    project = promise(
        house,
        first="raise: true => raise: false",
        later=f"{LATER} => {LATER}\n    raise: true",
    )
    ticket = file(house, at(9), SERIOUS, project=project)
    return do(house, ticket, "decide_visit", at(9, 1), needed=True)


def test_later_steps_at_one_instant_raise_once_and_name_their_miss(
    zhida: House,
) -> None:
    ticket = later_too(zhida)
    wake(ticket, at(10, 0, 1))
    assert raises(ticket) == []
    wake(ticket, at(10, 30))
    assert raises(ticket) == [(at(10, 30), SERIOUS, URGENT)]
    data = ticket.events.get(kind="severity_raised").data
    assert data["after"] == 1800
    assert data["miss"] in {e.clock.key for e in ticket.escalations.all()}
    wake(ticket, at(10, 45))
    assert ticket.severity == URGENT
    assert "voided" not in kinds(ticket)


def test_each_miss_raises_one_level_more(zhida: House) -> None:
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 0, 1))
    assert ticket.severity == SERIOUS
    do(zhida, ticket, "answer", at(11, 10))
    wake(ticket, at(15, 0, 1))  # serious: solved 4 h after the raise
    assert raises(ticket) == [(at(11), GENERAL, SERIOUS), (at(15), SERIOUS, URGENT)]
    assert ("resolution", "department_manager", at(15)) in steps(ticket)


@pytest.mark.parametrize(("name", "offered"), [("engineer", False), ("manager", True)])
def test_to_lower_is_offered_only_to_those_who_may(
    zhida: House, name: str, offered: bool
) -> None:
    ticket = wake(file(zhida, at(9)), at(11, 1))
    do(zhida, ticket, "answer", at(11, 30))
    assert (ticket.severity, ticket.escalated) == (
        SERIOUS,
        False,
    )  # over, but it stands
    actor = zhida.actor(name)
    here = situation(ticket, actor, promise=read_promise(ticket, actor, now=at(11, 31)))
    assert ("lower_severity" in offers(here)) is offered
