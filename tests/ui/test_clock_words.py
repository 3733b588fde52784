"""The one clock: what it says at which instant, and lengths of time in words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from servicedesk.lib.ui import ClockView
from servicedesk.lib.ui.clock import face
from servicedesk.lib.ui.times import at_day, relative
from servicedesk.lib.ui.words import duration, span

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
H = timedelta(hours=1)
M = timedelta(minutes=1)
TINY = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), timezone.override("UTC"):
        yield


def clock(**changes):
    given = {
        "label": "Resolution",
        "state": "running",
        "started_at": NOON,
        "due_at": NOON + 8 * H,
        "warn_at": NOON + 6 * H,
        "limit": 8 * H,
    }
    return ClockView(**(given | changes))


@pytest.mark.parametrize(
    ("after", "state", "time", "percent"),
    [
        (0 * H, "running", "8 h 00 min left", 0),
        (2 * H, "running", "6 h 00 min left", 25),
        (6 * H - TINY, "running", "2 h 00 min left", 75),
        (6 * H, "warning", "2 h 00 min left", 75),
        (8 * H - 5 * M, "warning", "5:00 left", 99),
        (8 * H, "warning", "0:00 left", 100),
        (8 * H + TINY, "missed", "0:00 over", 100),
        (9 * H, "missed", "1 h 00 min over", 100),
    ],
)
def test_a_running_clock_warns_and_is_missed_by_itself(after, state, time, percent):
    shown = face(clock(), NOON + after)
    assert (shown.state, shown.time, shown.percent) == (state, time, percent)


def test_exactly_at_the_limit_is_not_missed():
    assert face(clock(warn_at=None), NOON + 8 * H).state == "running"


@pytest.mark.parametrize(
    ("finished", "state", "time"),
    [
        (NOON + 7 * H + 30 * M, "met", "30 min to spare"),
        (NOON + 8 * H, "met", "exactly on time"),
        (NOON + 10 * H, "missed", "2 h late"),
    ],
)
def test_a_finished_clock_says_its_result_and_stands_still(finished, state, time):
    shown = face(clock(state=state, finished_at=finished), NOON + 100 * H)
    assert (shown.time, shown.ticking) == (time, False)


def test_a_missed_clock_goes_on_counting():
    shown = face(clock(state="missed"), NOON + 9 * H + 20 * M)
    assert (shown.time, shown.ticking) == ("1 h 20 min over", True)


def test_a_paused_clock_says_what_is_left_and_does_not_tick():
    shown = face(clock(state="paused", used=2 * H), NOON + 50 * H)
    assert (shown.time, shown.percent, shown.ticking) == ("6 h left", 25, False)


@pytest.mark.parametrize("state", ["pending", "superseded", "cancelled"])
def test_a_clock_that_does_not_run_has_no_time(state):
    assert face(clock(state=state, due_at=None), NOON).time == ""


def test_a_clock_of_working_hours_grows_from_what_was_counted_to_its_limit():
    view = clock(
        limit=8 * H, used=2 * H, as_of=NOON, due_at=NOON + 24 * H, warn_at=None
    )
    percents = [face(view, NOON + after * H).percent for after in (0, 12, 24)]
    assert percents == [25, 62, 100]


@pytest.mark.parametrize(
    ("seconds", "counting", "still"),
    [
        (0, "0:00", "0 s"),
        (45, "0:45", "45 s"),
        (599, "9:59", "9 min 59 s"),
        (600, "10 min", "10 min"),
        (3660, "1 h 01 min", "1 h 1 min"),
        (7200, "2 h 00 min", "2 h"),
        (90061, "1 d 1 h", "1 d 1 h 1 min"),
    ],
)
def test_lengths_in_words(seconds, counting, still):
    length = timedelta(seconds=seconds)
    assert (duration(length), span(length)) == (counting, still)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NOON - 30 * timedelta(seconds=1), "just now"),
        (NOON - 5 * M, "5 min ago"),
        (NOON + 3 * H, "in 3 h"),
        (NOON - 30 * H, "yesterday 06:00"),
        (NOON - 72 * H, "19 Nov 12:00"),
        (NOON - 400 * 24 * H, "2025-10-18 12:00"),
    ],
)
def test_times_are_rounder_the_closer_they_are(instant, text):
    assert relative(instant, NOON) == text


def test_days_are_those_of_the_tenants_zone():
    with timezone.override("Asia/Shanghai"):
        assert at_day(NOON + 5 * H, NOON) == "tomorrow 01:00"
