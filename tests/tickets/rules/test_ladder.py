"""Escalation [A.C]: the rungs of a missed clock, pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla.rules import EscalationStep, Recipient, Severity
from tests.tickets.rules.stories import (
    LADDER,
    STANDARDS,
    A,
    E,
    Told,
    at,
    hours,
    local,
    minutes,
)
from tickets.rules.ladder import Raise, ladder, raise_allowed


def rungs(told: Told, now: str, steps=LADDER, acknowledged=(), metric="resolution"):
    clock = told.promise(now)[metric]
    found = ladder(
        steps=steps,
        clock=clock,
        acknowledgements=[at(each) for each in acknowledged],
        now=at(now),
    )
    return [f"{rung.key}#{rung.ordinal} {local(rung.due_at)}" for rung in found]


# A general ticket is to be solved by 17:00.
@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (Told(), "17:00", []),
        (
            Told(),
            "17:00:00.000001",
            ["manager#0 17:00", "general_manager#0 17:30", "reminder#0 18:30"],
        ),
        (
            Told(),
            "18:29",
            ["manager#0 17:00", "general_manager#0 17:30", "reminder#0 18:30"],
        ),
        (
            Told(),
            "18:30",
            [
                "manager#0 17:00",
                "general_manager#0 17:30",
                "reminder#0 18:30",
                "reminder#1 19:30",
            ],
        ),
        # After a long outage: the newest reminder, and the next.
        (
            Told(),
            "23:00",
            [
                "manager#0 17:00",
                "general_manager#0 17:30",
                "reminder#4 22:30",
                "reminder#5 23:30",
            ],
        ),
        # Done: what was due before it was due, the rest is not.
        (Told().resolved("17:20"), "20:00", ["manager#0 17:00"]),
        (Told().resolved("17:30"), "20:00", ["manager#0 17:00"]),
        (
            Told().resolved("17:30:00.000001"),
            "20:00",
            ["manager#0 17:00", "general_manager#0 17:30"],
        ),
        (
            Told().resolved("19:40"),
            "23:00",
            ["manager#0 17:00", "general_manager#0 17:30"],
        ),
        (Told().resolved("16:40"), "23:00", []),
        # Cancelled ends it as well.
        (Told().cancelled("17:10"), "23:00", ["manager#0 17:00"]),
        # Reopened after 10 minutes of overrun: the next step comes 20 minutes later.
        (
            Told().resolved("17:10").reopened("19:00"),
            "19:00",
            ["manager#0 17:00", "general_manager#0 19:20", "reminder#0 20:20"],
        ),
        (
            Told().resolved("17:30").reopened("19:00"),
            "19:00",
            ["manager#0 17:00", "general_manager#0 19:00", "reminder#0 20:00"],
        ),
        # Fired before it was resolved: it stays where it was.
        (
            Told().resolved("17:45").reopened("19:00"),
            "21:00",
            [
                "manager#0 17:00",
                "general_manager#0 17:30",
                "reminder#1 20:45",
                "reminder#2 21:45",
            ],
        ),
        # Waiting for the customer doesn't stop the ladder.
        (
            Told().waits("17:05"),
            "17:10",
            ["manager#0 17:00", "general_manager#0 17:30", "reminder#0 18:30"],
        ),
    ],
)
def test_rungs(told, now, expected):
    assert rungs(told, now) == expected


@pytest.mark.parametrize(
    ("acknowledged", "now", "expected"),
    [
        (["17:10"], "23:00", ["manager#0 17:00", "general_manager#0 17:30"]),
        (["18:30"], "23:00", ["manager#0 17:00", "general_manager#0 17:30"]),
        (["18:30"], "18:35", ["manager#0 17:00", "general_manager#0 17:30"]),
        # One that came after a reminder does not unsay it.
        (
            ["18:40"],
            "19:00",
            ["manager#0 17:00", "general_manager#0 17:30", "reminder#0 18:30"],
        ),
        # Of something before the miss it says nothing about this one.
        (
            ["16:00"],
            "18:00",
            ["manager#0 17:00", "general_manager#0 17:30", "reminder#0 18:30"],
        ),
    ],
)
def test_an_acknowledgement_stops_the_reminders(acknowledged, now, expected):
    assert rungs(Told(), now, acknowledged=acknowledged) == expected


def test_two_repeated_steps_do_not_put_each_other_off():
    second = replace(LADDER[2], key="again", tell=Recipient.DEPARTMENT_MANAGER)
    assert rungs(Told(), "18:29", (*LADDER, second))[2:] == [
        "reminder#0 18:30",
        "again#0 18:30",
    ]


def test_a_step_that_comes_only_unless_acknowledged():
    steps = (LADDER[0], replace(LADDER[1], unless_acknowledged=True))
    assert rungs(Told(), "18:00", steps, ["17:10"]) == ["manager#0 17:00"]
    assert rungs(Told(), "18:00", steps, ["17:31"]) == [
        "manager#0 17:00",
        "general_manager#0 17:30",
    ]


def test_an_acknowledgement_does_not_outlive_a_reopening():
    told = Told().resolved("17:40").reopened("19:00")
    assert rungs(told, "19:00", acknowledged=["17:10"])[-1] == "reminder#0 19:50"
    assert rungs(told, "19:30", acknowledged=["17:10", "19:10"])[-1] == (
        "general_manager#0 17:30"
    )


def test_only_response_dispatch_arrival_and_resolution_raise():
    told = Told("09:00", standard=3).answered("09:30")
    clocks = {c.target.key: c for c in told.clocks("+2 09:00")}
    raising = {
        key: [
            r.raise_severity
            for r in ladder(steps=LADDER[:1], clock=clock, now=at("+2 09:00"))
        ]
        for key, clock in clocks.items()
    }
    assert raising == {"resolution": [True], "call_back": [False]}


@pytest.mark.parametrize(
    ("after", "first"), [(minutes(0), "18:30"), (hours(3), "20:00")]
)
def test_a_reminder_comes_first_one_period_after_the_step_before_it(after, first):
    steps = (*LADDER[:2], replace(LADDER[2], after=after))
    assert rungs(Told(), "17:01", steps)[-1] == f"reminder#0 {first}"


def test_a_reminder_alone():
    assert rungs(Told(), "17:01", LADDER[2:]) == ["reminder#0 18:00"]


def test_a_reminder_without_a_period_is_refused():
    endless = EscalationStep("x", minutes(0), Recipient.ASSIGNEE, every=minutes(0))
    with pytest.raises(ValueError, match="repeats without end"):
        rungs(Told(), "17:01", (endless,))


def test_a_miss_at_once_climbs_from_the_moment_it_was_one():
    told = Told("09:00", 3).answered("09:05").visit("13:00")
    assert rungs(told, "13:01", metric="arrival") == [
        "manager#0 13:00",
        "general_manager#0 13:30",
        "reminder#0 14:30",
    ]


@pytest.mark.parametrize(
    ("severity", "standard", "expected"),
    [
        (Severity.GENERAL, A, Raise(Severity.SERIOUS, changes_clocks=True)),
        (Severity.SERIOUS, A, Raise(Severity.URGENT, changes_clocks=True)),
        (Severity.URGENT, A, Raise(None, changes_clocks=False)),
        (Severity.GENERAL, E, Raise(Severity.SERIOUS, changes_clocks=False)),
        (Severity.GENERAL, STANDARDS[4], Raise(Severity.SERIOUS, changes_clocks=False)),
        (Severity.SERIOUS, STANDARDS[4], Raise(Severity.URGENT, changes_clocks=True)),
    ],
)
def test_what_one_level_up_means(severity, standard, expected):
    assert raise_allowed(severity, standard) == expected
