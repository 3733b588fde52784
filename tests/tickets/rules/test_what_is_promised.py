"""What else decides which clocks there are: planned work, the project, the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sla.rules import Metric
from tests.tickets.rules.stories import (
    OFFICE,
    OFFICE_CALENDAR,
    STANDARDS,
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
    ("severity", "response"),
    [(GENERAL, "11:00"), (SERIOUS, "10:00"), (URGENT, "09:10")],
)
def test_planned_work_has_a_first_response_then_a_date(severity, response):
    told = Told("09:00", severity, kind="planned")
    assert told.says("09:00") == {"first_response": f"running due {response}"}
    told.answered("09:05").agreed("09:10", "+3 10:00")
    assert told.says("09:10") == {
        "first_response": f"met due {response} done 09:05",
        "arrival": "running due +3 10:00",
    }
    told.agreed("+2 10:00", "+4 10:00").arrived("+4 09:55")
    assert told.says("+5 10:00")["arrival"] == "met due +4 10:00 done +4 09:55"


def test_planned_work_without_a_visit_has_no_arrival():
    told = (
        Told("09:00", kind="planned")
        .visit("09:05", needed=False)
        .agreed("09:10", "12:00")
    )
    assert set(told.says("09:10")) == {"first_response"}


def test_a_fault_that_turns_out_to_be_planned_work():
    told = Told("09:00").answered("09:30").visit("09:40")
    told.add("kind_changed", "10:00", kind="planned")
    assert {c.key: in_short(c) for c in told.clocks("10:00")} == {
        "first_response.general.response.received": "met due 11:00 done 09:30",
        "arrival.general.arrival.received.v3": "superseded ended 10:00 kind",
        "arrival.general.arrival.received.p4.v3": "pending",
        "resolution.general.resolution.received": "cancelled due 17:00 ended 10:00 kind",
    }
    told.add("kind_changed", "10:30", kind="planned").add(
        "kind_changed", "11:00", kind="fault"
    )
    assert told.says("11:00")["resolution"] == "running due 17:00"


def test_a_new_project_derives_the_open_clocks_from_their_start():
    told = Told("09:00").answered("09:30").project("10:00", standard=2)
    assert {c.key: in_short(c) for c in told.clocks("10:00")} == {
        "first_response.general.response.received": "met due 11:00 done 09:30",
        "solution_proposed.all.proposal.received.p3": "running due 10:00",
        "resolution.general.resolution.received": "superseded due 17:00 ended 10:00 project",
        "resolution.all.remote.received.p3": "running due 10:00",
    }
    assert {clock.standard for clock in told.clocks("10:00") if clock.open} == {2}


def test_met_and_missed_stay_under_a_new_project():
    told = Told("09:00").project("11:30", standard=4)
    assert told.says("11:30") == {
        "first_response": "missed due 11:00",
        "resolution": "running due +1 09:30",
    }
    again = told.project("11:40", standard=4)
    assert again.says("11:40")["resolution"] == "running due +1 09:30"


def test_a_limit_that_has_passed_under_the_new_project_is_missed_at_once():
    told = Told("09:00").answered("09:30").project("12:00", standard=2)
    assert told.says("12:00")["resolution"] == "missed due 10:00 missed 12:00"


def test_a_new_project_tells_raises_and_waits_again():
    # Under the tenant's default: one tier, which may wait for an appointment.
    told = (
        Told("09:00", GENERAL, standard=2)
        .answered("09:03")
        .visit("09:04", needed=False)
    )
    told.add("solution_proposed", "09:05").waits("09:10").raised(
        "09:20", URGENT
    ).goes_on("09:40")
    told.project("09:50", standard=1)
    clocks = {c.key: c for c in told.clocks("09:50")}
    old = clocks["resolution.general.resolution.received.p8"]
    new = clocks["resolution.urgent.remote.r6.p8"]
    assert [(local(p.start), local(p.end)) for p in old.pauses] == [("09:10", "09:20")]
    assert (local(old.due_at), local(new.due_at)) == ("17:10", "11:20")
    assert new.counts
    assert (old.start_event, new.start_event) == ("received", "raised")


def test_a_new_project_after_a_lowering():
    told = Told("09:00", URGENT).answered("09:05").lowered("09:30", GENERAL)
    told.project("10:00", standard=4)
    assert told.says("10:00")["resolution"] == "running due +1 09:30"
    told.raised("10:30", URGENT)
    assert told.says("10:30")["resolution"] == "running due 18:30"


REVISED = replace(
    OFFICE,
    calendars={
        **OFFICE.calendars,
        "office@2": replace(
            OFFICE_CALENDAR,
            key="office@2",
            exceptions={**OFFICE_CALENDAR.exceptions, date(2026, 3, 9): ()},
            known_until=date(2026, 12, 31),
        ),
    },
)


def revised(told: Told, when: str) -> Told:
    return told.add("calendar_revised", when, calendar="office", revision=2)


def test_a_newer_revision_of_the_calendar_moves_an_open_clock():
    standards = {4: REVISED}
    told = Told("+4 09:00", standard=4)  # a Friday; known until Sunday
    before = {c.target.key: c for c in told.clocks("+4 09:00", standards)}["resolution"]
    assert (local(before.due_at), before.provisional) == ("+7 09:30", True)
    revised(told, "+4 10:00")
    after = {c.target.key: c for c in told.clocks("+4 10:00", standards)}["resolution"]
    assert (local(after.due_at), after.provisional) == ("+8 09:30", False)
    assert after.calendar == "office@2"
    assert after.key == before.key


def test_what_was_met_or_missed_before_the_revision_stays():
    standards = {4: REVISED}
    told = Told("+4 09:00", standard=4).answered("+4 09:30").resolved("+4 11:00")
    before = told.clocks("+4 12:00", standards)
    assert revised(told, "+4 11:30").clocks("+4 12:00", standards) == before
    missed = Told("+4 09:00", standard=4)
    before = missed.clocks("+7 10:00", standards)
    assert revised(missed, "+7 09:40").clocks("+7 10:00", standards) == before


def test_a_revision_holds_for_clocks_that_begin_later_and_for_no_other_calendar():
    standards = {4: REVISED}
    told = revised(Told("+4 09:00", URGENT, standard=4), "+4 09:10")
    told.lowered("+4 09:20", GENERAL)
    clocks = {c.key: c.calendar for c in told.clocks("+4 09:30", standards)}
    assert clocks["resolution.usual.resolution.l3"] == "office@2"
    assert clocks["resolution.urgent.resolution.received"] == "always"


def test_what_is_not_given_is_an_error():
    with pytest.raises(LookupError):
        Told("09:00", standard=77).clocks("09:00")
    with pytest.raises(LookupError, match="office@2"):
        revised(Told("09:00", standard=4), "09:10").clocks("09:10")
    nowhere = standard(
        tier("t", "123", target("r", Metric.RESOLUTION, hours(1), calendar="x"))
    )
    with pytest.raises(LookupError, match="no calendar x"):
        Told().clocks("09:00", {1: nowhere})


def test_part_targets_start_no_clock():
    parts = standard(tier("t", "123", target("p", Metric.PART_REPLACED, hours(2))))
    assert Told().clocks("09:00", {1: parts}) == ()


def test_two_targets_of_one_metric_stand_side_by_side():
    two = standard(
        tier(
            "t",
            "123",
            target("soon", Metric.RESOLUTION, hours(2)),
            target("surely", Metric.RESOLUTION, hours(4)),
        )
    )
    clocks = Told().clocks("09:00", {**STANDARDS, 1: two})
    assert [(c.target.key, c.counts) for c in clocks] == [
        ("soon", True),
        ("surely", False),
    ]
