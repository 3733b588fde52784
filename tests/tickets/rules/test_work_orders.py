"""Work orders: states, clashes, preparation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.rules.work import (
    NEXT,
    OVER,
    WORK_VERBS,
    Booking,
    WorkKind,
    WorkState,
    clashes,
    minutes_worked,
    next_verb,
    possible,
    remind_at,
    state_after,
    unprepared,
)

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("kind", WorkKind)
def test_the_next_steps_lead_from_dispatch_to_signature(kind):
    state, seen = WorkState.ASSIGNED, []
    while verb := next_verb(state, kind):
        seen.append(verb)
        state = state_after(state, verb, kind=kind, engineer=True)
    assert state is WorkState.SIGNED
    middle = ["depart", "arrive"] if kind is WorkKind.VISIT else ["begin"]
    assert seen == ["accept", *middle, "finish", "sign"]


@pytest.mark.parametrize("kind", WorkKind)
@pytest.mark.parametrize("state", WorkState)
def test_what_is_over_stays_over_and_the_next_step_is_possible(state, kind):
    if state in OVER:
        assert not possible(state, kind) - {"rate"}
    verb = next_verb(state, kind)
    reachable = state in NEXT and not (
        (kind is WorkKind.REMOTE and state in {"departed", "arrived"})
        or (kind is WorkKind.VISIT and state == "begun")
    )
    assert (verb in possible(state, kind)) if reachable else verb == ""


@given(
    st.lists(st.sampled_from(sorted(WORK_VERBS)), max_size=30),
    st.sampled_from(WorkKind),
)
def test_any_history_stays_within_the_states_of_its_kind(verbs, kind):
    state = WorkState.ASSIGNED
    for verb in verbs:
        if verb not in possible(state, kind):
            with pytest.raises(ValueError, match=verb):
                state_after(state, verb, kind=kind, engineer=True)
            continue
        state = state_after(state, verb, kind=kind, engineer=True)
        alien = {WorkState.BEGUN} if kind is WorkKind.VISIT else {"departed", "arrived"}
        assert state not in alien


hours = st.integers(min_value=0, max_value=40)


@given(st.lists(st.tuples(hours, st.integers(min_value=1, max_value=9)), max_size=9))
def test_clashes_are_exactly_the_bookings_that_overlap_another(plan):
    rows = [
        Booking(i, DAY + timedelta(hours=start), DAY + timedelta(hours=start + length))
        for i, (start, length) in enumerate(plan)
    ]
    expected = {a.key for a in rows for b in rows if a is not b and a.overlaps(b)}
    assert clashes(rows) == expected


def test_only_what_is_required_and_open_is_missing():
    rows = [
        {"text": "Badge", "required": True},
        {"text": "Tools", "required": True, "done_at": "2026-03-02T09:00:00Z"},
        {"text": "Ladder", "required": False},
    ]
    assert unprepared(rows) == ["Badge"]


def test_the_reminder_leaves_time_to_travel_and_to_be_ten_minutes_early():
    at = DAY + timedelta(hours=10)
    assert remind_at(at, timedelta(minutes=40)) == DAY + timedelta(hours=9, minutes=10)


def test_minutes_are_rounded_up_for_each_stretch():
    stretch = (DAY, DAY + timedelta(minutes=10, seconds=1))
    assert minutes_worked([stretch, stretch]) == 22
