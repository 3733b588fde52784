"""Who is told of a step: the role, its deputies, and who is above."""

from datetime import UTC, datetime, timedelta

import pytest

from people import directory
from people.models import Absence, Department
from people.rules import (
    ALL_AWAY,
    NOBODY_HAS_ROLE,
    Away,
    Colleague,
    Staffing,
    Told,
    closes_cycle,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIELD, OFFICE, EMPTY = 1, 2, 3
MANAGER, BOSS, ADMIN, ANNA, BEN, CARL, DORA, AGENT = 10, 20, 30, 41, 42, 43, 44, 50


def staffing(*away: int, **deputies: int) -> Staffing:
    """Field has a manager; Office has none. Deputies by name: ``manager=ANNA``."""
    ids = {
        "manager": MANAGER,
        "boss": BOSS,
        "anna": ANNA,
        "ben": BEN,
        "carl": CARL,
        "dora": DORA,
    }
    deputy = {ids[name]: who for name, who in deputies.items()}
    people = [
        Colleague(MANAGER, "department_manager", FIELD, deputy.get(MANAGER)),
        Colleague(BOSS, "general_manager", None, deputy.get(BOSS)),
        Colleague(ADMIN, "administrator"),
        Colleague(ANNA, "engineer", FIELD, deputy.get(ANNA)),
        Colleague(BEN, "engineer", FIELD, deputy.get(BEN)),
        Colleague(CARL, "engineer", OFFICE, deputy.get(CARL)),
        Colleague(DORA, "engineer", OFFICE, deputy.get(DORA)),
        Colleague(AGENT, "agent"),
    ]
    absences = [Away(who, NOW - HOUR, NOW + HOUR) for who in away]
    return Staffing(people, {FIELD: MANAGER, OFFICE: None, EMPTY: None}, absences)


def test_the_manager_is_told():
    found = staffing().department_manager(FIELD, NOW)
    assert found.told == (Told(MANAGER, "department_manager"),)
    assert (found.reached, found.problem, found.alarm) == (
        "department_manager",
        "",
        False,
    )


def test_an_absent_manager_is_replaced_by_the_deputy():
    found = staffing(MANAGER, manager=ANNA).department_manager(FIELD, NOW)
    assert found.told == (Told(ANNA, "department_manager", instead_of=MANAGER),)
    assert found.problem == ""


def test_deputies_are_followed_three_steps_and_no_further():
    chain = {"manager": ANNA, "anna": BEN, "ben": CARL, "carl": DORA}
    third = staffing(MANAGER, ANNA, BEN, **chain).department_manager(FIELD, NOW)
    assert third.told == (Told(CARL, "department_manager", instead_of=MANAGER),)
    fourth = staffing(MANAGER, ANNA, BEN, CARL, **chain).department_manager(FIELD, NOW)
    assert fourth.reached == "general_manager"


def test_nobody_present_goes_up_at_once_and_the_absent_manager_gets_a_copy():
    found = staffing(MANAGER, ANNA, manager=ANNA).department_manager(FIELD, NOW)
    assert found.told == (
        Told(BOSS, "general_manager"),
        Told(MANAGER, "department_manager", copy=True),
    )
    assert (found.reached, found.problem) == ("general_manager", ALL_AWAY)
    assert found.recipients == (BOSS, MANAGER)


@pytest.mark.parametrize("department", [OFFICE, EMPTY, None, 999])
def test_a_department_without_manager_is_a_fault_of_set_up(department):
    found = staffing().department_manager(department, NOW)
    assert found.told == (Told(BOSS, "general_manager"),)
    assert found.problem == NOBODY_HAS_ROLE


def test_above_the_general_manager_are_the_administrators_with_an_alarm():
    found = staffing(MANAGER, BOSS).department_manager(FIELD, NOW)
    assert found.told == (
        Told(ADMIN, "administrator"),
        Told(BOSS, "general_manager", copy=True),
        Told(MANAGER, "department_manager", copy=True),
    )
    assert found.alarm
    assert [problem.code for problem in found.problems] == [ALL_AWAY, ALL_AWAY]


def test_no_general_manager_at_all():
    people = [Colleague(ADMIN, "administrator")]
    found = Staffing(people, {}).general_manager(NOW)
    assert found.told == (Told(ADMIN, "administrator"),)
    assert found.problem == NOBODY_HAS_ROLE


def test_nobody_at_all():
    found = Staffing([], {}).department_manager(FIELD, NOW)
    assert (found.told, found.reached, found.alarm) == ((), "", True)


def test_a_deactivated_manager_is_as_none():
    people = [
        Colleague(MANAGER, "department_manager", FIELD, is_active=False),
        Colleague(BOSS, "general_manager"),
    ]
    found = Staffing(people, {FIELD: MANAGER}).department_manager(FIELD, NOW)
    assert found.told == (Told(BOSS, "general_manager"),)
    assert found.problem == NOBODY_HAS_ROLE


def test_a_deactivated_deputy_is_passed_over():
    people = [
        Colleague(MANAGER, "department_manager", FIELD, ANNA),
        Colleague(ANNA, "engineer", FIELD, BEN, is_active=False),
        Colleague(BEN, "engineer", FIELD),
    ]
    away = [Away(MANAGER, NOW - HOUR, NOW + HOUR)]
    found = Staffing(people, {FIELD: MANAGER}, away).department_manager(FIELD, NOW)
    assert found.recipients == (BEN,)


def test_two_general_managers_one_away():
    people = [
        Colleague(BOSS, "general_manager", None, ANNA),
        Colleague(ANNA, "general_manager"),
    ]
    away = [Away(BOSS, NOW - HOUR, NOW + HOUR)]
    found = Staffing(people, {}, away).general_manager(NOW)
    assert found.told == (Told(ANNA, "general_manager"),)


@pytest.mark.parametrize(
    ("offset", "present"),
    [(-HOUR, False), (-HOUR - timedelta(microseconds=1), True), (HOUR, True)],
)
def test_an_absence_is_half_open(offset, present):
    assert staffing(MANAGER).is_present(MANAGER, NOW + offset) is present


def test_the_desk_is_everyone_present_in_the_department():
    assert staffing(BEN).desk_of(FIELD, NOW).recipients == (ANNA,)
    assert staffing().desk_of(None, NOW).recipients == (AGENT,)


def test_an_empty_desk_goes_to_the_manager():
    found = staffing(ANNA, BEN).desk_of(FIELD, NOW)
    assert found.recipients == (MANAGER,)
    assert found.problem == ALL_AWAY
    assert staffing().desk_of(EMPTY, NOW).problem == NOBODY_HAS_ROLE


def test_a_warning_finds_assignee_then_engineer_then_desk():
    people = staffing(ANNA)
    assert people.warned(BEN, CARL, FIELD, at=NOW).recipients == (BEN,)
    assert people.warned(ANNA, CARL, FIELD, at=NOW).recipients == (CARL,)
    assert people.warned(ANNA, None, FIELD, at=NOW).recipients == (BEN,)
    assert people.warned(None, None, FIELD, at=NOW).recipients == (BEN,)


def test_an_absent_assignee_is_replaced_by_the_deputy():
    found = staffing(ANNA, anna=DORA).warned(ANNA, CARL, FIELD, at=NOW)
    assert found.told == (Told(DORA, "assignee", instead_of=ANNA),)


def test_a_circle_of_deputies_is_seen_however_long():
    deputies = {1: 2, 2: 3, 3: 4, 4: 5, 5: None}
    assert closes_cycle(deputies, 5, 1)
    assert closes_cycle(deputies, 1, 1)
    assert not closes_cycle(deputies, 6, 1)
    assert not closes_cycle(deputies, 5, None)


def test_the_directory_is_loaded_in_three_queries(zhida, django_assert_num_queries):
    Absence.objects.create(
        membership=zhida.manager, starts_at=NOW - HOUR, ends_at=NOW + HOUR
    )
    Department.objects.create(name="Empty")
    with django_assert_num_queries(3):
        people = directory.load(now=NOW)
        found = people.department_manager(zhida.things.department.pk, NOW)
    assert found.recipients == (zhida.boss.pk, zhida.manager.pk)
    later = people.department_manager(zhida.things.department.pk, NOW + HOUR)
    assert later.recipients == (zhida.manager.pk,)


def test_the_directory_knows_its_own_tenant_only(world, zhida):
    people = directory.load(now=NOW)
    assert people.is_present(zhida.admin.pk, NOW)
    assert not people.is_present(world.other.admin.pk, NOW)
    assert not people.is_present(zhida.client.pk, NOW)
