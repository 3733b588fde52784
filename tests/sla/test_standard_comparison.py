"""Two versions side by side: what changed, and for whom it became harder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings

from sla.rules import Recipient, Start, WaitReason
from sla.standards import Effect, compare, describe_calendar, load_preset
from sla.standards.describe import Dates
from tests.sla.standard_file import FILE, load
from tests.sla.standard_strategies import standards

STRICTER, LOOSER, NEUTRAL = Effect.STRICTER, Effect.LOOSER, Effect.NEUTRAL
H = timedelta(hours=1)
RESPONSE = ("tiers", "low", "targets", "first_response")
REMIND = ("escalation", "remind")

#: what is replaced, by what; path, before, after, effect of the one change
ONE_CHANGE = {
    "a shorter limit": (
        "limit: 2h\n        from: received\n        calendar", "limit: 1h\n        from: received\n        calendar",
        (*RESPONSE, "limit"), 2 * H, 1 * H, STRICTER,
    ),
    "a longer limit": (
        "limit: 8h", "limit: 9h", ("tiers", "low", "targets", "resolution", "limit"), 8 * H, 9 * H, LOOSER,
    ),
    "counted around the clock": (
        "        calendar: office", "        calendar: always", (*RESPONSE, "calendar"), "office", "always", STRICTER,
    ),
    "only on site": (
        "limit: 8h\n        from: received", "limit: 8h\n        when: on_site\n        from: received",
        ("tiers", "low", "targets", "resolution", "condition"), "always", "on_site", LOOSER,
    ),
    "measured from later": (
        "      arrival:\n        limit: 2h\n        from: received", "      arrival:\n        limit: 2h\n        from: visit_requested",
        ("tiers", "high", "targets", "arrival", "measured_from"), Start.RECEIVED, Start.VISIT_REQUESTED, LOOSER,
    ),
    "an earlier warning": (
        "limit: 8h", "limit: 8h\n        warn_at: 50%",
        ("tiers", "low", "targets", "resolution", "warn_at"), 0.75, 0.5, NEUTRAL,
    ),
    "one more reason to pause": (
        "may_pause: [customer]", "may_pause: [customer, parts]", ("tiers", "low", "may_pause"),
        frozenset({WaitReason.CUSTOMER}), frozenset({WaitReason.CUSTOMER, WaitReason.PARTS}), LOOSER,
    ),
    "no pause at all": (
        "may_pause: [customer]", "may_pause: []", ("tiers", "low", "may_pause"),
        frozenset({WaitReason.CUSTOMER}), frozenset(), STRICTER,
    ),
    "another reason to pause": (
        "may_pause: [customer]", "may_pause: [parts]", ("tiers", "low", "may_pause"),
        frozenset({WaitReason.CUSTOMER}), frozenset({WaitReason.PARTS}), NEUTRAL,
    ),
    "a longer right to reopen": (
        "backdate_limit: 24h", "backdate_limit: 24h\nreopen_within: 60d",
        ("reopen_within",), timedelta(days=30), timedelta(days=60), STRICTER,
    ),
    "other words": (
        "source: 一份文件", "source: 另一份", ("source",), "一份文件", "另一份", NEUTRAL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ONE_CHANGE.values(), ids=ONE_CHANGE)
def test_one_change_is_told_with_both_values_and_what_it_means(case):
    old, new, path, before, after, effect = case
    assert old in FILE
    [change] = compare(load(FILE), load(FILE.replace(old, new, 1)))
    assert (change.path, change.before, change.after) == (path, before, after)
    assert change.effect is effect


@pytest.mark.parametrize("case", ONE_CHANGE.values(), ids=ONE_CHANGE)
def test_the_way_back_means_the_opposite(case):
    old, new, path, before, after, effect = case
    [change] = compare(load(FILE.replace(old, new, 1)), load(FILE))
    assert (change.path, change.before, change.after) == (path, after, before)
    opposite = {STRICTER: LOOSER, LOOSER: STRICTER, NEUTRAL: NEUTRAL}
    assert change.effect is opposite[effect]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("after: 1h,", "after: 45min,", [("after", STRICTER)]),
        ("every: 1h,", "every: 2h,", [("every", LOOSER)]),
        (" every: 1h,", "", [("every", LOOSER)]),
        (", unless: acknowledged", "", [("unless_acknowledged", STRICTER)]),
        ("tell: general_manager, every", "tell: assignee, every", [("tell", NEUTRAL)]),
    ],
)
def test_a_changed_step_is_told_in_every_tier_that_has_it(old, new, changes):
    found = compare(load(FILE), load(FILE.replace(old, new, 1)))
    assert [(c.path, c.effect) for c in found] == [
        (("tiers", tier, *REMIND, field), effect)
        for tier in ("low", "high")
        for field, effect in changes
    ]


def test_what_came_and_what_went_is_told_whole():
    old, new = load_preset("hardware"), load_preset("software")
    found = {c.path: c for c in compare(old, new)}
    gone = found["tiers", "standard", "targets", "remote_service"]
    assert (gone.before.limit, gone.after, gone.effect) == (H, None, LOOSER)
    come = found["tiers", "standard", "targets", "resolution"]
    assert (come.before, come.after.limit, come.effect) == (None, 24 * H, STRICTER)
    assert found["calendars", "standby"].after.zone == "Asia/Shanghai"
    arrival = ("tiers", "standard", "targets", "arrival")
    assert found[*arrival, "limit"].effect is STRICTER
    assert found[*arrival, "measured_from"].effect is LOOSER


def test_a_severity_that_moves_to_another_tier_is_told():
    moved = FILE.replace("[general, serious]", "[general]").replace(
        "[urgent]", "[serious, urgent]"
    )
    [change] = compare(load(FILE), load(moved))
    assert change.path == ("severities", "serious")
    assert (change.before, change.after, change.effect) == ("low", "high", NEUTRAL)


def test_a_tier_under_a_new_key_is_compared_with_the_one_it_replaces():
    renamed = FILE.replace("  high:", "  top:").replace(
        "limit: 2h\n        from: arrival", "limit: 3h\n        from: arrival"
    )
    assert [(c.path, c.effect) for c in compare(load(FILE), load(renamed))] == [
        (("severities", "urgent"), NEUTRAL),
        (("tiers", "top", "targets", "on_site", "limit"), LOOSER),
    ]


def test_another_order_of_the_tiers_is_a_change_of_order():
    standard = load(FILE)
    turned = replace(standard, tiers=standard.tiers[::-1])
    [change] = compare(standard, turned)
    assert (change.path, change.before) == (("tiers",), ("low", "high"))
    assert change.after == ("high", "low")


def test_a_calendar_is_compared_day_by_day_and_its_dates_year_by_year():
    longer = FILE.replace("saturday: [09:00-12:00]", "saturday: 09:00-17:00").replace(
        "      2026-12-31: 09:00-12:00",
        "      2026-12-30..2026-12-31: closed\n      2027-01-01: closed",
    )
    found = compare(load(FILE), load(longer))
    path = ("calendars", "office")
    assert [(c.path, c.effect) for c in found] == [
        ((*path, "week", "saturday"), STRICTER),
        ((*path, "exceptions", "2026"), LOOSER),
        ((*path, "exceptions", "2027"), LOOSER),
    ]
    assert found[1].before == (
        Dates(date(2026, 12, 31), date(2026, 12, 31), ((time(9), time(12)),)),
    )
    assert found[1].after == (Dates(date(2026, 12, 30), date(2026, 12, 31), ()),)


@settings(max_examples=60, deadline=None)
@given(standards(), standards())
def test_two_versions_are_equal_exactly_when_nothing_changed(one, other):
    assert compare(one, one) == []
    assert (compare(one, other) == []) is (one == other)
    first = one.tiers[0]
    warned = replace(
        first,
        warn=next(r for r in Recipient if r is not first.warn),
    )
    [change] = compare(one, replace(one, tiers=(warned, *one.tiers[1:])))
    assert change.path == ("tiers", first.key, "warn")


def test_a_calendar_for_people_leaves_out_what_has_passed():
    office = load(FILE).calendars["office"]
    described = describe_calendar(office, since=date(2026, 10, 3))
    assert [(d.first, d.last, len(d.windows)) for d in described.exceptions] == [
        (date(2026, 10, 10), date(2026, 10, 10), 1),
        (date(2026, 12, 31), date(2026, 12, 31), 1),
    ]
    everything = describe_calendar(office).exceptions
    assert (everything[0].first, everything[0].last) == (
        date(2026, 10, 1),
        date(2026, 10, 2),
    )
    assert [(d.first, d.last) for d in described.week] == [(0, 4), (5, 5), (6, 6)]
    assert described.per_week == 40.5 * H


def test_around_the_clock_has_no_week_to_describe():
    described = describe_calendar(load(FILE).calendars["always"])
    assert (described.always, described.week) == (True, ())
    assert described.per_week == timedelta(weeks=1)
