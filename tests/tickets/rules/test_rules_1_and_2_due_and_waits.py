"""Rules 1 and 2: when a clock is due, and which waits pause it."""

from __future__ import annotations

import pytest

from sla.rules import Metric
from tests.tickets.rules.stories import (
    OFFICE,
    Told,
    hours,
    local,
    minutes,
    standard,
    target,
    tier,
)
from tickets.rules.explain import explain

GENERAL, SERIOUS, URGENT = 1, 2, 3


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (GENERAL, {"first_response": "11:00", "resolution": "17:00"}),
        (SERIOUS, {"first_response": "10:00", "resolution": "13:00"}),
        (URGENT, {"first_response": "09:10", "resolution": "11:00"}),
        (None, {"first_response": "11:00", "resolution": "17:00"}),
    ],
)
def test_what_is_promised_on_filing(severity, expected):
    promise = Told("09:00", severity).promise("09:00")
    assert {
        metric: local(clock.due_at) for metric, clock in promise.items()
    } == expected


@pytest.mark.parametrize(
    ("told", "now", "resolution"),
    [
        # A wait while it lasts: nobody knows the due time.
        (Told().waits("10:00"), "10:30", "paused"),
        (Told().waits("10:00"), "+5 10:30", "paused"),
        # Ended, it moves the due time by its length.
        (Told().waits("10:00").goes_on("11:30"), "12:00", "running due 18:30"),
        (Told().waits("09:00").goes_on("09:30"), "12:00", "running due 17:30"),
        # Two in a row, and one of no length.
        (
            Told().waits("10:00").goes_on("11:00").waits("12:00").goes_on("12:30"),
            "13:00",
            "running due 18:30",
        ),
        (Told().waits("10:00").goes_on("10:00"), "13:00", "running due 17:00"),
        # One that begins at the due time pauses nothing any more.
        (Told().waits("17:00"), "17:00", "running due 17:00"),
        (Told().waits("17:00"), "17:01", "missed due 17:00"),
        (Told().waits("17:30").goes_on("19:00"), "20:00", "missed due 17:00"),
        # Waiting for one thing at a time: the new wait takes the former one's place.
        (Told().waits("10:00").waits("11:00", "parts"), "12:00", "running due 18:00"),
        (
            Told().waits("10:00", "parts").waits("11:00").goes_on("12:00"),
            "12:00",
            "running due 18:00",
        ),
        # Said twice, it is one wait.
        (
            Told().waits("10:00").waits("10:30").goes_on("11:00"),
            "12:00",
            "running due 18:00",
        ),
        # A reply ends waiting for the customer, not waiting for parts.
        (
            Told().waits("10:00").goes_on("11:00", reason="customer"),
            "12:00",
            "running due 18:00",
        ),
        (
            Told().waits("10:00").goes_on("11:00", reason="parts"),
            "12:00",
            "paused",
        ),
        # An end without a wait says nothing.
        (Told().goes_on("10:00"), "12:00", "running due 17:00"),
        # Overlapping pauses count once: 10-12 customer, 11-13 appointment.
        (
            Told().waits("10:00").agreed("11:00", "13:00").goes_on("12:00"),
            "14:00",
            "running due 20:00",
        ),
        # A known end inside an unknown one.
        (Told().waits("10:00").agreed("11:00", "13:00"), "14:00", "paused"),
        # Solving ends the wait.
        (
            Told().waits("10:00").resolved("20:00"),
            "21:00",
            "met due +1 03:00 done 20:00",
        ),
        (Told().cancelled("10:00").waits("11:00"), "12:00", None),
    ],
)
def test_waits_of_a_general_ticket(told, now, resolution):
    assert told.says(now).get("resolution") == resolution


@pytest.mark.parametrize(
    ("severity", "reason", "due"),
    [
        (GENERAL, "customer", "18:00"),
        (GENERAL, "parts", "17:00"),
        (GENERAL, "third_party", "17:00"),
        (SERIOUS, "customer", "14:00"),
        (SERIOUS, "parts", "13:00"),
        (SERIOUS, "third_party", "13:00"),
        (URGENT, "customer", "11:00"),
        (URGENT, "parts", "11:00"),
    ],
)
def test_a_wait_pauses_only_where_the_tier_says_so(severity, reason, due):
    told = Told("09:00", severity).waits("09:05", reason).goes_on("10:05")
    assert local(told.promise("10:06")["resolution"].due_at) == due
    pauses = told.promise("10:06")["resolution"].pauses
    assert bool(pauses) is (due in {"18:00", "14:00"})


@pytest.mark.parametrize(
    ("severity", "due"), [(GENERAL, "18:00"), (SERIOUS, "13:00"), (URGENT, "11:00")]
)
def test_the_wait_for_an_appointment_pauses_only_the_general_tier(severity, due):
    told = Told("09:00", severity).agreed("09:05", "10:05")
    assert local(told.promise("10:06")["resolution"].due_at) == due


def test_a_wait_pauses_every_clock_of_the_tier():
    told = Told().waits("09:30").goes_on("10:00")
    assert told.says("10:00") == {
        "first_response": "running due 11:30",
        "resolution": "running due 17:30",
    }


def test_a_pause_counts_only_up_to_the_finish():
    told = Told().waits("10:00").answered("10:40").goes_on("12:00")
    response = told.promise("12:00")["first_response"]
    assert local(response.due_at) == "11:40"
    assert [(local(p.start), local(p.end)) for p in response.pauses] == [
        ("10:00", "10:40")
    ]
    assert response.margin == hours(1)


def test_a_pause_counts_only_from_the_start():
    allowed = standard(
        tier("t", "123", target("r", Metric.RESOLUTION, hours(2)), may_pause="customer")
    )
    told = Told("10:00", GENERAL).waits("09:30").goes_on("10:20")
    (clock,) = told.clocks("11:00", {1: allowed})
    assert local(clock.due_at) == "12:20"
    assert [local(p.start) for p in clock.pauses] == ["10:00"]


@pytest.mark.parametrize(
    ("told", "now", "due"),
    [
        (Told("09:00", standard=4), "09:00", "+1 09:30"),  # a day has 7.5 h
        (Told("16:00", standard=4), "16:00", "+1 16:30"),
        (Told("+4 17:00", standard=4), "+4 17:00", "+7 17:30"),
        # Not by a night, nor by lunch: a pause counts by its working time.
        (
            Told("16:00", standard=4).waits("18:00").goes_on("+1 09:00"),
            "+1 09:00",
            "+1 16:30",
        ),
        (
            Told("16:00", standard=4).waits("17:00").goes_on("+1 10:00"),
            "+1 10:00",
            "+2 09:30",
        ),
        # Thursday the 5th is a holiday.
        (Told("+2 16:00", standard=4), "+2 16:00", "+4 16:30"),
    ],
)
def test_due_in_office_hours(told, now, due):
    assert local(told.promise(now)["resolution"].due_at) == due


def test_working_time_of_a_pause_is_what_the_explanation_lists():
    told = Told("16:00", standard=4).waits("17:00").goes_on("+1 10:00")
    clock = told.promise("+1 10:00")["resolution"]
    (part,) = explain(clock, standard=OFFICE, now=clock.since).excluded
    assert part.counted == hours(2)


@pytest.mark.parametrize(
    ("told", "now", "warn"),
    [
        (Told(), "09:00", "15:00"),  # 6 of 8 h
        (Told().waits("10:00").goes_on("11:00"), "12:00", "16:00"),
        (Told("09:00", URGENT), "09:00", "10:30"),
        # Paused before three quarters were used up: nobody knows.
        (Told().waits("10:00"), "12:00", None),
        # Paused after it: it stays when it was.
        (Told().waits("16:00"), "16:30", "15:00"),
        (Told().waits("15:00"), "16:30", "15:00"),
        (Told("16:00", standard=4), "16:00", "+1 14:30"),
    ],
)
def test_a_warning_is_the_same_calculation(told, now, warn):
    assert local(told.promise(now)["resolution"].warn_at) == warn


def test_beyond_what_the_calendar_knows_a_due_time_is_provisional():
    known = Told("+4 09:00", standard=4).promise("+4 09:00")["resolution"]
    assert (local(known.due_at), known.provisional) == ("+7 09:30", True)
    sure = Told("09:00", standard=4).promise("09:00")["resolution"]
    assert sure.provisional is False
    done = Told("+4 09:00", standard=4).resolved("+4 10:00")
    assert done.promise("+4 10:00")["resolution"].provisional is False
    assert Told().promise("09:00")["resolution"].provisional is False


def test_a_warning_half_way():
    early = standard(
        tier("t", "123", target("r", Metric.RESOLUTION, hours(2), warn_at=0.5))
    )
    (clock,) = Told().clocks("09:00", {1: early})
    assert local(clock.warn_at) == "10:00"
    before = standard(
        tier(
            "t",
            "123",
            target("r", Metric.RESOLUTION, hours(2), warn_before=minutes(10)),
        )
    )
    (clock,) = Told().clocks("09:00", {1: before})
    assert local(clock.warn_at) == "10:50"
