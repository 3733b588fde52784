"""Working time on the days when the clocks change, by table and against the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.clock import advance, elapsed
from sla.timeline import first_instant
from tests.sla.clockwork import at, hours, weekly

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
CAIRO, APIA, SHANGHAI = "Africa/Cairo", "Pacific/Apia", "Asia/Shanghai"

#: zone, the windows of every day, a local day, the working time it has
DAYS = {
    "Berlin, forward, whole day": (BERLIN, "00:00-24:00", "2026-03-29", "23:00"),
    "Berlin, back, whole day": (BERLIN, "00:00-24:00", "2026-10-25", "25:00"),
    "Berlin, an ordinary day": (BERLIN, "00:00-24:00", "2026-10-26", "24:00"),
    "Berlin, forward, around the gap": (BERLIN, "01:00-04:00", "2026-03-29", "2:00"),
    "Berlin, back, around the fold": (BERLIN, "01:00-04:00", "2026-10-25", "4:00"),
    "Berlin, opening in the gap": (BERLIN, "02:30-05:00", "2026-03-29", "2:00"),
    "Berlin, closing in the gap": (BERLIN, "00:30-02:30", "2026-03-29", "1:30"),
    "Berlin, wholly in the gap": (BERLIN, "02:10-02:50", "2026-03-29", "0:00"),
    "Berlin, opening in the fold": (BERLIN, "02:30-05:00", "2026-10-25", "3:30"),
    "Berlin, closing in the fold": (BERLIN, "00:30-02:30", "2026-10-25", "2:00"),
    "Berlin, wholly in the fold": (BERLIN, "02:10-02:50", "2026-10-25", "0:40"),
    "Berlin, to the gap": (BERLIN, "00:00-02:00", "2026-03-29", "2:00"),
    "Berlin, from the gap's end": (BERLIN, "03:00-09:00", "2026-03-29", "6:00"),
    "Berlin, the repeated hour": (BERLIN, "02:00-03:00", "2026-10-25", "2:00"),
    "Berlin, office hours don't care": (BERLIN, "09:00-17:00", "2026-03-29", "8:00"),
    "New York, forward": (NEW_YORK, "00:00-24:00", "2026-03-08", "23:00"),
    "New York, back": (NEW_YORK, "00:00-24:00", "2026-11-01", "25:00"),
    "Lord Howe, half an hour forward": (
        LORD_HOWE,
        "00:00-24:00",
        "2026-10-04",
        "23:30",
    ),
    "Lord Howe, half an hour back": (LORD_HOWE, "00:00-24:00", "2026-04-05", "24:30"),
    "Lord Howe, opening in the half hour": (
        LORD_HOWE,
        "02:10-06:00",
        "2026-10-04",
        "3:30",
    ),
    "Lord Howe, closing in the fold": (LORD_HOWE, "01:00-01:45", "2026-04-05", "0:45"),
    "Cairo, midnight in the gap": (CAIRO, "00:00-24:00", "2026-04-24", "23:00"),
    "Cairo, midnight in the fold": (CAIRO, "00:00-24:00", "2026-10-29", "25:00"),
    "Apia, a day that never was": (APIA, "09:00-17:00", "2011-12-30", "0:00"),
    "Shanghai has no summer time": (SHANGHAI, "00:00-24:00", "2026-03-29", "24:00"),
    "Shanghai had it in 1986": (SHANGHAI, "00:00-24:00", "1986-05-04", "23:00"),
    "London far ahead": ("Europe/London", "00:00-24:00", "2061-03-27", "23:00"),
}


@pytest.mark.parametrize(
    ("zone", "hours_of_day", "day", "worked"), DAYS.values(), ids=DAYS
)
def test_a_day_has_the_time_that_really_passes(zone, hours_of_day, day, worked):
    midnight = datetime.fromisoformat(day)
    start = first_instant(midnight, ZoneInfo(zone))
    end = first_instant(midnight + timedelta(days=1), ZoneInfo(zone))
    calendar = weekly(zone, hours_of_day)
    assert elapsed(calendar=calendar, start=start, end=end) == hours(worked)


#: zone, windows, start, amount, due; a star is the second time the clock reads that
DUE = {
    "a night shift loses an hour": (
        BERLIN, "22:00-06:00", "2026-03-28 22:00", "7:00", "2026-03-29 06:00",
    ),
    "a night shift gains an hour": (
        BERLIN, "22:00-06:00", "2026-10-24 22:00", "9:00", "2026-10-25 06:00",
    ),
    "due in the second repeated hour": (
        BERLIN, "22:00-06:00", "2026-10-24 22:00", "5:30", "2026-10-25 02:30*",
    ),
    "due in the first": (
        BERLIN, "22:00-06:00", "2026-10-24 22:00", "4:30", "2026-10-25 02:30",
    ),
    "from the second repeated hour": (
        BERLIN, "22:00-06:00", "2026-10-25 02:30*", "1:00", "2026-10-25 03:30",
    ),
    "across the gap": (
        NEW_YORK, "00:00-24:00", "2026-03-08 01:30", "1:00", "2026-03-08 03:30",
    ),
    "across the fold": (
        NEW_YORK, "00:00-24:00", "2026-11-01 01:30", "1:00", "2026-11-01 01:30*",
    ),
    "office hours over the weekend of the change": (
        BERLIN, "09:00-17:00", "2026-10-24 16:00", "2:00", "2026-10-25 10:00",
    ),
    "half an hour skipped": (
        LORD_HOWE, "00:00-24:00", "2026-10-04 01:45", "0:30", "2026-10-04 02:45",
    ),
    "half an hour repeated": (
        LORD_HOWE, "00:00-24:00", "2026-04-05 01:45", "0:30", "2026-04-05 01:45*",
    ),
    "over the day that never was": (
        APIA, "09:00-17:00", "2011-12-29 16:00", "2:00", "2011-12-31 10:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "hours_of_day", "start", "amount", "due"), DUE.values(), ids=DUE
)
def test_due_across_a_change_of_the_clocks(zone, hours_of_day, start, amount, due):
    calendar = weekly(zone, hours_of_day)
    begin = at(start, zone)
    assert advance(calendar=calendar, start=begin, amount=hours(amount)) == at(
        due, zone
    )
    assert elapsed(calendar=calendar, start=begin, end=at(due, zone)) == hours(amount)


@pytest.mark.parametrize(
    ("zone", "wall", "first"),
    [
        (BERLIN, "2026-03-29 01:59:59", "2026-03-29T00:59:59"),
        (BERLIN, "2026-03-29 02:00", "2026-03-29T01:00:00"),
        (BERLIN, "2026-03-29 02:30:00.5", "2026-03-29T01:00:00"),
        (BERLIN, "2026-03-29 02:59:59.999999", "2026-03-29T01:00:00"),
        (BERLIN, "2026-03-29 03:00", "2026-03-29T01:00:00"),
        (BERLIN, "2026-10-25 02:00", "2026-10-25T00:00:00"),
        (BERLIN, "2026-10-25 02:59:59", "2026-10-25T00:59:59"),
        (BERLIN, "2026-10-25 03:00", "2026-10-25T02:00:00"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03T15:30:00"),
        (APIA, "2011-12-30 00:00", "2011-12-30T10:00:00"),
        (APIA, "2011-12-30 23:59", "2011-12-30T10:00:00"),
        ("Africa/Monrovia", "1972-01-07 00:20", "1972-01-07T00:44:30"),
    ],
)
def test_an_edge_is_the_first_instant_the_clock_reads_so_much(zone, wall, first):
    instant = first_instant(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert instant == datetime.fromisoformat(first).replace(tzinfo=UTC)
