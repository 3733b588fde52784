"""Where a ticket stands, and which verbs lead from there to where. Data, and two readers.

new → triaged → in progress ⇄ waiting → resolved → closed, with cancelled and merged. Reopening
is something that happens, not a place to stay: it leads back to in progress, and so does the
customer's refusal of a resolution. What happened in the world (an answer, a departure, an
agreed time) can be recorded in every state in which somebody still works on the ticket; it
carries a ticket on that nobody had triaged. A ticket waits for one thing at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sla.rules import WaitReason


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


STATES = tuple(State)
#: Somebody still has to do something about the thing itself.
WORKING = frozenset({State.NEW, State.TRIAGED, State.IN_PROGRESS, State.WAITING})
#: Everything that can still be spoken of; a merged ticket is spoken of as its survivor.
NOT_GONE = WORKING | {State.RESOLVED, State.CLOSED}


class ForbiddenActionError(ValueError):
    """The verb does not lead anywhere from this state."""

    def __init__(self, state: State, verb: str) -> None:
        super().__init__(f"{verb} is not possible while {state}")
        self.state = state
        self.verb = verb


@dataclass(frozen=True, slots=True)
class Action:
    """From which states a verb is possible, and where it leads.

    ``to`` names a state for each state it leaves; from the others it leads nowhere and
    the ticket stays. ``ends`` are the waits that it ends: a ticket that waits for one of them
    goes on.
    """

    frm: frozenset[State]
    to: Mapping[State, State] = field(default_factory=dict)
    ends: frozenset[WaitReason] = frozenset()


def _all(states: Iterable[State], to: State) -> dict[State, State]:
    return dict.fromkeys(states, to)


_BEGINS = _all((State.NEW, State.TRIAGED), State.IN_PROGRESS)
_VISIT = frozenset({WaitReason.APPOINTMENT})
_DONE = frozenset({State.RESOLVED, State.CLOSED})
_RESOLVED = frozenset({State.RESOLVED})

ACTIONS: Mapping[str, Action] = {
    # Who and how
    "triage": Action(WORKING, {State.NEW: State.TRIAGED}),
    "assign": Action(WORKING),
    "raise_severity": Action(WORKING),
    "lower_severity": Action(WORKING),
    "decide_visit": Action(WORKING),
    # Words
    "reply": Action(NOT_GONE),
    "client_reply": Action(NOT_GONE, ends=frozenset({WaitReason.CUSTOMER})),
    "add_note": Action(frozenset(STATES)),
    "agree_contingency": Action(WORKING),
    "acknowledge": Action(NOT_GONE),
    "follow": Action(frozenset(STATES)),
    "unfollow": Action(frozenset(STATES)),
    "correct": Action(frozenset(STATES)),
    # Work
    "answer": Action(WORKING, _BEGINS),
    "propose_solution": Action(WORKING, _BEGINS),
    "offer_appointment": Action(WORKING),
    "withdraw_offer": Action(WORKING),
    "accept_offer": Action(WORKING),
    "propose_time": Action(WORKING, ends=frozenset({WaitReason.CUSTOMER})),
    "accept_proposal": Action(WORKING),
    "agree_appointment": Action(WORKING, _all(WORKING, State.WAITING)),
    "cancel_appointment": Action(WORKING, ends=_VISIT),
    "reach_appointment": Action(WORKING, ends=_VISIT),
    "depart": Action(WORKING, _BEGINS),
    "arrive": Action(WORKING, _BEGINS, ends=_VISIT),
    "start_wait": Action(
        WORKING - {State.NEW}, _all(WORKING - {State.NEW}, State.WAITING)
    ),
    # Waiting for an appointment ends by itself (rule 9).
    "end_wait": Action(frozenset({State.WAITING}), ends=frozenset(WaitReason) - _VISIT),
    "call_back": Action(NOT_GONE),
    # The fault handling flow
    "record_step": Action(WORKING, _BEGINS),
    "go_back": Action(WORKING),
    # Work orders: given out, worked on, signed and rated
    "dispatch": Action(WORKING, {State.NEW: State.TRIAGED}),
    "work": Action(WORKING, _BEGINS),
    "finish_work": Action(NOT_GONE),
    # The end, and back
    "resolve": Action(WORKING, _all(WORKING, State.RESOLVED)),
    "confirm": Action(_RESOLVED, _all(_RESOLVED, State.CLOSED)),
    "refuse": Action(_RESOLVED, _all(_RESOLVED, State.IN_PROGRESS)),
    "reopen": Action(_DONE, _all(_DONE, State.IN_PROGRESS)),
    "cancel": Action(WORKING, _all(WORKING, State.CANCELLED)),
    "merge": Action(WORKING, _all(WORKING, State.MERGED)),
    "unmerge": Action(frozenset({State.MERGED})),
}


def allowed(state: State | str) -> frozenset[str]:
    """The verbs that are possible in a state. Who may do them is another question."""
    return _ALLOWED[State(state)]


def state_after(
    state: State | str,
    verb: str,
    *,
    wait: WaitReason | str | None = None,
    before: State | str | None = None,
) -> State:
    """The state that a verb leads to.

    ``wait`` is what a waiting ticket waits for; ``before`` the state that a merged ticket had,
    which undoing the merge gives back. Raises ForbiddenActionError where the verb is not
    possible, LookupError where there is no such verb.
    """
    here = State(state)
    action = ACTIONS[verb]
    if here not in action.frm:
        raise ForbiddenActionError(here, verb)
    if verb == "unmerge":
        return State(before) if before is not None else State.IN_PROGRESS
    if here is State.WAITING and wait is not None and WaitReason(wait) in action.ends:
        return State.IN_PROGRESS
    return action.to.get(here, here)


_ALLOWED = {
    state: frozenset(verb for verb, action in ACTIONS.items() if state in action.frm)
    for state in STATES
}
