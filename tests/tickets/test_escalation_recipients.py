"""Who is told of a warning, a miss and what comes after it [A.C]."""

from __future__ import annotations

from clients.models import Project
from tests.tickets.scene import (
    SERIOUS,
    at,
    do,
    escalation,
    file,
    last_message,
    newest,
    promise,
    steps,
    told,
    wake,
)
from tests.world import House

STEPS = ("clock_warning", "clock_missed", "escalated")


def test_warned_then_missed_then_the_general_manager(zhida: House) -> None:
    ticket = file(zhida, at(9))
    wake(ticket, at(10, 29, 59))
    assert told(zhida, *STEPS) == []
    wake(ticket, at(10, 30))
    assert told(zhida, *STEPS) == [("engineer", "clock_warning")]
    wake(ticket, at(11))  # exactly at the limit nothing is missed yet
    assert told(zhida, *STEPS) == [("engineer", "clock_warning")]
    wake(ticket, at(11, 0, 0.000001))
    assert told(zhida, *STEPS)[1:] == [("manager", "clock_missed")]
    assert ticket.severity == SERIOUS
    wake(ticket, at(11, 30))
    assert told(zhida, *STEPS)[2:] == [("boss", "escalated")]


def test_what_is_done_in_time_leaves_nobody_told(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(10, 15))
    wake(ticket, at(12))
    assert told(zhida, *STEPS) == []


def test_the_general_manager_is_not_told_of_what_is_done_by_then(zhida: House) -> None:
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 1))
    do(zhida, ticket, "answer", at(11, 29))
    wake(ticket, at(11, 45))
    assert ("boss", "escalated") not in told(zhida)
    assert escalation(ticket).state == "ended"


def test_whoever_has_it_is_warned_before_the_dedicated_engineer(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "assign", at(9, 1), assignee=zhida.people["colleague"])
    wake(ticket, at(10, 30))
    assert told(zhida, "clock_warning") == [("colleague", "clock_warning")]


def test_without_either_everyone_on_the_desk_is_warned(zhida: House) -> None:
    project = Project.objects.create(
        client=zhida.client_org, name="Nobody's own", department=zhida.department
    )
    ticket = file(zhida, at(9), project=project)
    wake(ticket, at(10, 30))
    assert sorted(told(zhida, "clock_warning")) == [
        (name, "clock_warning") for name in ("agent", "colleague", "engineer")
    ]


def test_a_tier_may_warn_the_manager_instead(zhida: House) -> None:
    project = promise(zhida, tell="tell: assignee => tell: department_manager")
    ticket = file(zhida, at(9), project=project)
    wake(ticket, at(10, 30))
    assert told(zhida, "clock_warning") == [("manager", "clock_warning")]


def test_each_step_is_kept_with_who_was_told_and_how_late(zhida: House) -> None:
    ticket = wake(file(zhida, at(9)), at(11, 0, 2))
    step = escalation(ticket).steps.get()
    assert step.told == [
        {
            "membership": zhida.people["manager"].pk,
            "as": "department_manager",
            "instead_of": None,
            "copy": False,
        }
    ]
    assert (step.fired_at - step.due_at).total_seconds() == 2
    event = ticket.events.get(kind="escalated")
    assert event.data["to"] == "department_manager"
    assert event.happened_at == at(11)


def test_two_metrics_missed_are_two_messages_and_one_step_is_one(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "decide_visit", at(9, 1), needed=True)
    mark = last_message()
    wake(ticket, at(10, 0, 1))
    wake(ticket, at(10, 0, 2))
    assert told(zhida, "clock_missed", since=mark) == [("manager", "clock_missed")] * 2
    assert newest(zhida, "clock_missed", "manager").params["severity"] == 3
    assert [step for _metric, step, due in steps(ticket) if due == at(10)] == [
        "department_manager",
        "department_manager",
    ]


def test_the_client_sees_the_miss_and_the_raise_but_not_who_was_told(
    zhida: House,
) -> None:
    ticket = wake(file(zhida, at(9)), at(11, 0, 1))
    seen = set(
        ticket.events.visible_to(zhida.actor("client")).values_list("kind", flat=True)
    )
    assert {"missed", "severity_raised"} <= seen
    assert "escalated" not in seen
    assert {who for who, _kind in told(zhida, *STEPS)} == {"engineer", "manager"}
