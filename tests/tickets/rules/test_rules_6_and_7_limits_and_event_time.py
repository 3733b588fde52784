"""Rules 6 and 7: exactly at the limit is met; what counts is when it happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sla.rules import Metric, Start
from tests.tickets.rules.stories import (
    STANDARDS,
    Told,
    at,
    hours,
    in_short,
    minutes,
    standard,
    target,
    tier,
)
from tickets.rules.aftermath import Amendment, next_amendment, was_foreseeable
from tickets.rules.derive import derive
from tickets.rules.facts import ClockState
from tickets.rules.standing import instant, standing

GENERAL, SERIOUS, URGENT = 1, 2, 3
MICROSECOND = timedelta(microseconds=1)

EVERYTHING = standard(
    tier(
        "t",
        "123",
        target("response", Metric.FIRST_RESPONSE, hours(1)),
        target("dispatch", Metric.DISPATCH, hours(1)),
        target("arrival", Metric.ARRIVAL, hours(1)),
        target("proposal", Metric.SOLUTION_PROPOSED, hours(1)),
        target("resolution", Metric.RESOLUTION, hours(1)),
        target("call", Metric.CALL_BACK, hours(1), Start.RECEIVED),
    )
)


@pytest.mark.parametrize(
    ("key", "event"),
    [
        ("response", "answered"),
        ("response", "resolved"),
        ("dispatch", "departed"),
        ("dispatch", "arrived"),
        ("arrival", "arrived"),
        ("proposal", "solution_proposed"),
        ("proposal", "resolved"),
        ("resolution", "resolved"),
        ("resolution", "closed"),
        ("call", "called_back"),
    ],
)
@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("09:00", "met"),
        ("09:59:59.999999", "met"),
        ("10:00", "met"),
        ("10:00:00.000001", "missed"),
    ],
)
def test_exactly_at_the_limit_is_met(key, event, when, state):
    told = Told().add(event, when)
    clocks = {c.target.key: c for c in told.clocks("12:00", {1: EVERYTHING})}
    assert clocks[key].state == state
    assert clocks[key].finished_at == at(when)
    assert (clocks[key].missed_at is not None) is (state == "missed")


def test_at_the_due_time_a_clock_still_runs():
    told, due = Told(), at("17:00")
    assert told.promise(due)["resolution"].state is ClockState.RUNNING
    assert told.promise(due + MICROSECOND)["resolution"].state is ClockState.MISSED


@pytest.mark.parametrize(
    "event", ["answered", "departed", "arrived", "solution_proposed"]
)
def test_the_first_one_counts(event):
    told = Told().add(event, "09:10").add(event, "09:50")
    done = {c.finished_at for c in told.clocks("10:00", {1: EVERYTHING})} - {None}
    assert done == {at("09:10")}


def test_a_call_answered_at_once():
    told = Told("09:00", URGENT).answered("09:00")
    assert told.says("09:00")["first_response"] == "met due 09:10 done 09:00"


def test_when_it_was_written_down_does_not_matter():
    told = Told("09:00").answered("10:00").waits("10:10").goes_on("10:40")
    late = [replace(fact, recorded_at=at("20:00")) for fact in told.facts]
    clocks = derive(late, standards=STANDARDS, now=at("12:00"))
    assert clocks == told.clocks("12:00")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # The time of the call.
        (
            Told("09:00").corrected(1, "08:30"),
            {"first_response": "running due 10:30", "resolution": "running due 16:30"},
        ),
        # A miss that turns out not to be one.
        (
            Told("08:00").answered("10:05").corrected(2, "09:55"),
            {
                "first_response": "met due 10:00 done 09:55",
                "resolution": "running due 16:00",
            },
        ),
        # A correction that makes one.
        (
            Told("08:00").answered("09:55").corrected(2, "10:05"),
            {
                "first_response": "missed due 10:00 done 10:05",
                "resolution": "running due 16:00",
            },
        ),
        # A correction past another fact of the kind: then that one was the first.
        (
            Told("08:00").answered("09:00").answered("09:30").corrected(2, "09:45"),
            {
                "first_response": "met due 10:00 done 09:30",
                "resolution": "running due 16:00",
            },
        ),
        # An answer that was none.
        (
            Told("09:00").answered("09:30").voided(2),
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
        # A pause that began earlier.
        (
            Told("09:00").waits("10:00").goes_on("10:10").corrected(2, "09:30"),
            {"first_response": "running due 11:40", "resolution": "running due 17:40"},
        ),
    ],
)
def test_a_correction_recomputes(told, expected):
    assert told.says("10:20") == expected


@pytest.mark.parametrize(
    ("rewrites", "expected"),
    [
        ([], "10:00"),
        ([("corrected", 2, "10:30")], "10:30"),
        # The newest correction wins, whatever it says.
        ([("corrected", 2, "10:30"), ("corrected", 2, "10:20")], "10:20"),
        # A correction of a correction is one of the fact.
        ([("corrected", 2, "10:30"), ("corrected", 3, "10:25")], "10:25"),
        # A void correction: the one before it stands again, or the fact as it was.
        ([("corrected", 2, "10:30"), ("voided", 3)], "10:00"),
        (
            [("corrected", 2, "10:30"), ("corrected", 2, "10:20"), ("voided", 4)],
            "10:30",
        ),
        (
            [("corrected", 2, "10:30"), ("corrected", 2, "10:20"), ("voided", 3)],
            "10:20",
        ),
        # With it falls what mended it.
        (
            [("corrected", 2, "10:30"), ("corrected", 3, "10:25"), ("voided", 3)],
            "10:00",
        ),
        # Void, and void no longer.
        ([("voided", 2)], None),
        ([("voided", 2), ("voided", 3)], "10:00"),
        ([("voided", 2), ("voided", 3), ("voided", 4)], None),
        ([("corrected", 2, "10:30"), ("voided", 2), ("voided", 4)], "10:30"),
        # Of what never was.
        ([("corrected", 99, "10:30"), ("voided", 98)], "10:00"),
        ([("corrected", 3, "10:30")], "10:00"),
    ],
)
def test_which_facts_stand(rewrites, expected):
    told = Told().answered("10:00")
    for verb, *values in rewrites:
        getattr(told, verb)(*values)
    stand = standing(told.facts)
    answered = [fact.at for fact in stand if fact.kind == "answered"]
    assert answered == ([at(expected)] if expected else [])
    assert standing(reversed(told.facts)) == stand
    assert standing(stand) == stand


def test_an_instant_in_data_needs_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        instant("2026-03-02T10:00:00")
    assert instant("2026-03-02T10:00:00+08:00") == at("10:00")
    assert instant(at("10:00")) == at("10:00")


def test_a_ticket_without_its_receipt_has_no_clocks():
    assert Told().voided(1).clocks("10:00") == ()
    assert derive([], standards=STANDARDS, now=at("10:00")) == ()


def missed_response() -> Told:
    """A general ticket whose response was missed at 11:00, and which was raised for it."""
    told = Told("09:00")
    return told.add(
        "severity_raised",
        "11:00",
        to=SERIOUS,
        automatic=True,
        miss="first_response.general.response.received",
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # Its miss stands.
        (missed_response(), None),
        (missed_response().answered("11:20"), None),
        # Answered in time after all: the raise is void.
        (missed_response().answered("10:50"), Amendment(2)),
        # Unless a person has since set the severity,
        (missed_response().raised("11:30", URGENT).answered("10:50"), None),
        (missed_response().lowered("11:30", GENERAL).answered("10:50"), None),
        # or a later automatic raise stands on it.
        (
            missed_response()
            .visit("11:05")
            .answered("10:50")
            .add(
                "severity_raised",
                "12:00",
                to=URGENT,
                automatic=True,
                miss="dispatch.serious.dispatch.r2.v3",
            ),
            None,
        ),
        # Missed at another instant: the raise moves with it.
        (missed_response().corrected(1, "08:50"), Amendment(2, at("10:50"))),
        (missed_response().waits("10:00").goes_on("10:10"), Amendment(2, at("11:10"))),
        # Once it has moved there is nothing left to mend.
        (missed_response().corrected(1, "08:50").corrected(2, "10:50"), None),
    ],
)
def test_what_becomes_of_an_automatic_raise(told, expected):
    assert next_amendment(told.facts, told.clocks("14:00")) == expected


def test_a_raise_by_a_later_step_rests_on_the_miss_before_it():
    told = Told("09:00").add(
        "severity_raised",
        "11:30",
        to=SERIOUS,
        automatic=True,
        miss="first_response.general.response.received",
        after=1800,
    )
    assert next_amendment(told.facts, told.clocks("12:00")) is None
    told.corrected(1, "09:05")
    assert next_amendment(told.facts, told.clocks("12:00")) == Amendment(2, at("11:35"))


def test_a_raise_on_which_another_miss_stands_is_kept():
    # Serious is to be solved 4 h after 11:00.
    told = missed_response().answered("10:50")
    assert next_amendment(told.facts, told.clocks("15:00")) == Amendment(2)
    assert next_amendment(told.facts, told.clocks("15:00:00.000001")) is None


def test_misses_at_one_instant_hold_one_raise_between_them():
    told = (
        Told("09:00", SERIOUS)
        .visit("09:00")
        .add(
            "severity_raised",
            "10:00",
            to=URGENT,
            automatic=True,
            miss="first_response.serious.response.received",
        )
    )
    told.answered("09:30")
    assert next_amendment(told.facts, told.clocks("10:30")) is None
    told.departed("09:40")
    assert next_amendment(told.facts, told.clocks("10:30")) == Amendment(3)


@pytest.mark.parametrize(
    ("happened", "written", "foreseeable"),
    [
        ("11:30", "11:30", True),  # after the miss, written down at once
        ("11:30", "12:00", True),  # after the miss, written down later
        ("11:30", "10:00", False),  # written down as earlier, corrected after the miss
    ],
)
def test_whether_a_miss_could_be_seen_when_it_happened(happened, written, foreseeable):
    told = Told("09:00").answered(min(happened, written))
    facts = [replace(fact, recorded_at=at("09:00")) for fact in told.facts[:1]]
    facts.append(replace(told.facts[1], recorded_at=at(written)))
    if written < happened:
        told.corrected(2, happened)
        facts.append(replace(told.facts[2], recorded_at=at("13:00")))
    (clock, _) = derive(facts, standards=STANDARDS, now=at("14:00"))
    assert in_short(clock) == "missed due 11:00 done 11:30"
    assert was_foreseeable(facts, clock, standards=STANDARDS) is foreseeable


def test_what_was_not_missed_was_not_foreseeable():
    told = Told("09:00")
    (clock, _) = told.clocks("10:00")
    assert was_foreseeable(told.facts, clock, standards=STANDARDS) is False


def test_the_margin_of_a_late_answer():
    told = Told("09:00").answered("11:20")
    clock = told.promise("12:00")["first_response"]
    assert clock.margin == -minutes(20)
    assert isinstance(clock.missed_at, datetime)
