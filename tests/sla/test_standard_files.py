"""Standards are written to files and to storage and come back equal, whatever they hold."""

from __future__ import annotations

import json
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.lib.textfile.notation import (
    MAX_DAYS,
    NotationError,
    read_duration,
    write_duration,
)
from sla.rules import Recipient
from sla.standards import (
    StandardError,
    calendar_from_data,
    calendar_to_data,
    dump_standard,
    from_data,
    load_standard,
    to_data,
)
from sla.standards.notation import (
    read_share,
    read_window,
    write_share,
)
from tests.sla.standard_file import FILE, REGIONS, load
from tests.sla.standard_strategies import shares, standards


@settings(max_examples=120, deadline=None)
@given(standards())
def test_a_standard_that_is_written_and_loaded_is_the_same(standard):
    text = dump_standard(standard)
    again = load_standard(text, holidays={})
    assert again == standard
    assert list(again.calendars) == list(standard.calendars)
    assert dump_standard(again) == text


@settings(max_examples=120, deadline=None)
@given(standards())
def test_a_standard_that_is_stored_is_the_same(standard):
    assert from_data(json.loads(json.dumps(to_data(standard)))) == standard
    for calendar in standard.calendars.values():
        stored = json.loads(json.dumps(calendar_to_data(calendar)))
        assert calendar_from_data(stored) == calendar


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=200) | st.from_regex(r"([a-z]+: .{0,9}\n){1,5}", fullmatch=True)
)
def test_any_text_is_a_standard_or_refused(text):
    with pytest.raises(StandardError):
        load(text)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_means_something(data):
    """Whatever is cut out, put in or repeated: a standard or reasons, never a crash."""
    start = data.draw(st.integers(0, len(FILE)))
    end = start + data.draw(st.integers(0, 60))
    put = data.draw(
        st.sampled_from(
            ["", "[", "]", "{", "}", ": ", "- ", "\n", "&a ", "*a", "!!x ", "0"]
        )
        | st.text(max_size=8)
    )
    text = FILE[:start] + put + FILE[end:]
    problems = problems_of(text)
    for problem in problems:
        assert 1 <= problem.line <= len(text.splitlines()) + 1
        assert str(problem)
    if not problems:
        standard = load(text)
        assert load_standard(dump_standard(standard), holidays={}) == standard


def problems_of(text: str):
    try:
        load(text)
    except StandardError as error:
        return error.problems or pytest.fail("refused without a reason")
    return ()


@given(st.timedeltas(timedelta(0), timedelta(days=MAX_DAYS)), st.booleans())
def test_a_duration_is_written_exactly(length, in_days):
    assert read_duration(write_duration(length, in_days=in_days)).length == length


@given(shares)
def test_a_share_is_written_exactly(share):
    assert read_share(write_share(share)) == share


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10min", timedelta(minutes=10)),
        ("10 minutes", timedelta(minutes=10)),
        ("1h30min", timedelta(minutes=90)),
        ("1 h 30 min", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("30d", timedelta(days=30)),
        ("0.000001s", timedelta.resolution),
        ("PT10M", timedelta(minutes=10)),
        ("P1DT2H", timedelta(hours=26)),
        ("2小时", timedelta(hours=2)),
        ("10 分钟", timedelta(minutes=10)),
        ("30天", timedelta(days=30)),
        ("0", timedelta(0)),
    ],
)
def test_durations_can_be_written_as_people_write_them(text, length):
    assert read_duration(text).length == length


@pytest.mark.parametrize("text", ["", "h", "1 h 5", "1h,5min", "P", "1y", "∞", "1h-2h"])
def test_what_is_no_duration(text):
    with pytest.raises(NotationError):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("9:00-12:00", (time(9), time(12))),
        ("09:00 – 12:00", (time(9), time(12))),
        ("22:00-06:00", (time(22), time(6))),
        ("08:00-24:00", (time(8), time(0))),
        ("08:00-00:00", (time(8), time(0))),
        ("00:00-24:00", (time(0), time(0))),
        ("09:00:30-12:00", (time(9, 0, 30), time(12))),
    ],
)
def test_windows_can_be_written_as_people_write_them(text, window):
    assert read_window(text) == window


def test_the_holidays_of_a_region_are_copied_and_a_hand_written_date_wins():
    text = FILE.replace(
        "      2026-12-31:", "      2026-10-02: 10:00-11:00\n      2026-12-31:"
    )
    office = load(text).calendars["office"]
    assert office.exceptions == {
        date(2026, 10, 1): (),
        date(2026, 10, 2): ((time(10), time(11)),),
        date(2026, 10, 10): ((time(9), time(17)),),
        date(2026, 12, 31): ((time(9), time(12)),),
    }
    assert (office.known_until, office.holidays) == (date(2026, 12, 31), "CN")
    assert office.make_up_hours == ((time(9), time(17)),)


def test_night_shifts_survive():
    text = FILE.replace("saturday: [09:00-12:00]", "saturday-sunday: 20:00-08:30")
    standard = load(text)
    assert standard.calendars["office"].week[6] == ((time(20), time(8, 30)),)
    assert load(dump_standard(standard)) == standard


def test_an_exported_file_keeps_its_holidays_when_the_library_knows_more():
    text = dump_standard(load(FILE))
    more = {"CN": REGIONS["XX"]}
    assert load_standard(text, holidays=more) == load(FILE)


def test_make_up_days_have_the_hours_of_the_week_where_these_are_all_the_same():
    text = FILE.replace("      saturday: [09:00-12:00]\n", "").replace(
        "    make_up_hours: 09:00-17:00\n", ""
    )
    office = load(text).calendars["office"]
    assert office.make_up_hours == office.week[0]
    assert office.exceptions[date(2026, 10, 10)] == office.week[0]


def test_a_region_without_make_up_days_needs_no_hours_for_them():
    text = FILE.replace("holidays: CN\n    make_up_hours: 09:00-17:00", "holidays: XX")
    assert load(text).calendars["office"].make_up_hours == ()


def test_a_tier_says_otherwise_than_the_head_of_the_file():
    text = FILE.replace(
        "    may_pause: []",
        "    may_pause: []\n    warning: {at: 50%, tell: general_manager}\n"
        "    escalation:\n      all: {after: 1min, tell: general_manager}",
    )
    low, high = load(text).tiers
    assert (low.warn, high.warn) == (Recipient.ASSIGNEE, Recipient.GENERAL_MANAGER)
    assert {t.warn_at for t in high.targets} == {0.5}
    assert [step.key for step in low.escalation] == ["manager", "boss", "remind"]
    assert [step.key for step in high.escalation] == ["all"]
