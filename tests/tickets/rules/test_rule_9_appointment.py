"""Rule 9: arrival at an appointment, and the wait for it."""

from __future__ import annotations

import pytest

from sla.rules import Condition, Metric, Start
from tests.tickets.rules.stories import (
    Told,
    hours,
    in_short,
    local,
    standard,
    target,
    tier,
)

GENERAL, SERIOUS, URGENT = 1, 2, 3


def waits(told: Told, now: str) -> list[tuple[str | None, str | None]]:
    resolution = told.promise(now)["resolution"]
    return [(local(pause.start), local(pause.end)) for pause in resolution.pauses]


@pytest.mark.parametrize(
    ("told", "expected", "due"),
    [
        # From the agreement to the appointment,
        (Told().agreed("10:00", "14:00"), [("10:00", "14:00")], "21:00"),
        # the arrival,
        (
            Told().agreed("10:00", "14:00").arrived("13:30"),
            [("10:00", "13:30")],
            "20:30",
        ),
        # or the cancellation, whichever comes first.
        (
            Told().agreed("10:00", "14:00").called_off("11:00"),
            [("10:00", "11:00")],
            "18:00",
        ),
        (
            Told().agreed("10:00", "14:00").arrived("14:30"),
            [("10:00", "14:00")],
            "21:00",
        ),
        (
            Told().agreed("10:00", "14:00").called_off("15:00"),
            [("10:00", "14:00")],
            "21:00",
        ),
        # A move before it ended extends
        (
            Told().agreed("10:00", "14:00").agreed("11:00", "16:00"),
            [("10:00", "16:00")],
            "23:00",
        ),
        # or shortens it,
        (
            Told().agreed("10:00", "14:00").agreed("11:00", "12:00"),
            [("10:00", "12:00")],
            "19:00",
        ),
        (
            Told().agreed("10:00", "14:00").agreed("11:00", "11:00"),
            [("10:00", "11:00")],
            "18:00",
        ),
        (
            Told()
            .agreed("10:00", "14:00")
            .agreed("11:00", "16:00")
            .agreed("15:00", "15:30"),
            [("10:00", "15:30")],
            "22:30",
        ),
        # after that a new wait begins.
        (
            Told().agreed("10:00", "12:00").agreed("13:00", "14:00"),
            [("10:00", "12:00"), ("13:00", "14:00")],
            "20:00",
        ),
        (
            Told()
            .agreed("10:00", "14:00")
            .called_off("11:00")
            .agreed("13:00", "14:00"),
            [("10:00", "11:00"), ("13:00", "14:00")],
            "19:00",
        ),
        (
            Told().agreed("10:00", "12:00").arrived("12:00").agreed("12:30", "14:00"),
            [("10:00", "12:00"), ("12:30", "14:00")],
            "20:30",
        ),
        (
            Told().agreed("10:00", "12:00").agreed("12:00", "14:00"),
            [("10:00", "12:00"), ("12:00", "14:00")],
            "21:00",
        ),
        # Agreed at the very time, or for a time that has passed: no wait.
        (Told().agreed("10:00", "10:00"), [], "17:00"),
        (Told().agreed("10:00", "09:30"), [], "17:00"),
        # Nothing to call off.
        (Told().called_off("10:00"), [], "17:00"),
    ],
)
def test_the_wait(told, expected, due):
    assert waits(told, "16:59") == expected
    assert local(told.promise("16:59")["resolution"].due_at) == due


def test_it_ends_by_itself():
    told = Told().agreed("10:00", "14:00")
    assert told.says("13:59")["resolution"] == "paused due 21:00"
    assert told.says("14:00")["resolution"] == "running due 21:00"


def test_solving_ends_it_and_calls_the_appointment_off():
    told = Told().answered("09:30").agreed("10:00", "14:00").resolved("11:00")
    assert told.says("12:00")["resolution"] == "met due 18:00 done 11:00"
    told.reopened("13:00")
    assert told.says("13:00") == {
        "first_response": "met due 11:00 done 09:30",
        "arrival": "pending",
        "resolution": "running due 20:00",
    }


@pytest.mark.parametrize(
    ("told", "now", "arrival", "warn"),
    [
        (Told().visit("09:10"), "09:10", "pending", None),
        # Limit 0, and its warning 30 minutes before.
        (
            Told().visit("09:10").agreed("10:00", "14:00"),
            "10:00",
            "running due 14:00",
            "13:30",
        ),
        (
            Told().visit("09:10").agreed("10:00", "14:00"),
            "14:00",
            "running due 14:00",
            "13:30",
        ),
        (
            Told().visit("09:10").agreed("10:00", "14:00"),
            "14:00:00.000001",
            "missed due 14:00",
            "13:30",
        ),
        (
            Told().visit("09:10").agreed("10:00", "14:00").arrived("14:00"),
            "15:00",
            "met due 14:00 done 14:00",
            "13:30",
        ),
        (
            Told().visit("09:10").agreed("10:00", "14:00").arrived("14:05"),
            "15:00",
            "missed due 14:00 done 14:05",
            "13:30",
        ),
        # Moved before it came: the promise moves.
        (
            Told().visit("09:10").agreed("10:00", "14:00").agreed("13:59", "16:00"),
            "15:00",
            "running due 16:00",
            "15:30",
        ),
        # Moved when it had come: the miss stands.
        (
            Told().visit("09:10").agreed("10:00", "14:00").agreed("14:00", "16:00"),
            "15:00",
            "missed due 14:00",
            "13:30",
        ),
        (
            Told()
            .visit("09:10")
            .agreed("10:00", "14:00")
            .agreed("15:00", "16:00")
            .arrived("15:55"),
            "16:00",
            "missed due 14:00 done 15:55",
            "13:30",
        ),
        # Called off before it came: none is agreed.
        (
            Told().visit("09:10").agreed("10:00", "14:00").called_off("13:00"),
            "15:00",
            "pending",
            None,
        ),
        # A second visit moves nothing: the first arrival counts.
        (
            Told()
            .visit("09:10")
            .agreed("10:00", "14:00")
            .arrived("13:50")
            .agreed("13:55", "+1 10:00"),
            "15:00",
            "met due 14:00 done 13:50",
            "13:30",
        ),
        # Its wait never pauses it, nor does waiting for the customer.
        (
            Told().visit("09:10").agreed("10:00", "14:00").waits("11:00"),
            "12:00",
            "running due 14:00",
            "13:30",
        ),
        # Agreed for a time that had passed: missed when it was agreed.
        (
            Told().visit("09:10").agreed("10:00", "09:30"),
            "10:00",
            "missed due 09:30 missed 10:00",
            "09:00",
        ),
        # Arrived without any.
        (Told().visit("09:10").arrived("10:00"), "11:00", "met done 10:00", None),
    ],
)
def test_arrival_at_the_appointment(told, now, arrival, warn):
    assert told.says(now)["arrival"] == arrival
    assert local(told.promise(now)["arrival"].warn_at) == warn


def test_a_time_agreed_while_nobody_has_decided_is_a_visit():
    told = Told().agreed("10:00", "14:00")
    assert told.says("10:00")["arrival"] == "running due 14:00"
    key = told.promise("10:00")["arrival"].key
    assert told.visit("10:30").promise("10:30")["arrival"].key == key
    told.visit("11:00", needed=False)
    assert "arrival" not in told.says("11:00")


def test_a_time_agreed_for_remote_work_is_none():
    told = Told().visit("09:30", needed=False).agreed("10:00", "14:00")
    assert "arrival" not in told.says("10:00")
    assert told.says("10:00")["resolution"] == "paused due 21:00"


def test_a_raise_after_an_appointment_was_agreed():
    told = Told().visit("09:10").agreed("10:00", "+1 10:00").raised("11:00", SERIOUS)
    assert told.says("11:00")["arrival"] == "running due 13:00"
    told = Told().visit("09:10").agreed("10:00", "12:00").raised("11:00", SERIOUS)
    assert told.says("11:00")["arrival"] == "running due 12:00"


AFTER = standard(
    tier(
        "calm",
        "1",
        target("r", Metric.RESOLUTION, hours(4), Start.APPOINTMENT),
        may_pause="appointment",
    ),
    tier("brisk", "23", target("r", Metric.RESOLUTION, hours(2), Start.APPOINTMENT)),
)


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (Told().agreed("10:00", "14:00"), "12:00", ["running due 18:00"]),
        # Moved before it came, and after.
        (
            Told().agreed("10:00", "14:00").agreed("13:00", "15:00"),
            "14:30",
            ["running due 19:00"],
        ),
        (
            Told().agreed("10:00", "14:00").agreed("15:00", "16:00"),
            "16:30",
            ["running due 19:00"],
        ),
        # A raise when it had come: only an appointment still to come starts the new clock.
        (
            Told().agreed("10:00", "14:00").raised("15:00", SERIOUS),
            "15:30",
            ["running due 18:00", "pending"],
        ),
        (
            Told().agreed("10:00", "14:00").raised("12:00", SERIOUS),
            "12:30",
            ["running due 18:00", "running due 16:00"],
        ),
    ],
)
def test_a_limit_from_the_appointment(told, now, expected):
    assert [in_short(clock) for clock in told.clocks(now, {1: AFTER})] == expected


def test_a_new_appointment_does_not_pause_the_arrival_at_the_one_before():
    half_an_hour = standard(
        tier(
            "t",
            "123",
            target("a", Metric.ARRIVAL, hours(0.5), Start.APPOINTMENT),
            may_pause="appointment",
        )
    )
    told = Told().agreed("09:30", "10:00").agreed("10:10", "12:00")
    (arrival,) = told.clocks("10:20", {1: half_an_hour})
    assert in_short(arrival) == "running due 10:30"


def test_of_two_pending_clocks_the_newer_counts():
    clocks = Told().raised("10:00", SERIOUS).clocks("10:30", {1: AFTER})
    assert [(c.tier, c.state, c.counts) for c in clocks] == [
        ("calm", "pending", False),
        ("brisk", "pending", True),
    ]


def test_an_always_clock_from_the_request_of_a_visit():
    always = standard(
        tier(
            "t",
            "123",
            target(
                "a", Metric.ARRIVAL, hours(2), Start.VISIT_REQUESTED, Condition.ALWAYS
            ),
        )
    )
    told = Told()
    assert [in_short(c) for c in told.clocks("10:00", {1: always})] == ["pending"]
    told.visit("10:30")
    assert [in_short(c) for c in told.clocks("11:00", {1: always})] == [
        "running due 12:30"
    ]
