"""A step whose person is not there: deputies, then up at once, above all the administrators."""

from __future__ import annotations

import pytest

from people.models import Department, Membership
from people.services import set_deputy
from servicedesk.lib.errors import ServiceError
from tests.tickets.scene import (
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

MISS = ("clock_missed", "copy_to_absent", "nobody_reachable")


def missed(house: House) -> list[tuple[str, str]]:
    """Who is told when the response of a new ticket is missed."""
    wake(file(house, at(9)), at(11, 0, 1))
    return told(house, *MISS)


def test_the_deputy_of_an_absent_manager_is_told_in_their_place(zhida: House) -> None:
    away(zhida, "manager")
    deputies(zhida, manager="colleague")
    assert missed(zhida) == [("colleague", "clock_missed")]
    params = newest(zhida, "clock_missed", "colleague").params
    assert params["instead_of"] == zhida.people["manager"].user.name
    assert params["as"] == "department_manager"


def test_deputies_are_followed_up_to_three_steps(zhida: House) -> None:
    away(zhida, "manager", "agent", "colleague")
    deputies(zhida, manager="agent", agent="colleague", colleague="elsewhere")
    assert missed(zhida) == [("elsewhere", "clock_missed")]


def test_a_fourth_step_is_not_taken(zhida: House) -> None:
    away(zhida, "manager", "agent", "colleague", "elsewhere")
    deputies(zhida, manager="agent", agent="colleague", colleague="elsewhere")
    deputies(zhida, elsewhere="engineer")
    assert ("boss", "clock_missed") in missed(zhida)


def test_a_circle_of_deputies_is_refused_when_it_is_saved(zhida: House) -> None:
    actor, manager = zhida.actor("admin"), zhida.people["manager"]
    deputies(zhida, colleague="manager")
    colleague = Membership.objects.get(pk=zhida.people["colleague"].pk)
    with pytest.raises(ServiceError, match="deputy_cycle"):
        set_deputy(actor=actor, now=at(9), membership=manager, deputy=colleague)


def test_nobody_there_goes_up_at_once_and_the_absent_manager_reads_a_copy(
    zhida: House,
) -> None:
    away(zhida, "manager")
    ticket = wake(file(zhida, at(9)), at(11, 0, 1))
    assert sorted(told(zhida, *MISS)) == [
        ("boss", "clock_missed"),
        ("manager", "copy_to_absent"),
    ]
    copy = newest(zhida, "copy_to_absent", "manager").params
    assert copy["stand_in"] == zhida.people["boss"].user.name
    assert escalation(ticket).steps.get().problem == "all_away"


def test_the_general_managers_own_step_still_comes_half_an_hour_later(
    zhida: House,
) -> None:
    away(zhida, "manager")
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 0, 1))
    wake(ticket, at(11, 30))
    assert told(zhida, "escalated") == [("boss", "escalated")]


def test_above_the_general_manager_are_the_administrators_with_an_alarm(
    zhida: House,
) -> None:
    away(zhida, "manager", "boss")
    assert sorted(missed(zhida)) == [
        ("admin", "nobody_reachable"),
        ("boss", "copy_to_absent"),
        ("manager", "copy_to_absent"),
    ]
    assert newest(zhida, "nobody_reachable", "admin").params["problem"] == "all_away"


def test_a_role_that_nobody_has_is_told_apart_from_everybody_being_away(
    zhida: House,
) -> None:
    Department.objects.filter(pk=zhida.department.pk).update(manager=None)
    ticket = wake(file(zhida, at(9)), at(11, 0, 1))
    assert told(zhida, *MISS) == [("boss", "clock_missed")]
    assert escalation(ticket).steps.get().problem == "nobody_has_role"


def test_with_nobody_at_all_the_step_is_taken_and_says_so(zhida: House) -> None:
    staff = [zhida.people[name].pk for name in ("manager", "boss", "admin")]
    Membership.objects.filter(pk__in=staff).update(is_active=False)
    ticket = wake(file(zhida, at(9)), at(11, 0, 1))
    step = escalation(ticket).steps.get()
    assert (step.told, step.problem) == ([], "nobody_has_role")
    assert ticket.events.get(kind="escalated").data["to"] == ""


def test_an_absent_assignee_is_replaced_and_else_the_dedicated_engineer_is_warned(
    zhida: House,
) -> None:
    away(zhida, "colleague")
    ticket = file(zhida, at(9))
    do(zhida, ticket, "assign", at(9, 1), assignee=zhida.people["colleague"])
    wake(ticket, at(10, 30))
    assert told(zhida, "clock_warning") == [("engineer", "clock_warning")]
    deputies(zhida, colleague="agent")
    other = file(zhida, at(12))
    do(zhida, other, "assign", at(12, 1), assignee=zhida.people["colleague"])
    wake(other, at(13, 30))
    assert told(zhida, "clock_warning")[1:] == [("agent", "clock_warning")]


def test_who_is_away_at_the_miss_and_back_for_the_next_step_is_told_then(
    zhida: House,
) -> None:
    away(zhida, "boss", start=at(9), hours=2.1)  # until six minutes past the miss
    ticket = file(zhida, at(9))
    wake(ticket, at(11, 0, 1))
    wake(ticket, at(11, 30))
    assert told(zhida, "escalated") == [("boss", "escalated")]
