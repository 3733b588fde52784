"""Where a ticket stands in its flow follows from its records, whatever is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets.flow.walks import NOON, branches, record
from tickets.flows import load_flow, shipped_text
from tickets.rules.flow import (
    FaultClass,
    NotTheNextStepError,
    Record,
    RecordKind,
    ReminderKind,
    position,
    reminders,
)

FLOW = load_flow(shipped_text())


def back(seq: int, to: int) -> Record:
    return Record(seq, NOON + timedelta(minutes=seq), RecordKind.BACK, to=to)


def reopened(seq: int) -> Record:
    return Record(seq, NOON + timedelta(minutes=seq), RecordKind.REOPENED)


def walked(*way: tuple[str, str], start: int = 1) -> list[Record]:
    return [record(n, step, answer) for n, (step, answer) in enumerate(way, start)]


TO_SITE = walked(
    ("collect", "done"),
    ("classify", "software"),
    ("software", "done"),
    ("solved", "no"),
    ("plan", "done"),
)


def test_nothing_recorded_stands_at_the_start() -> None:
    here = position(FLOW, [])
    assert (here.step, here.round, here.path) == ("collect", 1, ())


@pytest.mark.parametrize(
    "way", [w for _n, w in branches(FLOW)], ids=[n for n, _w in branches(FLOW)]
)
def test_every_branch_leads_to_the_end(way) -> None:
    records = [record(n, s.key, a.key) for n, (s, a) in enumerate(way, 1)]
    here = position(FLOW, records)
    assert here.done
    assert [(one.step, one.answer) for one in here.path] == way
    assert here.round == 1 + sum(a.again for _s, a in way)


@pytest.mark.parametrize("kind", list(FaultClass))
def test_every_class_of_fault_has_its_own_step(kind: FaultClass) -> None:
    here = position(FLOW, walked(("collect", "done"), ("classify", kind.value)))
    assert FLOW.steps[here.step].fault_class is kind
    assert any(one.required for one in FLOW.steps[here.step].fields)


def test_not_solved_begins_a_new_round() -> None:
    records = [*TO_SITE, *walked(("on_site", "no"), ("adjust", "done"), start=6)]
    here = position(FLOW, records)
    assert (here.step, here.round) == ("on_site", 2)
    assert [one.round for one in here.path] == [1, 1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("step", "answer"), [("solved", "yes"), ("collect", "later"), ("nowhere", "done")]
)
def test_a_step_that_is_not_the_next_one_is_refused(step: str, answer: str) -> None:
    with pytest.raises(NotTheNextStepError):
        position(FLOW, [record(1, step, answer)])


def test_nothing_comes_after_the_end() -> None:
    done = [*TO_SITE[:3], *walked(("solved", "yes"), ("report", "done"), start=4)]
    with pytest.raises(NotTheNextStepError):
        position(FLOW, [*done, record(6, "report", "done")])


def test_taking_a_step_back_takes_back_what_came_after_it_and_leaves_the_trail() -> (
    None
):
    here = position(FLOW, [*TO_SITE, back(6, to=2)])
    assert (here.step, here.round) == ("classify", 1)
    assert [one.record.seq for one in here.path] == [1]
    assert [one.undone_by for one in here.passages] == [0, 6, 6, 6, 6]


def test_going_back_into_an_earlier_round_is_that_round_again() -> None:
    records = [*TO_SITE, *walked(("on_site", "no"), ("adjust", "done"), start=6)]
    here = position(FLOW, [*records, back(8, to=6)])
    assert (here.step, here.round) == ("on_site", 1)


@pytest.mark.parametrize("to", [4, 99])
def test_what_does_not_stand_can_not_be_taken_back(to: int) -> None:
    with pytest.raises(NotTheNextStepError):
        position(FLOW, [*TO_SITE, back(6, to=2), back(7, to=to)])


def test_a_reopened_ticket_goes_on_with_an_adjusted_plan() -> None:
    done = [*TO_SITE[:3], *walked(("solved", "yes"), ("report", "done"), start=4)]
    here = position(FLOW, [*done, reopened(6)])
    assert (here.step, here.round) == ("adjust", 2)
    assert position(FLOW, [*TO_SITE, reopened(6)]).step == "on_site"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_answers_keep_the_path_whole(data: st.DataObject) -> None:
    """Whatever is done, the path is a walk of the flow and no round repeats a step."""
    records: list[Record] = []
    for seq in range(1, data.draw(st.integers(1, 25)) + 1):
        here = position(FLOW, records)
        standing = [one.record.seq for one in here.path]
        if standing and data.draw(st.integers(0, 4)) == 0:
            records.append(back(seq, to=data.draw(st.sampled_from(standing))))
        elif here.done:
            records.append(reopened(seq))
        else:
            answers = [one.key for one in FLOW.steps[here.step].answers]
            records.append(record(seq, here.step, data.draw(st.sampled_from(answers))))
        after = position(FLOW, records)
        steps_in_round = [(one.step.key, one.round) for one in after.path]
        assert len(set(steps_in_round)) == len(steps_in_round)
        rounds = [one.round for one in after.path]
        assert rounds == sorted(rounds)
        assert after.round >= max(rounds, default=1)
        assert after.step in FLOW.steps or after.done
        assert [one.record for one in after.passages] == [
            one for one in records if one.kind is RecordKind.STEP
        ]
        assert position(FLOW, records) == after


# -- what is to be remembered --------------------------------------------------------------------


PROMISED = NOON + timedelta(hours=3)


def at_vendor() -> list[Record]:
    way = walked(("collect", "done"), ("classify", "third_party"))
    return [*way, record(3, "third_party", "done", promised=PROMISED.isoformat())]


def advised() -> list[Record]:
    way = walked(("collect", "done"), ("classify", "operation"))
    return [*way, record(3, "operation", "done", advice="Press it longer")]


def test_a_promise_is_open_until_it_is_said_what_became_of_it() -> None:
    found = reminders(position(FLOW, at_vendor()))
    assert [(one.kind, one.seq, one.due_at) for one in found] == [
        (ReminderKind.PROMISE, 3, PROMISED)
    ]
    answered = [*at_vendor(), record(4, "vendor_done", "delivered")]
    assert reminders(position(FLOW, answered)) == ()


def test_a_promise_that_is_taken_back_is_none() -> None:
    assert reminders(position(FLOW, [*at_vendor(), back(4, to=3)])) == ()


def test_advice_is_followed_by_a_call_within_two_hours() -> None:
    advice = advised()[-1]
    (found,) = reminders(position(FLOW, advised()))
    assert found.kind is ReminderKind.CALL_BACK
    assert found.due_at == advice.at + timedelta(hours=2)


@pytest.mark.parametrize(("minutes", "is_open"), [(-1, True), (0, False), (5, False)])
def test_a_call_after_the_advice_is_the_call_back(minutes: int, is_open: bool) -> None:
    called = advised()[-1].at + timedelta(minutes=minutes)
    found = reminders(position(FLOW, advised()), called_back=[called])
    assert bool(found) is is_open


def test_the_call_back_outlives_the_steps_after_it() -> None:
    solved = [*advised(), *walked(("solved", "yes"), ("report", "done"), start=4)]
    assert [one.seq for one in reminders(position(FLOW, solved))] == [3]


def test_an_event_time_that_was_corrected_moves_the_call_back() -> None:
    way = advised()
    way[-1] = replace(way[-1], at=NOON)
    (found,) = reminders(position(FLOW, way))
    assert found.due_at == NOON + timedelta(hours=2)
