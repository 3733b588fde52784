"""What holds of every ticket, whatever happens to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.tickets.rules.histories import (
    apart_from_keys,
    histories,
    moments,
    severity_at,
    with_raises,
)
from tests.tickets.rules.stories import (
    LADDER,
    STANDARDS,
    ZONE,
    Told,
    in_short,
    local,
    minutes,
)
from tickets.explain import sentence
from tickets.rules.derive import derive
from tickets.rules.explain import explain
from tickets.rules.facts import (
    OPEN_STATES,
    Clock,
    ClockState,
    Fact,
)
from tickets.rules.facts import (
    FactKind as K,
)
from tickets.rules.ladder import ladder
from tickets.rules.standing import standing

EVERY = (1, 2, 3, 4)
PROMISE_CHANGES = {K.SEVERITY_RAISED, K.SEVERITY_LOWERED, K.PROJECT_CHANGED}
OVER = {ClockState.MET, ClockState.SUPERSEDED, ClockState.CANCELLED}
TRIES = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def clocks_of(facts: Sequence[Fact], now: datetime) -> tuple[Clock, ...]:
    return derive(facts, standards=STANDARDS, now=now)


def tell(facts: Sequence[Fact], now: datetime) -> None:
    """Shows a history when a test fails."""
    for fact in sorted(facts, key=lambda f: (f.at, f.seq)):
        note(f"{local(fact.at)} #{fact.seq} {fact.kind} {dict(fact.data)}")
    note(f"now {local(now)}")


def appended(facts: Sequence[Fact], kind: K, when: datetime, **data) -> list[Fact]:
    seq = max(fact.seq for fact in facts) + 1
    return [*facts, Fact(seq, kind, when, when, data)]


def reckoned(clock: Clock) -> datetime | None:
    """The instant by which the thing has to be done, or had to be."""
    return clock.missed_at or clock.due_at


@TRIES
@given(st.data())
def test_a_raise_never_gives_us_more_time(data):
    """Compared with the same ticket left alone from there on, in severity and project."""
    known = data.draw(histories(standards=EVERY, ties=False))
    when = data.draw(st.sampled_from(known)).at + minutes(7)
    facts = [f for f in known if f.at < when or f.kind not in PROMISE_CHANGES]
    now = data.draw(moments(facts))
    to = data.draw(st.integers(1, 3))
    raised = appended(facts, K.SEVERITY_RAISED, when, to=to)
    tell(raised, now)
    before = {c.target.metric: c for c in clocks_of(facts, now) if c.counts}
    after = {c.target.metric: c for c in clocks_of(raised, now) if c.counts}
    for metric, clock in before.items():
        if reckoned(clock) is not None:
            assert reckoned(after[metric]) is not None
            assert reckoned(after[metric]) <= reckoned(clock)


@TRIES
@given(st.data())
def test_the_order_of_writing_does_not_matter(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    shuffled = data.draw(st.permutations(facts))
    assert clocks_of(shuffled, now) == clocks_of(facts, now)
    assert standing(shuffled) == standing(facts)


@TRIES
@given(st.data())
def test_what_is_over_stays_as_it_is(data):
    facts = data.draw(histories(standards=EVERY))
    now, later = sorted([data.draw(moments(facts)), data.draw(moments(facts))])
    tell(facts, now)
    then = {clock.key: clock for clock in clocks_of(facts, later)}
    for clock in clocks_of(facts, now):
        if clock.state in OVER and clock.ended_by not in {"met", "missed"}:
            assert then[clock.key] == clock
        if clock.state is ClockState.MISSED:
            assert then[clock.key].missed_at == clock.missed_at
            assert then[clock.key].state is ClockState.MISSED


@TRIES
@given(st.data())
def test_keys_are_unique_and_stay(data):
    facts = data.draw(histories(standards=EVERY, ties=False))
    now = data.draw(moments(facts))
    tell(facts, now)
    keys = [clock.key for clock in clocks_of(facts, now)]
    assert len(set(keys)) == len(keys)
    for count in range(1, len(facts)):
        earlier = clocks_of(facts[:count], facts[count].at)
        assert {clock.key for clock in earlier} <= set(keys)


@TRIES
@given(st.data())
def test_one_clock_of_a_metric_counts(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    tell(facts, now)
    clocks = clocks_of(facts, now)
    for metric in {clock.target.metric for clock in clocks}:
        of_it = [clock for clock in clocks if clock.target.metric is metric]
        counting = [clock for clock in of_it if clock.counts]
        alive = any(
            c.state in OPEN_STATES | {ClockState.MET, ClockState.MISSED} for c in of_it
        )
        assert len(counting) == alive
        results = [c for c in of_it if c.state in {ClockState.MET, ClockState.MISSED}]
        assert len(results) <= 1


@TRIES
@given(st.data())
def test_met_and_missed_stay_whatever_the_severity_and_the_project(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    severity = severity_at(facts, now)
    verbs = [
        (K.SEVERITY_RAISED, {"to": min(severity + 1, 3)}),
        (K.SEVERITY_LOWERED, {"to": max(severity - 1, 1)}),
        (K.PROJECT_CHANGED, {"standard": data.draw(st.sampled_from(EVERY))}),
    ]
    kind, values = data.draw(st.sampled_from(verbs))
    changed = appended(facts, kind, now, **values)
    tell(changed, now)
    after = {clock.key: clock for clock in clocks_of(changed, now)}
    for clock in clocks_of(facts, now):
        if clock.state in {ClockState.MET, ClockState.MISSED}:
            assert after[clock.key] == clock


@TRIES
@given(st.data())
def test_pauses_lie_within_start_and_finish(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    tell(facts, now)
    for clock in clocks_of(facts, now):
        last = clock.finished_at or clock.ended_at
        for pause in clock.pauses:
            assert clock.started_at <= pause.start
            assert pause.end is None or pause.start < pause.end
            if last is not None and clock.state is not ClockState.MISSED:
                assert pause.end <= last
        assert sorted(clock.pauses, key=lambda p: p.start) == list(clock.pauses)


@TRIES
@given(st.data())
def test_a_void_fact_never_was(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    gone = data.draw(st.sampled_from(facts))
    voided = appended(facts, K.VOIDED, now, fact=gone.seq)
    without = [fact for fact in facts if fact is not gone]
    assert clocks_of(voided, now) == clocks_of(without, now)


@TRIES
@given(st.data())
def test_a_corrected_fact_happened_when_it_now_says(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    fact = data.draw(st.sampled_from(facts))
    when = data.draw(st.sampled_from([each.at for each in facts]))
    corrected = appended(facts, K.CORRECTED, now, fact=fact.seq, at=when.isoformat())
    moved = [replace(each, at=when) if each is fact else each for each in facts]
    assert clocks_of(corrected, now) == clocks_of(moved, now)


@TRIES
@given(st.data())
def test_catching_up_after_an_outage_gives_what_being_on_time_gives(data):
    facts = data.draw(histories(standards=(1, 4)))
    now = data.draw(moments(facts))
    on_time: list[Fact] = []
    for fact in facts:
        if on_time:
            on_time = with_raises(on_time, now=fact.at)
        on_time.append(replace(fact, seq=len(on_time) + 1))
    on_time = with_raises(on_time, now=now)
    outage = with_raises(facts, now=now)
    tell(on_time, now)
    tell(outage, now)
    assert apart_from_keys(clocks_of(on_time, now)) == apart_from_keys(
        clocks_of(outage, now)
    )


@TRIES
@given(st.data())
def test_a_merge_tells_one_story_and_can_be_undone(data):
    survivor, other = Told(), Told()
    survivor.facts = data.draw(histories(standards=(1,)))
    other.facts = data.draw(histories(standards=(1,)))
    now = max(data.draw(moments(survivor.facts)), data.draw(moments(other.facts)))
    before = survivor.clocks(now)
    survivor.absorbs("+3 09:00", other)
    tell(survivor.facts, now)
    clocks = survivor.clocks(now)
    keys = [clock.key for clock in clocks]
    assert len(set(keys)) == len(keys)
    counting = [clock.target.metric for clock in clocks if clock.counts]
    assert len(set(counting)) == len(counting)
    survivor.voided(survivor.last)
    assert survivor.clocks(now) == before


@TRIES
@given(st.data())
def test_every_clock_can_be_explained(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    for clock in clocks_of(facts, now):
        told = explain(clock, standard=STANDARDS[clock.standard], now=now)
        words = sentence(told, ZONE)
        assert words
        assert "%(" not in words
        assert "–" not in words, in_short(clock)


@TRIES
@given(st.data())
def test_a_ladder_begins_with_the_miss_and_ends_with_the_escalation(data):
    facts = data.draw(histories(standards=EVERY))
    now = data.draw(moments(facts))
    for clock in clocks_of(facts, now):
        rungs = ladder(steps=LADDER, clock=clock, now=now)
        if clock.state is not ClockState.MISSED:
            assert rungs == ()
            continue
        end = min(filter(None, [clock.finished_at, clock.ended_at]), default=None)
        assert all(rung.due_at >= clock.missed_at for rung in rungs)
        assert end is None or all(rung.due_at < end for rung in rungs)
        assert len({(rung.key, rung.ordinal) for rung in rungs}) == len(rungs)
        assert [r.due_at for r in rungs] == sorted(r.due_at for r in rungs)
