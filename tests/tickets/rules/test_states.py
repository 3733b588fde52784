"""Where a ticket stands, and which verbs lead where."""

from __future__ import annotations

import pytest

from tickets.rules.states import (
    ACTIONS,
    STATES,
    WORKING,
    ForbiddenActionError,
    State,
    allowed,
    state_after,
)


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("triage", "triaged"),
        ("triage triage", "triaged"),
        ("answer", "in_progress"),
        ("triage answer", "in_progress"),
        ("triage assign", "triaged"),
        ("raise_severity", "new"),
        ("triage depart arrive", "in_progress"),
        ("answer propose_solution", "in_progress"),
        ("answer resolve", "resolved"),
        ("resolve confirm", "closed"),
        ("resolve refuse", "in_progress"),
        ("resolve reopen", "in_progress"),
        ("resolve confirm reopen", "in_progress"),
        ("resolve confirm reopen resolve", "resolved"),
        ("cancel", "cancelled"),
        ("merge", "merged"),
        ("merge unmerge", "in_progress"),
        ("resolve call_back", "resolved"),
        ("resolve confirm call_back add_note", "closed"),
    ],
)
def test_a_ticket_goes(path, state):
    here = State.NEW
    for verb in path.split():
        here = state_after(here, verb)
    assert here == state


@pytest.mark.parametrize(
    ("wait", "verb", "state"),
    [
        ("customer", "client_reply", "in_progress"),
        ("parts", "client_reply", "waiting"),
        ("customer", "reply", "waiting"),
        ("customer", "answer", "waiting"),
        ("appointment", "arrive", "in_progress"),
        ("parts", "arrive", "waiting"),
        ("appointment", "depart", "waiting"),
        ("appointment", "cancel_appointment", "in_progress"),
        ("customer", "cancel_appointment", "waiting"),
        ("appointment", "reach_appointment", "in_progress"),
        ("customer", "agree_appointment", "waiting"),
        ("customer", "start_wait", "waiting"),
        ("third_party", "end_wait", "in_progress"),
        ("parts", "resolve", "resolved"),
        ("parts", "cancel", "cancelled"),
        ("customer", "raise_severity", "waiting"),
    ],
)
def test_what_a_waiting_ticket_does(wait, verb, state):
    assert state_after("waiting", verb, wait=wait) == state


def test_undoing_a_merge_gives_back_what_was():
    assert state_after("merged", "unmerge", before="waiting") is State.WAITING


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("new", "start_wait"),
        ("new", "end_wait"),
        ("new", "confirm"),
        ("new", "reopen"),
        ("in_progress", "refuse"),
        ("resolved", "answer"),
        ("resolved", "cancel"),
        ("resolved", "merge"),
        ("closed", "resolve"),
        ("closed", "confirm"),
        ("cancelled", "reopen"),
        ("cancelled", "call_back"),
        ("merged", "reply"),
        ("merged", "cancel"),
    ],
)
def test_refused(state, verb):
    assert verb not in allowed(state)
    with pytest.raises(ForbiddenActionError, match=verb) as error:
        state_after(state, verb)
    assert (error.value.state, error.value.verb) == (state, verb)


def test_an_unknown_verb():
    with pytest.raises(LookupError):
        state_after("new", "explode")


def test_allowed_says_what_state_after_does():
    for state in STATES:
        for verb in ACTIONS:
            if verb in allowed(state):
                assert state_after(state, verb) in STATES
            else:
                with pytest.raises(ForbiddenActionError):
                    state_after(state, verb)


def test_every_state_can_be_reached_and_every_working_one_left():
    reached = {State.NEW}
    for _ in STATES:
        reached |= {state_after(s, v) for s in reached for v in allowed(s)}
    assert reached == set(STATES)
    for state in WORKING:
        assert {"resolve", "cancel", "merge"} <= allowed(state)
