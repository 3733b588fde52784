"""The presets promise what their documents promise, word for word as data."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from sla.clock import advance, is_provisional
from sla.holidays import library
from sla.rules import (
    ALWAYS,
    PART_METRICS,
    Condition,
    EscalationStep,
    Metric,
    Recipient,
    Severity,
    Standard,
    Start,
    WaitReason,
)
from sla.standards import (
    UnknownPresetError,
    describe_calendar,
    dump_standard,
    from_data,
    load_preset,
    load_standard,
    preset_keys,
    preset_text,
    promise_summary,
    to_data,
)
from tests.sla.clockwork import at

H, MIN, S = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
ZERO = timedelta(0)
ALL = frozenset(Severity)
ALWAYS_, ON_SITE, REMOTE = Condition.ALWAYS, Condition.ON_SITE, Condition.REMOTE
RECEIVED = Start.RECEIVED


def targets(standard: Standard, severity: Severity, *, parts=False):
    """Metric, condition → limit, start, calendar."""
    tier = standard.tier_for(severity)
    return {
        (t.metric, t.condition): (t.limit, t.measured_from, t.calendar)
        for t in tier.targets
        if parts or t.metric not in PART_METRICS
    }


def test_the_presets_that_ship():
    shipped = ("drill", "hardware", "office-hours", "reference", "software")
    assert preset_keys() == shipped
    assert [load_preset(key).key for key in shipped] == list(shipped)


def test_an_unknown_preset_says_which_there_are():
    with pytest.raises(UnknownPresetError, match="reference"):
        preset_text("../rules")


@pytest.mark.parametrize("key", preset_keys())
def test_every_preset_speaks_both_languages_and_survives_storage(key):
    standard = load_preset(key)
    for tier in standard.tiers:
        for text in (tier.name, tier.description, tier.example):
            assert text.en
            assert text.zh != text.en
            assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)
    assert standard.source
    assert frozenset().union(*(tier.severities for tier in standard.tiers)) == ALL
    assert from_data(to_data(standard)) == standard
    assert load_standard(dump_standard(standard), holidays={}) == standard


# --- A: the reference standard, by the table of the domain --------------------------------

REFERENCE = {
    Severity.GENERAL: {
        (Metric.FIRST_RESPONSE, ALWAYS_): (2 * H, RECEIVED, "always"),
        (Metric.ARRIVAL, ON_SITE): (ZERO, Start.APPOINTMENT, "always"),
        (Metric.RESOLUTION, ALWAYS_): (8 * H, RECEIVED, "always"),
    },
    Severity.SERIOUS: {
        (Metric.FIRST_RESPONSE, ALWAYS_): (1 * H, RECEIVED, "always"),
        (Metric.DISPATCH, ON_SITE): (1 * H, RECEIVED, "always"),
        (Metric.ARRIVAL, ON_SITE): (2 * H, RECEIVED, "always"),
        (Metric.RESOLUTION, ALWAYS_): (4 * H, RECEIVED, "always"),
    },
    Severity.URGENT: {
        (Metric.FIRST_RESPONSE, ALWAYS_): (10 * MIN, RECEIVED, "always"),
        (Metric.ARRIVAL, ON_SITE): (2 * H, RECEIVED, "always"),
        (Metric.RESOLUTION, ON_SITE): (2 * H, Start.ARRIVAL, "always"),
        (Metric.RESOLUTION, REMOTE): (2 * H, RECEIVED, "always"),
    },
}
MAY_PAUSE = {
    Severity.GENERAL: {WaitReason.CUSTOMER, WaitReason.APPOINTMENT},
    Severity.SERIOUS: {WaitReason.CUSTOMER},
    Severity.URGENT: set(),
}


@pytest.mark.parametrize("severity", Severity)
def test_the_reference_standard_is_the_table_of_the_document(severity):
    standard = load_preset("reference")
    tier = standard.tier_for(severity)
    assert tier.severities == {severity}
    assert targets(standard, severity) == REFERENCE[severity]
    assert tier.may_pause == MAY_PAUSE[severity]
    assert standard.calendars == {"always": ALWAYS}


@pytest.mark.parametrize("severity", Severity)
def test_the_reference_standard_promises_spare_parts_in_every_tier(severity):
    found = targets(load_preset("reference"), severity, parts=True)
    asked = Start.PART_REQUESTED
    assert found[Metric.PART_REPLACED, ALWAYS_] == (2 * H, asked, "always")
    assert found[Metric.PART_SHIPPED, ALWAYS_] == (8 * H, asked, "always")


def test_an_appointment_warns_half_an_hour_before():
    tier = load_preset("reference").tier_for(Severity.GENERAL)
    warnings = {t.metric: (t.warn_before, t.warn_at) for t in tier.targets}
    assert warnings.pop(Metric.ARRIVAL)[0] == 30 * MIN
    assert set(warnings.values()) == {(None, 0.75)}


CHAIN = (
    EscalationStep(
        "department_manager", ZERO, Recipient.DEPARTMENT_MANAGER, raise_severity=True
    ),
    EscalationStep("general_manager", 30 * MIN, Recipient.GENERAL_MANAGER),
    EscalationStep(
        "remind_department_manager",
        90 * MIN,
        Recipient.DEPARTMENT_MANAGER,
        every=H,
        unless_acknowledged=True,
    ),
    EscalationStep(
        "remind_general_manager",
        90 * MIN,
        Recipient.GENERAL_MANAGER,
        every=H,
        unless_acknowledged=True,
    ),
)


@pytest.mark.parametrize("key", ["reference", "hardware", "software", "office-hours"])
def test_a_miss_climbs_to_the_managers_and_reminds_until_it_is_done(key):
    for tier in load_preset(key).tiers:
        assert tier.warn is Recipient.ASSIGNEE
        assert tier.escalation == CHAIN


@pytest.mark.parametrize("key", ["reference", "hardware", "software", "office-hours"])
def test_the_periods_of_a_version(key):
    standard = load_preset(key)
    assert standard.backdate_limit == 24 * H
    assert standard.auto_confirm_after == 72 * H
    assert standard.reopen_within == timedelta(days=30)


# --- E, F and the others ------------------------------------------------------------------


def test_hardware_has_one_tier_for_all_faults():
    standard = load_preset("hardware")
    assert [tier.severities for tier in standard.tiers] == [ALL]
    assert targets(standard, Severity.GENERAL) == {
        (Metric.FIRST_RESPONSE, ALWAYS_): (5 * MIN, RECEIVED, "always"),
        (Metric.SOLUTION_PROPOSED, ON_SITE): (1 * H, RECEIVED, "always"),
        (Metric.SOLUTION_PROPOSED, REMOTE): (1 * H, RECEIVED, "always"),
        (Metric.ARRIVAL, ON_SITE): (12 * H, RECEIVED, "always"),
    }
    assert standard.tiers[0].may_pause == frozenset()


def test_software_answers_in_the_hours_of_duty_and_mends_around_the_clock():
    standard = load_preset("software")
    assert [tier.severities for tier in standard.tiers] == [ALL]
    assert targets(standard, Severity.URGENT) == {
        (Metric.FIRST_RESPONSE, ALWAYS_): (1 * H, RECEIVED, "standby"),
        (Metric.ARRIVAL, ON_SITE): (8 * H, Start.VISIT_REQUESTED, "always"),
        (Metric.RESOLUTION, ALWAYS_): (24 * H, RECEIVED, "always"),
    }
    standby = standard.calendars["standby"]
    assert standby.week == (((time(8), time(0)),),) * 7
    night, due = at("2026-10-01 02:00"), at("2026-10-01 09:00")
    assert advance(calendar=standby, start=night, amount=H) == due
    assert not is_provisional(standby, at("2036-10-01 02:00"))


def test_office_hours_know_lunch_holidays_and_make_up_days():
    standard = load_preset("office-hours")
    office = standard.calendars["office"]
    described = describe_calendar(office)
    morning, afternoon = (time(9), time(12)), (time(13, 30), time(18))
    working, weekend = described.week
    assert (working.first, working.last, working.windows) == (
        0,
        4,
        (morning, afternoon),
    )
    assert (weekend.first, weekend.last, weekend.windows) == (5, 6, ())
    assert described.per_week == 37.5 * H
    assert (office.holidays, office.zone) == ("CN", "Asia/Shanghai")
    assert office.known_until == library()["CN"].known_until
    assert office.exceptions[date(2026, 10, 1)] == ()
    assert office.exceptions[date(2026, 10, 10)] == (morning, afternoon)
    used = {t.calendar for tier in standard.tiers for t in tier.targets if t.limit}
    assert used == {"office"}


def test_a_drill_climbs_the_whole_ladder_within_a_minute():
    standard = load_preset("drill")
    (tier,) = standard.tiers
    response = next(t for t in tier.targets if t.metric is Metric.FIRST_RESPONSE)
    assert response.limit == 10 * S
    assert response.limit * response.warn_at == 7.5 * S
    when = {step.key: response.limit + step.after for step in tier.escalation}
    assert when == {
        "department_manager": 10 * S,
        "general_manager": 20 * S,
        "remind_department_manager": 40 * S,
        "remind_general_manager": 40 * S,
    }
    assert {step.every for step in tier.escalation} == {None, 20 * S}
    assert targets(standard, Severity.GENERAL)[Metric.RESOLUTION, ALWAYS_][0] == 30 * S
    assert tier.severities == ALL


def test_a_card_shows_the_promise_in_the_order_in_which_it_happens():
    urgent = load_preset("reference").tier_for(Severity.URGENT)
    shown = [
        (p.metric, p.condition, p.limit, p.measured_from)
        for p in promise_summary(urgent)
    ]
    assert shown == [
        (Metric.FIRST_RESPONSE, ALWAYS_, 10 * MIN, RECEIVED),
        (Metric.ARRIVAL, ON_SITE, 2 * H, RECEIVED),
        (Metric.RESOLUTION, ON_SITE, 2 * H, Start.ARRIVAL),
        (Metric.RESOLUTION, REMOTE, 2 * H, RECEIVED),
    ]
    assert {p.metric for p in promise_summary(urgent, parts=True)} > PART_METRICS
