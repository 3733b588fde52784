"""China's holidays come from a library; here is what the State Council announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sla.clock import advance, elapsed, is_provisional
from sla.holidays import HolidayTable, adopted, exceptions_of, library, renewed
from tests.sla.clockwork import at, hours, weekly, windows

WORKDAY = "09:00-12:00 13:30-18:00"
CHINA = library()["CN"]
OFFICE = weekly(
    "Asia/Shanghai",
    *[WORKDAY] * 5,
    exceptions=exceptions_of(CHINA, make_up_hours=windows(WORKDAY)),
    known_until=CHINA.known_until,
    holidays="CN",
    make_up_hours=windows(WORKDAY),
)

#: Weekend days that are worked: notices of the State Council for 2025 and 2026.
MADE_UP = [
    *["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
    *[
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ],
]
#: Weekdays off, first and last of each run, from the same notices.
OFF = [
    *[("2025-01-01", 1), ("2025-01-28", 5), ("2025-02-03", 2), ("2025-04-04", 1)],
    *[("2025-05-01", 2), ("2025-05-05", 1), ("2025-06-02", 1), ("2025-10-01", 3)],
    *[("2025-10-06", 3), ("2026-01-01", 2), ("2026-02-16", 5), ("2026-02-23", 1)],
    *[("2026-04-06", 1), ("2026-05-01", 1), ("2026-05-04", 2), ("2026-06-19", 1)],
    *[("2026-09-25", 1), ("2026-10-01", 2), ("2026-10-05", 3)],
]


def days_of(year: int):
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    return [day for day in days if day.year == year]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_year_is_as_announced(year):
    made_up = {date.fromisoformat(day) for day in MADE_UP}
    off = {
        date.fromisoformat(first) + timedelta(days=n)
        for first, length in OFF
        for n in range(length)
    }
    for day in days_of(year):
        start = at(f"{day} 00:00")
        worked = elapsed(calendar=OFFICE, start=start, end=start + timedelta(days=1))
        works = day in made_up or (day.weekday() < 5 and day not in off)
        assert worked == (hours("7:30") if works else timedelta(0)), day


@pytest.mark.parametrize("day", MADE_UP)
def test_a_make_up_day_is_a_weekend_day_that_is_worked(day):
    assert date.fromisoformat(day).weekday() >= 5
    due = advance(calendar=OFFICE, start=at(f"{day} 09:00"), amount=hours("1:00"))
    assert due == at(f"{day} 10:00")


def test_the_days_are_known_to_the_end_of_the_last_announced_year():
    year = CHINA.known_until.year
    assert CHINA.known_until == date(year, 12, 31)
    assert year >= 2026
    assert {day.year for day in CHINA.closed} == {year - 2, year - 1, year}
    assert not CHINA.closed & CHINA.make_up
    assert not is_provisional(OFFICE, at(f"{year}-12-31 18:00"))
    assert is_provisional(OFFICE, at(f"{year + 1}-01-04 10:00"))


def test_an_unknown_region_is_not_in_the_library():
    assert "XX" not in library()


NEXT_YEAR = date(CHINA.known_until.year + 1, 1, 1)
NEWER = HolidayTable(
    closed=CHINA.closed | {NEXT_YEAR} | {date(2026, 3, 2)},
    make_up=CHINA.make_up | {NEXT_YEAR + timedelta(days=1)},
    known_until=date(NEXT_YEAR.year, 12, 31),
)


def test_a_newer_table_adds_only_days_that_were_not_known():
    own = {NEXT_YEAR + timedelta(days=7): ()}
    calendar = weekly(
        "Asia/Shanghai",
        *[WORKDAY] * 5,
        exceptions={**OFFICE.exceptions, **own},
        known_until=OFFICE.known_until,
        make_up_hours=windows(WORKDAY),
    )
    newer = renewed(calendar, NEWER)
    assert newer.exceptions == {
        **OFFICE.exceptions,
        **own,
        NEXT_YEAR: (),
        NEXT_YEAR + timedelta(days=1): windows(WORKDAY),
    }
    assert newer.known_until == NEWER.known_until


def test_a_table_that_knows_nothing_more_changes_nothing():
    assert renewed(OFFICE, CHINA) is OFFICE
    no_holidays = weekly("UTC", "09:00-17:00")
    assert renewed(no_holidays, NEWER) is no_holidays


def test_an_open_ticket_adopts_only_the_days_after_what_it_knew():
    revision = weekly(
        "Asia/Shanghai",
        *[WORKDAY] * 5,
        exceptions={date(2026, 11, 24): (), NEXT_YEAR: ()},
        known_until=NEWER.known_until,
    )
    now = adopted(OFFICE, revision)
    assert now.exceptions == {**OFFICE.exceptions, NEXT_YEAR: ()}
    assert now.known_until == NEWER.known_until
    older = weekly("Asia/Shanghai", "", known_until=date(2020, 12, 31))
    assert adopted(OFFICE, older) == OFFICE
    no_holidays = weekly("UTC", "09:00-17:00")
    assert adopted(no_holidays, revision) is no_holidays
