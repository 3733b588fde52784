"""A manager acknowledges with a plan: the reminders stop, nothing else does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tests.tickets.scene import (
    at,
    clock,
    do,
    escalation,
    file,
    last_message,
    newest,
    promise,
    told,
    wake,
)
from tests.world import House
from tickets import services
from tickets.models import Escalation, Ticket

SOON = at(11, 10)


def missed(house: House, **more: Any) -> Ticket:
    return wake(file(house, at(9), **more), at(11, 0, 1))


def acknowledge(
    house: House,
    ticket: Ticket,
    now: datetime = SOON,
    by: str = "manager",
    metric: str = "first_response",
    plan: str = "The night shift takes it.",
) -> Escalation:
    return services.acknowledge(
        actor=house.actor(by),
        now=now,
        escalation=escalation(ticket, metric),
        plan=plan,
    )


def test_the_reminders_stop_and_the_clock_goes_on(zhida: House) -> None:
    ticket = missed(zhida)
    acknowledge(zhida, ticket)
    for hour in (12, 13, 14):
        wake(ticket, at(hour, 30))
    assert told(zhida, "reminder") == []
    assert clock(ticket, "first_response").state == "missed"
    assert escalation(ticket).state == "open"
    assert ticket.missed_open
    row = escalation(ticket)
    assert (row.acknowledged_by, row.plan) == (
        zhida.people["manager"],
        "The night shift takes it.",
    )


def test_the_general_manager_is_told_all_the_same_and_of_the_plan(
    zhida: House,
) -> None:
    ticket = missed(zhida)
    acknowledge(zhida, ticket)
    wake(ticket, at(11, 30))
    assert told(zhida, "escalated") == [("boss", "escalated")]
    params = newest(zhida, "escalated", "boss").params
    assert params["acknowledged_by"] == zhida.people["manager"].user.name
    assert params["plan"] == "The night shift takes it."


def test_a_standard_may_say_unless_acknowledged(zhida: House) -> None:
    step = "    after: 30min\n    tell: general_manager"
    project = promise(zhida, step=f"{step} => {step}\n    unless: acknowledged")
    quiet, loud = missed(zhida, project=project), missed(zhida, project=project)
    acknowledge(zhida, quiet)
    for ticket in (quiet, loud):
        wake(ticket, at(11, 30))
    assert told(zhida, "escalated") == [("boss", "escalated")]
    assert newest(zhida, "escalated", "boss").topic_id == loud.pk


def test_a_later_miss_opens_a_new_one(zhida: House) -> None:
    ticket = missed(zhida)
    acknowledge(zhida, ticket)
    mark = last_message()
    wake(ticket, at(15, 0, 1))  # the raised ticket's solution
    assert ("manager", "clock_missed") in told(zhida, since=mark)
    assert escalation(ticket, "resolution").acknowledged_at is None
    wake(ticket, at(16, 30))
    items = newest(zhida, "reminder", "manager").params["items"]
    assert [item["metric"] for item in items] == ["resolution"]


def test_whoever_was_told_and_whoever_has_it_learn_of_the_plan(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "assign", at(9, 1), assignee=zhida.people["engineer"])
    wake(ticket, at(11, 0, 1))
    wake(ticket, at(11, 30))
    mark = last_message()
    acknowledge(zhida, ticket, at(11, 40))
    assert sorted(told(zhida, since=mark)) == [
        ("boss", "acknowledged"),
        ("engineer", "acknowledged"),
    ]


def test_no_client_ever_sees_it(zhida: House) -> None:
    ticket = missed(zhida)
    acknowledge(zhida, ticket)
    event = ticket.events.get(kind="acknowledged")
    assert event.body == "The night shift takes it."
    seen = ticket.events.visible_to(zhida.actor("client_manager"))
    assert not seen.filter(pk=event.pk).exists()


@pytest.mark.parametrize("who", ["engineer", "agent", "client_manager"])
def test_only_a_manager_may(zhida: House, who: str) -> None:
    ticket = missed(zhida)
    with pytest.raises(NotPermitted):
        acknowledge(zhida, ticket, by=who)


def test_not_without_a_plan_and_not_twice(zhida: House) -> None:
    ticket = missed(zhida)
    with pytest.raises(ServiceError) as refused:
        acknowledge(zhida, ticket, plan=" ")
    assert refused.value.field == "plan"
    acknowledge(zhida, ticket)
    with pytest.raises(Conflict):
        acknowledge(zhida, ticket, at(11, 12), by="boss")


def test_what_is_done_needs_no_plan_any_more(zhida: House) -> None:
    ticket = missed(zhida)
    do(zhida, ticket, "answer", at(11, 5))
    with pytest.raises(Conflict):
        acknowledge(zhida, ticket)


def test_after_a_reopening_the_plan_no_longer_holds(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(9, 30))
    wake(ticket, at(17, 0, 1))  # the solution is missed
    acknowledge(zhida, ticket, at(17, 10), metric="resolution")
    do(zhida, ticket, "resolve", at(17, 20))
    assert escalation(ticket, "resolution").state == "ended"
    do(zhida, ticket, "reopen", at(18), by="client_manager")
    row = escalation(ticket, "resolution")
    assert (row.state, row.acknowledged_at, row.plan) == ("open", None, "")
    assert ticket.events.filter(kind="acknowledged").exists()
    wake(ticket, at(19, 10))  # 90 min of overrun, without the 40 min it was solved
    items = newest(zhida, "reminder", "manager").params["items"]
    assert [item["metric"] for item in items] == ["resolution"]
    acknowledge(zhida, ticket, at(19, 11), metric="resolution", plan="A new part.")
    mark = last_message()
    wake(ticket, at(20, 10))
    assert told(zhida, "reminder", since=mark) == []
