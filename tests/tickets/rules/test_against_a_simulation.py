"""``derive`` agrees with somebody who stands beside the ticket with a stopwatch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from sla.rules import Metric
from tests.tickets.rules.histories import histories, moments, with_raises
from tests.tickets.rules.simulator import Simulator
from tests.tickets.rules.stories import STANDARDS, local
from tickets.rules.derive import derive
from tickets.rules.facts import Clock, Fact

SHOWN = {"pending", "running", "paused", "met", "missed"}
SLOW = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def simulated(facts: Sequence[Fact], now: datetime) -> list[tuple]:
    """What the stopwatch says of every clock."""
    simulator = Simulator(STANDARDS, facts[0])
    simulator.run(sorted(facts, key=lambda f: (f.at, f.seq)), now)
    simulator.close()
    return [
        (
            metric.value,
            clock.promise.tier.key,
            clock.target.key,
            clock.state,
            local(clock.since),
            local(clock.due) if clock.state in SHOWN else None,
            local(clock.missed_at),
            local(clock.finished),
            clock.counts or clock.state in {"met", "missed"},
        )
        for metric in Metric
        for clock in simulator.clocks[metric]
    ]


def derived(clocks: Sequence[Clock]) -> list[tuple]:
    """The same of ``derive``."""
    return [
        (
            clock.target.metric.value,
            clock.tier,
            clock.target.key,
            clock.state.value,
            local(clock.since),
            local(clock.due_at) if clock.state.value in SHOWN else None,
            local(clock.missed_at),
            local(clock.finished_at),
            clock.counts,
        )
        for clock in clocks
    ]


def agree(facts: Sequence[Fact], now: datetime) -> None:
    for fact in sorted(facts, key=lambda f: (f.at, f.seq)):
        note(f"{local(fact.at)} #{fact.seq} {fact.kind} {dict(fact.data)}")
    note(f"now {local(now)}")
    expected = simulated(facts, now)
    assert derived(derive(facts, standards=STANDARDS, now=now)) == expected


@SLOW
@given(st.data())
def test_around_the_clock(data):
    facts = data.draw(histories(standards=(1,), ties=False))
    agree(facts, data.draw(moments(facts)))


@SLOW
@given(st.data())
def test_with_automatic_raises(data):
    facts = data.draw(histories(standards=(1,), ties=False))
    now = data.draw(moments(facts))
    agree(with_raises(facts, now=now), now)


@SLOW
@given(st.data())
def test_in_office_hours(data):
    begin = data.draw(st.sampled_from(["08:00", "11:30", "16:00", "+4 17:00"]))
    facts = data.draw(histories(standards=(4,), begin=begin, ties=False))
    agree(facts, data.draw(moments(facts)))


@SLOW
@given(st.data())
def test_through_changes_of_the_project(data):
    facts = data.draw(histories(standards=(1, 2, 3, 4), ties=False))
    agree(facts, data.draw(moments(facts)))
