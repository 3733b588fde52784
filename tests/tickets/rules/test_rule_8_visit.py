"""Rule 8: a visit undecided, needed, not needed."""

from __future__ import annotations

import pytest

from sla.rules import Metric
from tests.tickets.rules.stories import Told, in_short, local

GENERAL, SERIOUS, URGENT = 1, 2, 3


def by_key(told: Told, now: str) -> dict[str, str]:
    return {clock.key: in_short(clock) for clock in told.clocks(now)}


def test_undecided_counts_as_not_needed():
    told = Told("09:00", URGENT)
    assert set(told.says("09:00")) == {"first_response", "resolution"}
    assert told.says("12:00")["resolution"] == "missed due 11:00"
    not_needed = Told("09:00", URGENT).visit("09:05", needed=False)
    assert not_needed.clocks("10:00") == told.clocks("10:00")


@pytest.mark.parametrize(
    ("decided", "now", "arrival", "warn"),
    [
        # From the stated start, not from the decision.
        ("09:00", "09:30", "running due 11:00", "10:30"),
        ("10:45", "10:45", "running due 11:00", "10:30"),
        # Exactly at the limit it may still be met.
        ("11:00", "11:00", "running due 11:00", None),
        ("11:00", "11:00:00.000001", "missed due 11:00", None),
        # Passed: missed at once, without a warning.
        (
            "11:00:00.000001",
            "11:00:00.000001",
            "missed due 11:00 missed 11:00:00.000001",
            None,
        ),
        ("13:00", "13:00", "missed due 11:00 missed 13:00", None),
    ],
)
def test_on_site_clocks_are_measured_from_their_stated_start(
    decided, now, arrival, warn
):
    told = Told("09:00", URGENT).answered("09:05").visit(decided)
    assert told.says(now)["arrival"] == arrival
    assert local(told.promise(now)["arrival"].warn_at) == warn


def test_missed_at_once_even_if_it_was_done_before_the_decision():
    told = Told("09:00", SERIOUS).departed("10:30").visit("11:00")
    assert told.says("11:30")["dispatch"] == "missed due 10:00 done 10:30"


def test_done_in_time_before_the_decision():
    told = Told("09:00", SERIOUS).departed("09:30").visit("09:40")
    assert told.says("09:40")["dispatch"] == "met due 10:00 done 09:30"


def test_whoever_arrived_had_departed():
    told = Told("09:00", SERIOUS).visit("09:00").arrived("09:50")
    assert told.says("10:00")["dispatch"] == "met due 10:00 done 09:50"
    both = Told("09:00", SERIOUS).visit("09:00").departed("09:20").arrived("09:50")
    assert both.says("10:00")["dispatch"] == "met due 10:00 done 09:20"


def test_deciding_before_the_remote_due_lets_the_clock_from_arrival_take_its_place():
    told = Told("09:00", URGENT).answered("09:05").visit("10:30")
    assert by_key(told, "10:31") == {
        "first_response.urgent.response.received": "met due 09:10 done 09:05",
        "arrival.urgent.arrival.received.v3": "running due 11:00",
        "resolution.urgent.remote.received": "superseded due 11:00 ended 10:30 visit",
        "resolution.urgent.on_site.received.v3": "pending",
    }
    assert told.arrived("11:30").says("11:30")["resolution"] == "running due 13:30"


def test_after_the_remote_due_the_miss_stands():
    told = Told("09:00", URGENT).visit("11:30").arrived("12:00")
    assert told.says("12:30")["resolution"] == "missed due 11:00"
    assert [
        c.target.key
        for c in told.clocks("12:30")
        if c.target.metric is Metric.RESOLUTION
    ] == ["remote"]
    assert (
        told.resolved("13:00").says("13:30")["resolution"]
        == "missed due 11:00 done 13:00"
    )


def test_deciding_not_needed_cancels_open_on_site_clocks():
    told = (
        Told("09:00", URGENT)
        .answered("09:05")
        .visit("09:10")
        .visit("09:30", needed=False)
    )
    assert by_key(told, "09:31") == {
        "first_response.urgent.response.received": "met due 09:10 done 09:05",
        "arrival.urgent.arrival.received.v3": "cancelled due 11:00 ended 09:30 no_visit",
        "resolution.urgent.remote.received": "superseded due 11:00 ended 09:10 visit",
        "resolution.urgent.on_site.received.v3": "cancelled ended 09:30 no_visit",
        "resolution.urgent.remote.received.v4": "running due 11:00",
    }


def test_never_a_miss():
    told = Told("09:00", URGENT).visit("09:10").visit("11:30", needed=False)
    arrival = told.promise("12:00")["arrival"]
    assert in_short(arrival) == "missed due 11:00 ended 11:30 no_visit"
    assert not arrival.open
    # The remote one begins again from its stated start: missed at once.
    assert told.says("12:00")["resolution"] == "missed due 11:00 missed 11:30"


def test_a_time_agreed_later_does_not_change_what_was_decided():
    told = Told("09:00", URGENT).visit("09:10").visit("11:30", needed=False)
    told.agreed("12:00", "14:00")
    arrival = told.promise("13:30")["arrival"]
    assert in_short(arrival) == "missed due 11:00 ended 11:30 no_visit"


def test_what_ended_first_ended_it():
    told = Told("09:00", URGENT).visit("09:10").visit("11:30", needed=False)
    told.resolved("12:00").cancelled("13:00")
    arrival = told.promise("13:30")["arrival"]
    assert in_short(arrival) == "missed due 11:00 ended 11:30 no_visit"


def test_a_missed_on_site_resolution_goes_on_until_it_is_done():
    told = (
        Told("09:00", URGENT)
        .visit("09:10")
        .arrived("09:30")
        .visit("12:00", needed=False)
    )
    resolution = told.promise("12:30")["resolution"]
    assert in_short(resolution) == "missed due 11:30"
    assert resolution.open


def test_needed_once_more():
    told = Told("09:00", URGENT).answered("09:05").visit("09:10")
    told.visit("09:30", needed=False).visit("10:00")
    assert by_key(told, "10:01") | {} == {
        "first_response.urgent.response.received": "met due 09:10 done 09:05",
        "arrival.urgent.arrival.received.v3": "cancelled due 11:00 ended 09:30 no_visit",
        "arrival.urgent.arrival.received.v5": "running due 11:00",
        "resolution.urgent.remote.received": "superseded due 11:00 ended 09:10 visit",
        "resolution.urgent.on_site.received.v3": "cancelled ended 09:30 no_visit",
        "resolution.urgent.remote.received.v4": "superseded due 11:00 ended 10:00 visit",
        "resolution.urgent.on_site.received.v5": "pending",
    }


def test_a_missed_arrival_is_wanted_again():
    told = (
        Told("09:00", URGENT).visit("09:10").visit("11:30", needed=False).visit("12:00")
    )
    arrival = told.promise("12:30")["arrival"]
    assert in_short(arrival) == "missed due 11:00"
    assert arrival.open


def test_said_twice_it_is_one_decision():
    told = Told("09:00", standard=3).visit("10:00").visit("11:00")
    assert told.says("11:00")["arrival"] == "running due 18:00"


def test_from_the_request_of_the_visit():
    told = Told("09:00", standard=3).visit("10:00")
    clock = told.promise("10:00")["arrival"]
    assert (local(clock.started_at), local(clock.due_at)) == ("10:00", "18:00")
    assert clock.start_event == "visit_requested"
    again = told.visit("11:00", needed=False).visit("12:00")
    assert again.says("12:00")["arrival"] == "running due 20:00"


def test_where_nothing_takes_the_remote_clocks_place_it_is_cancelled():
    told = Told("09:00", standard=2).visit("09:30")
    assert by_key(told, "09:31")["resolution.all.remote.received"] == (
        "cancelled due 10:00 ended 09:30 visit"
    )
    assert "resolution" not in told.says("09:31")


def test_decided_after_a_raise_both_tiers_count_from_their_stated_start():
    told = (
        Told("09:00", SERIOUS).answered("09:05").raised("09:30", URGENT).visit("09:50")
    )
    assert told.says("09:51") == {
        "first_response": "met due 10:00 done 09:05",
        "dispatch": "running due 10:00",
        "arrival": "running due 11:00",
        "resolution": "running due 13:00",
    }
    late = (
        Told("09:00", SERIOUS).answered("09:05").raised("09:30", URGENT).visit("12:00")
    )
    assert late.says("12:00")["arrival"] == "missed due 11:00 missed 12:00"
    arrivals = [c for c in late.clocks("12:00") if c.target.metric is Metric.ARRIVAL]
    assert [in_short(clock) for clock in arrivals] == [
        "missed due 11:00 missed 12:00",
        "superseded due 11:30 ended 12:00 missed",
    ]


def test_an_automatic_raise_at_a_miss_at_once():
    told = Told("09:00", SERIOUS).answered("09:05").visit("12:00")
    missed = told.promise("12:00")["arrival"].missed_at
    assert local(missed) == "12:00"
    told.raised("12:00", URGENT, automatic=True)
    assert told.says("12:01") == {
        "first_response": "met due 10:00 done 09:05",
        "dispatch": "missed due 10:00 missed 12:00",
        "arrival": "missed due 11:00 missed 12:00",
        "resolution": "running due 13:00",
    }
