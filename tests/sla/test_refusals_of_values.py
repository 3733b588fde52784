"""Values of a standard's file that can't be read, and calendars that make no sense."""

from __future__ import annotations

import pytest

from tests.sla.standard_file import HERE, Fault

LIMIT = "        limit: 2h\n        from: received\n        calendar"
TARGET = "tiers.low.targets.first_response"
BOSS = "  boss: {after: 30min, tell: general_manager}"
WARNING = "warning: {at: 75%, tell: assignee}"
OFFICE = "calendars.office"
HOURS = f"{OFFICE}.hours"
SATURDAY = "      saturday: [09:00-12:00]"
NEW_YEAR = "      2026-12-31: 09:00-12:00"
ZONE = "zone: Asia/Shanghai"
REGION = "    holidays: CN"
MAKE_UP = "    make_up_hours: 09:00-17:00"


def limit(text: str, code: str) -> Fault:
    new = LIMIT.replace("2h", f"{text}  {HERE}")
    return Fault(LIMIT, new, f"{TARGET}.limit", code)


def target(line: str, code: str) -> Fault:
    key = line.partition(":")[0]
    return Fault(LIMIT, f"        {line}  {HERE}\n{LIMIT}", f"{TARGET}.{key}", code)


def share(text: str, code: str) -> Fault:
    return Fault(WARNING, f"warning: {{at: {text}}}  {HERE}", "warning.at", code)


def saturday(text: str, code: str, item: str = "") -> Fault:
    new = f"      saturday: {text}  {HERE}"
    return Fault(SATURDAY, new, f"{HOURS}.saturday{item}", code)


def days(key: str, code: str) -> Fault:
    return Fault(SATURDAY, f"      {key}: 09:00-12:00  {HERE}", f"{HOURS}.{key}", code)


def dates(key: str, code: str, value: str = "closed") -> Fault:
    path = f"{OFFICE}.exceptions.{key}"
    return Fault(NEW_YEAR, f"{NEW_YEAR}\n      {key}: {value}  {HERE}", path, code)


FAULTS = {
    "an unknown severity": Fault(
        "[general, serious]", f"[general, serious, awful]  {HERE}",
        "tiers.low.severities[3]", "bad_choice",
    ),
    "a severity named twice": Fault(
        "[general, serious]", f"[general, serious, general]  {HERE}",
        "tiers.low.severities[3]", "listed_twice",
    ),
    "an unknown metric": Fault(
        "      remote:\n        metric: resolution",
        f"      remote:\n        metric: speed  {HERE}",
        "tiers.high.targets.remote.metric", "bad_choice",
    ),
    "an unknown start": Fault(
        LIMIT, LIMIT.replace("received", f"monday  {HERE}"), f"{TARGET}.from", "bad_choice"
    ),
    "an unknown condition": target("when: raining", "bad_choice"),
    "an unknown wait": Fault(
        "may_pause: [customer]", f"may_pause: [customer, lunch]  {HERE}",
        "tiers.low.may_pause[2]", "bad_choice",
    ),
    "an unknown recipient": Fault(
        BOSS, f"  boss: {{after: 30min, tell: neighbour}}  {HERE}",
        "escalation.boss.tell", "bad_choice",
    ),
    "an unknown reason to skip": Fault(
        BOSS, f"{BOSS[:-1]}, unless: asleep}}  {HERE}",
        "escalation.boss.unless", "bad_choice",
    ),
    "neither true nor false": Fault(
        BOSS, f"{BOSS[:-1]}, raise: maybe}}  {HERE}", "escalation.boss.raise", "bad_boolean"
    ),
    "a key that says another metric": target("metric: resolution", "misleading_key"),
    "a duration in words": limit("soon", "bad_duration"),
    "a duration of an unknown unit": limit("2 fortnights", "bad_duration"),
    "a duration with a unit twice": limit("1h 2h", "bad_duration"),
    "half a microsecond": limit("0.0000005s", "bad_duration"),
    "an empty ISO duration": limit("PT", "bad_duration"),
    "digits that are not ASCII": limit("２h", "bad_duration"),
    "a number without a unit": limit("2", "no_unit"),
    "a unit that could be months": limit("10m", "minutes_or_months"),
    "a negative limit": limit("-2h", "negative_duration"),
    "a limit of a lifetime": limit("900000h", "duration_too_long"),
    "a limit of zero": limit("0", "zero_limit"),
    "a limit of zero, with a unit": limit("0min", "zero_limit"),
    "a day in working hours": limit("1d", "day_of_work"),
    "a limit out of reach": limit("21500h", "limit_out_of_reach"),
    "confirmation after no time": Fault(
        "backdate_limit: 24h", f"auto_confirm_after: 0  {HERE}",
        "auto_confirm_after", "duration_zero",
    ),
    "a share in words": share("most", "bad_share"),
    "a share of everything": share("100%", "share_range"),
    "a share of nothing": share("0.0", "share_range"),
    "a share so small that it is nothing": share("0.00000000000000000000%", "share_range"),
    "a negative share": target("warn_at: -5%", "share_range"),
    "an unknown calendar": Fault(
        "calendar: always\n", f"calendar: sometimes  {HERE}\n", "calendar", "unknown_calendar"
    ),
    "an unknown calendar of a target": Fault(
        "        calendar: office", f"        calendar: home  {HERE}",
        f"{TARGET}.calendar", "unknown_calendar",
    ),
    "the key of the built-in calendar": Fault(
        "  office:\n", f"  always: {{}}  {HERE}\n  office:\n",
        "calendars.always", "reserved_key",
    ),
    "an unknown zone": Fault(
        ZONE, f"zone: Asia/Atlantis  {HERE}", f"{OFFICE}.zone", "unknown_zone"
    ),
    "a zone that is a path": Fault(
        ZONE, f"zone: ../../etc/passwd  {HERE}", f"{OFFICE}.zone", "unknown_zone"
    ),
    "a window in words": saturday("morning", "bad_window"),
    "a window that is nothing": saturday('""', "bad_window"),
    "an hour that is none": saturday("09:00-25:00", "bad_window"),
    "a minute that is none": saturday("09:60-12:00", "bad_window"),
    "opening at 24:00": saturday("24:00-06:00", "bad_window"),
    "an empty window": saturday("[09:00-09:00]", "empty_window", "[1]"),
    "windows that overlap": saturday("09:00-12:00, 11:00-13:00", "overlap"),
    "the same window twice": saturday("09:00-12:00, 09:00-12:00", "overlap"),
    "a night that reaches into itself": saturday("09:00-12:00, 11:00-10:00", "overlap"),
    "a night that overlaps the morning": Fault(
        f"      monday-friday: 09:00-12:00, 13:30-18:00\n{SATURDAY}",
        f"      monday-friday: 09:00-12:00  {HERE}\n      sunday: 20:00-09:01",
        f"{HOURS}.monday-friday", "overlap",
    ),
    "windows of a date that overlap": dates(
        "2026-12-30", "overlap", "09:00-12:00, 10:00-11:00"
    ),
    "no day of the week": days("someday", "bad_days"),
    "days of the week backwards": days("sunday-saturday", "bad_days"),
    "a day of the week twice": days("friday", "day_twice"),
    "no date": dates("2026-02-30", "bad_dates"),
    "a date in words": dates("christmas", "bad_dates"),
    "dates backwards": dates("2026-02-05..2026-02-03", "bad_dates"),
    "dates of more than a year": dates("2026-02-05..2027-02-08", "bad_dates"),
    "a date twice": dates("2026-12-30..2026-12-31", "date_twice"),
    "more dates than anybody reads": Fault(
        NEW_YEAR,
        "\n".join(
            f"      {year}-01-01..{year}-12-31: closed{f'  {HERE}' * (year == 2108)}"
            for year in range(2100, 2110)
        ),
        f"{OFFICE}.exceptions.2108-01-01..2108-12-31", "too_many_dates",
    ),
    "a last known day that is none": Fault(
        REGION, f"{REGION}\n    known_until: soon  {HERE}",
        f"{OFFICE}.known_until", "bad_date",
    ),
    "no region": Fault(
        REGION, f"    holidays: china  {HERE}", f"{OFFICE}.holidays", "bad_region"
    ),
    "an unknown region": Fault(
        REGION, f"    holidays: QQ  {HERE}", f"{OFFICE}.holidays", "unknown_region"
    ),
    "make-up days of unknown hours": Fault(
        f"{REGION}\n{MAKE_UP}", f"{REGION}  {HERE}",
        f"{OFFICE}.holidays", "make_up_hours_needed",
    ),
    "make-up hours for nothing": Fault(
        f"{REGION}\n{MAKE_UP}", f"{MAKE_UP}  {HERE}",
        f"{OFFICE}.make_up_hours", "make_up_hours_unused",
    ),
    "no working time": Fault(
        f"    hours:\n      monday-friday: 09:00-12:00, 13:30-18:00\n{SATURDAY}",
        f"    hours:  {HERE}\n      daily: closed",
        HOURS, "no_working_time",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_line_key_and_reason(fault):
    fault.check()
