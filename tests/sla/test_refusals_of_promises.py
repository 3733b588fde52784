"""Tiers, targets and steps that can be read but contradict each other are refused."""

from __future__ import annotations

import re

import pytest

from sla.standards import MESSAGES, StandardError
from tests.sla import test_refusals_of_form, test_refusals_of_values
from tests.sla.standard_file import HERE, Fault, broken, faults, load

FIRST = "      first_response:\n        limit: 2h"
RESOLUTION = "      resolution:\n        limit: 8h\n        from: received"
URGENT = "severities: [urgent]"
BOSS = "  boss: {after: 30min, tell: general_manager}"
BEFORE = "        warn_before: 30min"
APPOINTED = "      arrival:\n        limit: 0"
TARGETS = "tiers.low.targets"


def target(key: str, rest: str, at: str, code: str) -> Fault:
    """One more target in the lower tier."""
    new = f"      {key}: {{{rest}}}  {HERE}\n{FIRST}"
    return Fault(FIRST, new, f"{TARGETS}.{key}{at}", code)


FAULTS = {
    "a severity in two tiers": Fault(
        URGENT, f"severities: [serious, urgent]  {HERE}",
        "tiers.high.severities", "severity_twice",
    ),
    "a severity without a tier": Fault(
        "tiers:\n  low:\n    severities: [general, serious]",
        f"tiers:  {HERE}\n  low:\n    severities: [general]",
        "tiers", "severity_missing",
    ),
    "no severities": Fault(
        URGENT, f"severities: []  {HERE}", "tiers.high.severities", "empty"
    ),
    "two warnings": Fault(
        BEFORE, f"        warn_at: 50%\n{BEFORE}  {HERE}",
        f"{TARGETS}.arrival.warn_before", "warn_twice",
    ),
    "no warning before an appointment": Fault(
        f"{APPOINTED}\n        from: appointment\n        when: on_site\n{BEFORE}",
        f"      arrival:  {HERE}\n        limit: 0\n        from: appointment\n"
        "        when: on_site",
        f"{TARGETS}.arrival", "warn_before_needed",
    ),
    "a warning at the appointment": Fault(
        BEFORE, f"        warn_before: 0  {HERE}",
        f"{TARGETS}.arrival.warn_before", "duration_zero",
    ),
    "a warning before the start": Fault(
        FIRST, f"{FIRST}\n        warn_before: 2h  {HERE}",
        f"{TARGETS}.first_response.warn_before", "warn_before_too_long",
    ),
    "a remote departure": target(
        "dispatch", "limit: 1h, from: received, when: remote", ".when",
        "metric_without_visit",
    ),
    "a solution from a part": target(
        "solution_proposed", "limit: 1h, from: part_requested", ".from", "part_start"
    ),
    "measured from what is not promised": target(
        "call_back", "limit: 1h, from: dispatch", ".from", "start_absent"
    ),
    "measured from what may not happen": target(
        "call_back", "limit: 1h, from: arrival", ".from", "start_not_covered"
    ),
    "remote, measured from an appointment": target(
        "call_back", "limit: 1h, from: appointment, when: remote", ".from",
        "start_not_covered",
    ),
    "from a visit where there may be none": target(
        "solution_proposed", "limit: 1h, from: visit_requested", ".from",
        "start_not_covered",
    ),
    "measured from itself": target(
        "solution_proposed", "limit: 1h, from: solution_proposed", ".from", "start_cycle"
    ),
    "measured from each other": Fault(
        RESOLUTION,
        f"      solution_proposed:\n        limit: 1h\n        from: resolution\n"
        f"      resolution:\n        limit: 8h\n        from: solution_proposed  {HERE}",
        f"{TARGETS}.resolution.from", "start_cycle",
    ),
    "one metric twice": target(
        "quick", "metric: resolution, limit: 1h, from: received", "", "metric_twice"
    )._replace(
        new=f"{FIRST.replace('first_response', 'quick')}\n        from: received\n"
        f"        metric: first_response\n      first_response:  {HERE}\n        limit: 2h",
        path=f"{TARGETS}.first_response",
    ),
    "always and on site": Fault(
        RESOLUTION,
        f"{RESOLUTION}\n      quick:  {HERE}\n        metric: resolution\n"
        "        limit: 1h\n        from: arrival\n        when: on_site",
        f"{TARGETS}.quick", "metric_twice",
    ),
    "steps out of order": Fault(
        "  remind: {after: 1h,", f"  remind:\n    {{after: 10min,  {HERE}\n   ",
        "escalation.remind.after", "step_order",
    ),
    "a second raise": Fault(
        BOSS, f"{BOSS[:-1]}, raise: true}}  {HERE}", "escalation.boss.raise", "raise_twice"
    ),
    "reminders without a rest": Fault(
        BOSS, f"{BOSS[:-1]}, every: 0.5s}}  {HERE}",
        "escalation.boss.every", "every_too_small",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_line_key_and_reason(fault):
    fault.check()


def error_of(text: str) -> StandardError:
    with pytest.raises(StandardError) as caught:
        load(text)
    return caught.value


def test_a_cycle_is_named():
    error = error_of(FAULTS["measured from each other"].text)
    assert "resolution → solution_proposed → resolution" in str(error)
    longer = broken(
        RESOLUTION,
        "      dispatch: {limit: 1h, from: solution_proposed, when: on_site}\n"
        "      solution_proposed: {limit: 1h, from: resolution}\n"
        "      resolution: {limit: 1h, from: dispatch, when: on_site}\n"
        "      by_phone: {metric: resolution, limit: 1h, from: received, when: remote}",
    )
    [problem] = error_of(longer).problems
    assert problem.params == {
        "cycle": "dispatch → solution_proposed → resolution → dispatch"
    }


def test_what_holds_only_on_site_makes_no_cycle_with_what_holds_only_remotely():
    text = broken(
        RESOLUTION,
        "      on_site: {metric: resolution, limit: 1h, from: arrival, when: on_site}\n"
        "      remote: {metric: resolution, limit: 1h, from: received, when: remote}\n"
        "      call_back: {limit: 2h, from: resolution}",
    )
    assert faults(text) == []


def test_an_arrival_may_be_promised_within_hours_and_at_the_appointment():
    text = broken(
        RESOLUTION,
        f"{RESOLUTION}\n      soon: {{metric: arrival, limit: 2h, from: received}}",
    )
    assert faults(text) == []


def test_a_target_that_can_not_be_read_is_not_missed_elsewhere():
    text = broken(
        "      arrival:\n        limit: 2h", "      arrival:\n        limit: two"
    )
    assert [path for _, path, _ in faults(text)] == ["tiers.high.targets.arrival.limit"]
    text = broken(
        "      arrival:\n        limit: 2h", "      arrivel:\n        limit: 2h"
    )
    assert [path for _, path, _ in faults(text)] == ["tiers.high.targets.arrivel"]


def test_a_reason_says_where_and_why_in_one_line():
    error = error_of(FAULTS["a second raise"].text)
    line = (
        FAULTS["a second raise"]
        .text.splitlines()
        .index(BOSS[:-1] + ", raise: true}  # <--")
    )
    assert str(error) == (
        f"line {line + 1}: escalation.boss.raise: A miss raises the severity once;"
        " “manager” does it already."
    )


def test_every_reason_is_reached_by_a_fault_and_filled_in():
    """A reason that nothing leads to would be a promise of a check that is not there."""
    tables = [test_refusals_of_form, test_refusals_of_values]
    all_faults = [f for table in tables for f in table.FAULTS.values()]
    all_faults += FAULTS.values()
    reached = {fault.code for fault in all_faults} | {
        "empty_file",
        "too_large",
        "colon",
    }
    assert reached == set(MESSAGES)
    for fault in all_faults:
        for problem in error_of(fault.text).problems:
            assert "%" not in re.sub(r"\d%", "", str(problem)), problem
            wanted = set(re.findall(r"%\((\w+)\)s", problem.template))
            assert wanted == set(problem.params)
