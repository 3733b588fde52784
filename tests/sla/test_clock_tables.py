"""Working time by table: lunch, nights, month and year ends, holidays, pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sla.clock import (
    CountedPause,
    UnreachableError,
    advance,
    advance_while,
    counted_pause,
    counted_pauses,
    elapsed,
    is_provisional,
    normalise,
    working_intervals,
)
from sla.rules import ALWAYS, Interval
from tests.sla.clockwork import at, between, hours, weekly, windows

WORKDAY = "09:00-12:00 13:30-18:00"
#: Spring Festival and New Year 2026 as the State Council announced them.
OFFICE = weekly(
    "Asia/Shanghai",
    *[WORKDAY] * 5,
    exceptions={
        **{date(2026, 1, day): () for day in (1, 2, 3)},
        date(2026, 1, 4): windows(WORKDAY),  # a Sunday, worked for Friday the 2nd
        date(2026, 2, 14): windows(WORKDAY),  # a Saturday
        **{date(2026, 2, day): () for day in range(15, 24)},
        date(2026, 2, 28): windows(WORKDAY),  # a Saturday
        date(2027, 1, 1): (),
    },
    known_until=date(2026, 12, 31),
)
STANDBY = weekly("Asia/Shanghai", "08:00-24:00")
NIGHTS = weekly("Asia/Shanghai", *["22:00-06:00"] * 5)
ROUND_THE_CLOCK = weekly("Asia/Shanghai", "00:00-24:00")

#: calendar, start, amount, the earliest instant at which it has been worked
DUE = {
    "24x7": (ALWAYS, "2026-11-23 09:00", "8:00", "2026-11-23 17:00"),
    "24x7 over midnight": (ALWAYS, "2026-11-23 22:00", "8:00", "2026-11-24 06:00"),
    "24x7 over the year's end": (ALWAYS, "2026-12-31 23:00", "2:00", "2027-01-01 01:00"),
    "24x7 over a leap day": (ALWAYS, "2028-02-28 12:00", "48:00", "2028-03-01 12:00"),
    "within the morning": (OFFICE, "2026-11-23 09:00", "2:00", "2026-11-23 11:00"),
    "to the lunch break": (OFFICE, "2026-11-23 09:00", "3:00", "2026-11-23 12:00"),
    "over lunch": (OFFICE, "2026-11-23 11:00", "2:00", "2026-11-23 14:30"),
    "a moment over lunch": (
        OFFICE, "2026-11-23 09:00", "3:00:00.000001", "2026-11-23 13:30:00.000001",
    ),
    "received in the lunch break": (OFFICE, "2026-11-23 12:40", "1:00", "2026-11-23 14:30"),
    "received before opening": (OFFICE, "2026-11-23 07:00", "1:00", "2026-11-23 10:00"),
    "to the end of the day": (OFFICE, "2026-11-23 09:00", "7:30", "2026-11-23 18:00"),
    "over night": (OFFICE, "2026-11-23 17:00", "2:00", "2026-11-24 10:00"),
    "over the weekend": (OFFICE, "2026-11-20 17:00", "2:00", "2026-11-23 10:00"),
    "received on a Sunday": (OFFICE, "2026-11-22 10:00", "0:30", "2026-11-23 09:30"),
    "over the month's end": (OFFICE, "2026-09-30 17:30", "1:00", "2026-10-01 09:30"),
    "over a leap day, weekdays": (OFFICE, "2028-02-28 17:00", "9:30", "2028-03-01 10:00"),
    "28 February, no leap year": (OFFICE, "2027-02-26 17:00", "2:00", "2027-03-01 10:00"),
    "to a Saturday made up": (OFFICE, "2026-02-13 17:00", "2:00", "2026-02-14 10:00"),
    "over Spring Festival": (OFFICE, "2026-02-14 17:00", "2:00", "2026-02-24 10:00"),
    "in Spring Festival": (OFFICE, "2026-02-18 10:00", "1:00", "2026-02-24 10:00"),
    "from Friday to Saturday made up": (
        OFFICE, "2026-02-27 17:00", "8:30", "2026-02-28 18:00",
    ),
    "over the year's end to a Sunday made up": (
        OFFICE, "2025-12-31 17:00", "2:00", "2026-01-04 10:00",
    ),
    "a whole week": (OFFICE, "2026-11-23 09:00", "37:30", "2026-11-27 18:00"),
    "a week and a moment": (
        OFFICE, "2026-11-23 09:00", "37:30:00.000001", "2026-11-30 09:00:00.000001",
    ),
    "a year of weekdays": (OFFICE, "2029-01-01 09:00", "1957:30", "2029-12-31 18:00"),
    "beyond what is known": (OFFICE, "2035-05-01 09:00", "8:30", "2035-05-02 10:00"),
    "standby to midnight": (STANDBY, "2026-11-23 22:00", "2:00", "2026-11-24 00:00"),
    "standby after midnight": (STANDBY, "2026-11-24 00:00", "1:00", "2026-11-24 09:00"),
    "standby received at night": (STANDBY, "2026-11-24 02:00", "1:00", "2026-11-24 09:00"),
    "in a night shift": (NIGHTS, "2026-11-23 23:00", "2:00", "2026-11-24 01:00"),
    "to the next night shift": (NIGHTS, "2026-11-24 05:00", "2:00", "2026-11-24 23:00"),
    "Friday's night shift": (NIGHTS, "2026-11-27 23:00", "7:00", "2026-11-28 06:00"),
    "from Friday's night shift": (NIGHTS, "2026-11-28 05:00", "2:00", "2026-11-30 23:00"),
    "no window is no gap": (
        ROUND_THE_CLOCK, "2026-12-30 13:00", "72:00", "2027-01-02 13:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("calendar", "start", "amount", "due"), DUE.values(), ids=DUE)
def test_due_is_where_the_working_time_is_used_up(calendar, start, amount, due):
    assert advance(calendar=calendar, start=at(start), amount=hours(amount)) == at(due)


@pytest.mark.parametrize(("calendar", "start", "amount", "due"), DUE.values(), ids=DUE)
def test_elapsed_says_the_same_from_the_other_side(calendar, start, amount, due):
    assert elapsed(calendar=calendar, start=at(start), end=at(due)) == hours(amount)


#: calendar, start, amount, pauses, due
PAUSED = {
    "the worked example: 23 h until the appointment": (
        ALWAYS, "2026-11-23 09:00", "8:00",
        ["2026-11-23 11:00 / 2026-11-24 10:00"], "2026-11-24 16:00",
    ),
    "overlapping pauses count once": (
        ALWAYS, "2026-11-23 09:00", "4:00",
        ["2026-11-23 10:00 / 2026-11-23 12:00", "2026-11-23 11:00 / 2026-11-23 13:00"],
        "2026-11-23 16:00",
    ),
    "a pause inside a pause": (
        ALWAYS, "2026-11-23 09:00", "4:00",
        ["2026-11-23 10:00 / 2026-11-23 14:00", "2026-11-23 11:00 / 2026-11-23 12:00"],
        "2026-11-23 17:00",
    ),
    "a pause that began before the start counts from the start": (
        ALWAYS, "2026-11-23 09:00", "1:00",
        ["2026-11-23 08:00 / 2026-11-23 09:30"], "2026-11-23 10:30",
    ),
    "a pause before the start does not count": (
        ALWAYS, "2026-11-23 09:00", "1:00",
        ["2026-11-23 07:00 / 2026-11-23 09:00"], "2026-11-23 10:00",
    ),
    "a pause after the due time does not count": (
        ALWAYS, "2026-11-23 09:00", "1:00",
        ["2026-11-23 10:00 / 2026-11-23 12:00"], "2026-11-23 10:00",
    ),
    "a pause that begins just before the due time does": (
        ALWAYS, "2026-11-23 09:00", "1:00",
        ["2026-11-23 09:59:59.999999 / 2026-11-23 12:00"], "2026-11-23 12:00:00.000001",
    ),
    "a pause over a weekend counts only the working time": (
        OFFICE, "2026-11-20 16:00", "3:00",
        ["2026-11-20 17:00 / 2026-11-23 10:00"], "2026-11-23 12:00",
    ),
    "a pause over lunch and nothing else takes nothing": (
        OFFICE, "2026-11-23 11:00", "2:00",
        ["2026-11-23 12:00 / 2026-11-23 13:30"], "2026-11-23 14:30",
    ),
    "used up as the morning ends, with a pause over lunch": (
        OFFICE, "2026-11-23 11:00", "1:00",
        ["2026-11-23 12:00 / 2026-11-23 15:00"], "2026-11-23 12:00",
    ),
    "an empty and a backward pause are none": (
        ALWAYS, "2026-11-23 09:00", "4:00",
        ["2026-11-23 10:00 / 2026-11-23 10:00", "2026-11-23 12:00 / 2026-11-23 10:00"],
        "2026-11-23 13:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "pauses", "due"), PAUSED.values(), ids=PAUSED
)
def test_pauses_are_not_counted(calendar, start, amount, pauses, due):
    stretches = [between(pause) for pause in pauses]
    asked = {"calendar": calendar, "start": at(start), "pauses": stretches}
    assert advance(**asked, amount=hours(amount)) == at(due)
    assert advance(**asked | {"pauses": stretches[::-1]}, amount=hours(amount)) == at(
        due
    )
    assert elapsed(**asked, end=at(due)) == hours(amount)


@pytest.mark.parametrize("calendar", [ALWAYS, OFFICE, NIGHTS])
def test_no_limit_is_due_at_once_even_at_night_and_in_a_pause(calendar):
    night = at("2026-11-22 03:00")
    pause = between("2026-11-22 01:00 / 2026-11-25 00:00")
    due = advance(calendar=calendar, start=night, amount=timedelta(0), pauses=[pause])
    assert due == night


def test_nothing_has_elapsed_before_the_start():
    start = at("2026-11-23 09:00")
    assert elapsed(calendar=ALWAYS, start=start, end=start) == timedelta(0)
    assert (
        elapsed(calendar=OFFICE, start=start, end=at("2026-11-20 09:00")) == timedelta()
    )


def test_while_a_pause_lasts_there_is_no_due_time():
    asked = {
        "calendar": ALWAYS,
        "start": at("2026-11-23 09:00"),
        "amount": hours("8:00"),
    }
    assert advance_while(**asked) == at("2026-11-23 17:00")
    assert advance_while(**asked, paused_since=at("2026-11-23 11:00")) is None
    assert advance_while(**asked, paused_since=at("2026-11-23 08:00")) is None


def test_a_pause_that_begins_after_or_at_the_due_time_changes_nothing():
    asked = {
        "calendar": ALWAYS,
        "start": at("2026-11-23 09:00"),
        "amount": hours("8:00"),
    }
    due = at("2026-11-23 17:00")
    assert advance_while(**asked, paused_since=due) == due
    assert advance_while(**asked, paused_since=due - timedelta.resolution) is None
    later = [between("2026-11-23 12:00 / 2026-11-23 13:00")]
    assert advance_while(**asked, pauses=later, paused_since=due) is None
    nothing = asked | {"amount": timedelta(0)}
    assert (
        advance_while(**nothing, paused_since=at("2026-11-23 01:00")) == asked["start"]
    )


def test_an_open_pause_is_known_to_be_harmless_where_the_night_hides_it():
    due = advance_while(
        calendar=OFFICE,
        start=at("2026-11-23 17:00"),
        amount=hours("1:00"),
        paused_since=at("2026-11-23 18:00"),
    )
    assert due == at("2026-11-23 18:00")


def test_what_the_pauses_took_out_is_listed_merged_and_cut():
    asked = {
        "calendar": OFFICE,
        "start": at("2026-11-23 09:00"),
        "end": at("2026-11-24 18:00"),
        "pauses": [
            between("2026-11-23 17:00 / 2026-11-24 10:00"),
            between("2026-11-23 11:00 / 2026-11-23 13:00"),
            between("2026-11-23 10:00 / 2026-11-23 11:30"),
            between("2026-11-24 17:00 / 2026-11-25 12:00"),
            between("2026-11-25 12:00 / 2026-11-25 13:00"),
        ],
    }
    assert counted_pauses(**asked) == (
        CountedPause(between("2026-11-23 10:00 / 2026-11-23 13:00"), hours("2:00")),
        CountedPause(between("2026-11-23 17:00 / 2026-11-24 10:00"), hours("2:00")),
        CountedPause(between("2026-11-24 17:00 / 2026-11-24 18:00"), hours("1:00")),
    )
    assert counted_pause(**asked) == hours("5:00")


def test_a_pause_in_the_night_took_nothing_but_is_listed():
    night = between("2026-11-23 19:00 / 2026-11-24 08:00")
    listed = counted_pauses(
        calendar=OFFICE,
        start=at("2026-11-23 09:00"),
        end=at("2026-11-24 18:00"),
        pauses=[night],
    )
    assert listed == (CountedPause(night, timedelta(0)),)


def test_working_time_can_be_drawn():
    drawn = working_intervals(
        calendar=OFFICE, start=at("2026-02-14 15:00"), end=at("2026-02-24 10:00")
    )
    assert drawn == (
        between("2026-02-14 15:00 / 2026-02-14 18:00"),
        between("2026-02-24 09:00 / 2026-02-24 10:00"),
    )
    whole = between("2026-02-14 15:00 / 2026-02-24 10:00")
    assert working_intervals(calendar=ALWAYS, start=whole.start, end=whole.end) == (
        whole,
    )
    assert working_intervals(calendar=OFFICE, start=whole.end, end=whole.start) == ()


@pytest.mark.parametrize(
    ("due", "provisional"),
    [
        ("2026-12-31 18:00", False),
        ("2027-01-01 00:00", False),
        ("2027-01-01 00:00:00.000001", True),
        ("2027-06-01 09:00", True),
    ],
)
def test_a_due_time_beyond_what_the_calendar_knows_is_provisional(due, provisional):
    assert is_provisional(OFFICE, at(due)) is provisional
    assert is_provisional(ALWAYS, at(due)) is False
    assert is_provisional(STANDBY, at(due)) is False


def test_beyond_what_it_knows_weekdays_are_assumed():
    due = advance(calendar=OFFICE, start=at("2028-01-25 17:00"), amount=hours("8:30"))
    assert due == at("2028-01-26 18:00")  # the eve of Spring Festival 2028


def test_instants_of_any_zone_are_understood_and_utc_comes_back():
    start = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8)))
    due = advance(calendar=OFFICE, start=start, amount=hours("1:00"))
    assert (due, due.tzinfo) == (at("2026-11-23 10:00"), UTC)


def test_a_naive_instant_is_refused():
    naive = datetime(2026, 11, 23, 9)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        advance(calendar=ALWAYS, start=naive, amount=hours("1:00"))
    with pytest.raises(ValueError, match="zone"):
        elapsed(calendar=OFFICE, start=at("2026-11-23 09:00"), end=naive)


def test_a_negative_amount_is_refused():
    with pytest.raises(ValueError, match="negative"):
        advance(calendar=ALWAYS, start=at("2026-11-23 09:00"), amount=hours("-1:00"))


def test_a_calendar_without_working_time_says_so_at_once():
    with pytest.raises(UnreachableError, match="test"):
        advance(
            calendar=weekly("UTC", ""),
            start=at("2026-11-23 09:00"),
            amount=hours("1:00"),
        )


def test_a_calendar_of_single_days_ends_with_the_last_of_them():
    lone = weekly("UTC", "", exceptions={date(2026, 12, 24): windows("09:00-12:00")})
    start = at("2026-11-23 09:00", "UTC")
    assert advance(calendar=lone, start=start, amount=hours("3:00")) == at(
        "2026-12-24 12:00", "UTC"
    )
    with pytest.raises(UnreachableError):
        advance(calendar=lone, start=start, amount=hours("3:01"))


def test_too_much_for_a_hundred_years_is_unreachable():
    mondays = weekly("UTC", "00:00-00:01", "", "", "", "")
    with pytest.raises(UnreachableError):
        advance(calendar=mondays, start=at("2026-11-23 09:00"), amount=hours("2000:00"))
    with pytest.raises(UnreachableError):
        advance(
            calendar=ALWAYS,
            start=at("2026-11-23 09:00"),
            amount=timedelta(days=3_000_000),
        )


def test_normalise_merges_what_touches_and_drops_what_is_empty():
    merged = normalise(
        [
            between("2026-11-23 12:00 / 2026-11-23 13:00"),
            between("2026-11-23 10:00 / 2026-11-23 11:00"),
            between("2026-11-23 11:00 / 2026-11-23 12:00"),
            between("2026-11-23 15:00 / 2026-11-23 15:00"),
            between("2026-11-23 18:00 / 2026-11-23 17:00"),
            Interval(
                at("2026-11-23 14:00").astimezone(timezone(timedelta(hours=-5))),
                at("2026-11-23 14:30"),
            ),
        ]
    )
    assert merged == (
        between("2026-11-23 10:00 / 2026-11-23 13:00"),
        between("2026-11-23 14:00 / 2026-11-23 14:30"),
    )
    assert all(interval.start.tzinfo is UTC for interval in merged)
