"""Rule 4: reopened. The resolution goes on with what was left; other results stay."""

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


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (Told().resolved("15:00"), "16:00", "met due 17:00 done 15:00"),
        (Told().resolved("15:00").reopened("18:00"), "18:00", "running due 20:00"),
        # In every tier, also in one that never pauses.
        (
            Told("09:00", URGENT).resolved("10:00").reopened("12:00"),
            "12:00",
            "running due 13:00",
        ),
        # Closed meanwhile: the time runs from when it was resolved.
        (
            Told().resolved("15:00").closed("16:00").reopened("18:00"),
            "18:00",
            "running due 20:00",
        ),
        # Closed without having been resolved.
        (Told().closed("15:00"), "16:00", "met due 17:00 done 15:00"),
        # Resolved again.
        (
            Told().resolved("15:00").reopened("18:00").resolved("19:00"),
            "19:30",
            "met due 20:00 done 19:00",
        ),
        (
            Told().resolved("15:00").reopened("18:00").resolved("21:00"),
            "21:30",
            "missed due 20:00 done 21:00",
        ),
        # Twice.
        (
            Told()
            .resolved("15:00")
            .reopened("18:00")
            .resolved("19:00")
            .reopened("21:00"),
            "21:00",
            "running due 22:00",
        ),
        # A missed one goes on being missed.
        (Told().resolved("18:00"), "18:30", "missed due 17:00 done 18:00"),
        (Told().resolved("18:00").reopened("19:00"), "20:00", "missed due 17:00"),
        # Resolved exactly at the limit nothing is left: missed the moment it is reopened.
        (Told().resolved("17:00"), "18:00", "met due 17:00 done 17:00"),
        (
            Told().resolved("17:00").reopened("18:00"),
            "18:00",
            "missed due 17:00 missed 18:00",
        ),
        # Office hours: only the working time between is a pause.
        (
            Told("16:00", standard=4).resolved("17:00").reopened("+1 10:00"),
            "+1 10:00",
            "running due +2 09:30",
        ),
        # The wait that resolving ended does not come back.
        (
            Told().waits("10:00").resolved("11:00").reopened("12:00"),
            "12:00",
            "running due 19:00",
        ),
        # Reopened without having been resolved: nothing.
        (Told().reopened("12:00"), "12:00", "running due 17:00"),
    ],
)
def test_resolution(told, now, expected):
    assert told.says(now)["resolution"] == expected


def test_the_overrun_leaves_out_the_time_between():
    told = Told().resolved("18:00").reopened("19:00")
    clock = told.promise("20:00")["resolution"]
    assert clock.open
    assert clock.margin is None
    assert clock.margin_at(clock.due_at + hours(3)) == -hours(2)
    done = told.resolved("20:30").promise("21:00")["resolution"]
    assert done.margin == -hours(2.5)


def test_other_metrics_keep_their_result():
    told = Told().resolved("10:00").reopened("11:30")
    assert told.says("11:30") == {
        "first_response": "met due 11:00 done 10:00",
        "resolution": "running due 18:30",
    }
    late = Told().answered("11:30").resolved("12:00").reopened("13:00")
    assert late.says("13:00")["first_response"] == "missed due 11:00 done 11:30"


def test_there_is_one_clock_of_the_promise_whatever_happens():
    told = (
        Told().resolved("15:00").reopened("18:00").resolved("19:00").reopened("21:00")
    )
    clocks = [c for c in told.clocks("21:00") if c.target.metric is Metric.RESOLUTION]
    assert [clock.key for clock in clocks] == ["resolution.general.resolution.received"]
    assert [(local(p.start), local(p.end), p.reason) for p in clocks[0].pauses] == [
        ("15:00", "18:00", "reopened"),
        ("19:00", "21:00", "reopened"),
    ]


def test_an_arrival_that_nobody_needs_any_more_is_back_when_it_is_reopened():
    told = Told("09:00", URGENT).visit("09:00").answered("09:05").resolved("09:30")
    before = {c.target.key: in_short(c) for c in told.clocks("09:30")}
    assert before["arrival"] == "cancelled due 11:00 ended 09:30 resolved"
    assert before["on_site"] == "met done 09:30"
    told.reopened("10:30")
    assert told.says("10:30") == {
        "first_response": "met due 09:10 done 09:05",
        "arrival": "running due 12:00",
        "resolution": "pending",
    }


def test_a_missed_arrival_stops_with_the_resolution_and_resumes():
    told = Told("09:00", URGENT).visit("09:00").resolved("11:30")
    arrival = told.promise("12:00")["arrival"]
    assert in_short(arrival) == "missed due 11:00 ended 11:30 resolved"
    assert not arrival.open
    assert arrival.margin_at(arrival.due_at + hours(9)) == -hours(0.5)
    told.reopened("12:30")
    arrival = told.promise("13:00")["arrival"]
    assert in_short(arrival) == "missed due 11:00"
    assert arrival.open


def test_exactly_at_the_limit_of_an_arrival_it_was_resolved():
    told = Told("09:00", URGENT).visit("09:00").resolved("11:00")
    arrival = {c.target.key: c for c in told.clocks("12:00")}["arrival"]
    assert in_short(arrival) == "cancelled due 11:00 ended 11:00 resolved"
    told.reopened("12:30")
    assert told.says("12:30")["arrival"] == "missed due 11:00 missed 12:30"


def test_a_call_back_runs_on_while_the_ticket_is_resolved():
    told = Told("09:00", standard=3).answered("09:30").resolved("10:00")
    assert told.says("10:30")["call_back"] == "running due 11:30"
    told.reopened("11:00")
    assert told.says("11:00")["call_back"] == "running due 11:30"
    told.add("called_back", "11:20")
    assert told.says("11:30")["call_back"] == "met due 11:30 done 11:20"


CALLS = standard(
    tier(
        "t",
        "123",
        target("resolution", Metric.RESOLUTION, hours(8)),
        target("call", Metric.CALL_BACK, hours(2), Start.RESOLUTION),
    )
)


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        (Told(), "09:30", "pending"),
        (Told().resolved("10:00"), "10:30", "running due 12:00"),
        # Reopened before it was due: it waits for the next resolution.
        (Told().resolved("10:00").reopened("11:00"), "11:00", "pending"),
        (
            Told().resolved("10:00").reopened("11:00").resolved("15:00"),
            "15:00",
            "running due 17:00",
        ),
        # Reopened at its very due time it was not missed.
        (Told().resolved("10:00").reopened("12:00"), "12:30", "pending"),
        # Met or missed before that: it stays so.
        (
            Told().resolved("10:00").add("called_back", "10:30").reopened("11:00"),
            "11:00",
            "met due 12:00 done 10:30",
        ),
        (Told().resolved("10:00").reopened("13:00"), "13:00", "missed due 12:00"),
    ],
)
def test_a_call_back_after_the_resolution(told, now, expected):
    clocks = told.clocks(now, {1: CALLS})
    (call,) = [clock for clock in clocks if clock.target.key == "call"]
    assert in_short(call) == expected


def test_what_has_not_started_when_it_is_resolved_is_cancelled_until_reopened():
    after_arrival = standard(
        tier("t", "123", target("call", Metric.CALL_BACK, hours(2), Start.ARRIVAL))
    )
    told = Told().resolved("10:00")
    (call,) = told.clocks("11:00", {1: after_arrival})
    assert in_short(call) == "cancelled ended 10:00 resolved"
    (call,) = told.reopened("12:00").clocks("12:00", {1: after_arrival})
    assert in_short(call) == "pending"


def test_a_visit_decided_while_it_was_resolved_leaves_the_clock_as_it_is():
    told = Told("09:00", URGENT).resolved("10:00").visit("10:30").reopened("12:00")
    clocks = [c for c in told.clocks("12:00") if c.target.metric is Metric.RESOLUTION]
    assert [in_short(clock) for clock in clocks] == ["running due 13:00"]


def test_raised_after_it_was_reopened():
    told = Told().answered("09:30").resolved("15:00").reopened("18:00")
    told.raised("18:30", SERIOUS)
    assert told.says("18:30")["resolution"] == "running due 20:00"
    assert len(told.clocks("18:30")) == 3


@pytest.mark.parametrize(
    ("raised", "due"), [("15:00", "20:00"), ("17:59", "20:00"), ("18:00", "20:00")]
)
def test_raised_at_either_end_of_being_resolved(raised, due):
    told = Told().answered("09:30").resolved("15:00").raised(raised, URGENT)
    told.reopened("18:00")
    urgent = [c for c in told.clocks("18:00") if c.tier == "urgent"]
    assert bool(urgent) is (raised == "18:00")
    assert told.says("18:00")["resolution"] == f"running due {due}"


def test_raised_while_it_was_resolved_gives_no_second_clock():
    told = Told().answered("09:30").resolved("15:00").raised("16:00", URGENT)
    told.reopened("18:00")
    assert told.says("18:00")["resolution"] == "running due 20:00"
    assert len(told.clocks("18:00")) == 2


def test_a_target_for_remote_work_alone_is_met_by_resolving():
    remote = standard(
        tier(
            "t",
            "123",
            target("r", Metric.RESOLUTION, hours(1), condition=Condition.REMOTE),
        )
    )
    (clock,) = Told().resolved("09:30").clocks("10:00", {1: remote})
    assert in_short(clock) == "met due 10:00 done 09:30"
