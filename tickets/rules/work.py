"""What a work order is, where it stands and what it records. Pure: data and readers.

A work order 任务工单 is one visit or one remote job of a ticket:

    unassigned → assigned → accepted → departed → arrived → finished → signed
                                     ↘ begun (a remote job) ↗        ↘ refused → arrived or begun

The customer's signature ends it. A refusal does not: it reopens the question, and the engineer
goes on. Until it is finished it can be dispatched again (to somebody else) or cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class WorkKind(StrEnum):
    """How it is done."""

    VISIT = "visit"
    REMOTE = "remote"


class WorkState(StrEnum):
    """Where a work order stands."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    BEGUN = "begun"
    FINISHED = "finished"
    SIGNED = "signed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


W = WorkState
#: Somebody still has to go there or to do it.
AHEAD = frozenset({W.UNASSIGNED, W.ASSIGNED, W.ACCEPTED, W.DEPARTED})
#: The engineer is at it: what is done can be recorded.
AT_WORK = frozenset({W.ARRIVED, W.BEGUN})
#: Over: nothing is recorded any more.
OVER = frozenset({W.SIGNED, W.CANCELLED})
#: It takes somebody's time on the board.
OCCUPYING = frozenset(set(W) - OVER - {W.UNASSIGNED})


class Outcome(StrEnum):
    """What came of it."""

    SOLVED = "solved"
    NOT_SOLVED = "not_solved"


@dataclass(frozen=True, slots=True)
class WorkVerb:
    """From which states a verb is possible, and where it leads (None: it stays)."""

    frm: frozenset[WorkState]
    to: WorkState | None = None
    kind: WorkKind | None = None  # only for this kind


WORK_VERBS: Mapping[str, WorkVerb] = {
    "redispatch": WorkVerb(AHEAD),
    "reschedule": WorkVerb(AHEAD),
    "accept": WorkVerb(frozenset({W.ASSIGNED}), W.ACCEPTED),
    "decline": WorkVerb(frozenset({W.ASSIGNED, W.ACCEPTED}), W.UNASSIGNED),
    "prepare": WorkVerb(frozenset({W.ASSIGNED, W.ACCEPTED})),
    "depart": WorkVerb(frozenset({W.ACCEPTED}), W.DEPARTED, WorkKind.VISIT),
    "arrive": WorkVerb(frozenset({W.DEPARTED}), W.ARRIVED, WorkKind.VISIT),
    "begin": WorkVerb(frozenset({W.ACCEPTED}), W.BEGUN, WorkKind.REMOTE),
    "record": WorkVerb(AT_WORK),
    "ask_extra": WorkVerb(AT_WORK),
    "finish": WorkVerb(AT_WORK, W.FINISHED),
    "sign": WorkVerb(frozenset({W.FINISHED}), W.SIGNED),
    "refuse": WorkVerb(frozenset({W.FINISHED}), W.REFUSED),
    "resume": WorkVerb(frozenset({W.FINISHED, W.REFUSED})),
    "rate": WorkVerb(frozenset({W.FINISHED, W.SIGNED, W.REFUSED})),
    "cancel": WorkVerb(AHEAD | AT_WORK | {W.FINISHED, W.REFUSED}, W.CANCELLED),
}


def possible(state: str, kind: str) -> frozenset[str]:
    """The verbs that a work order's state and kind allow."""
    here, how = WorkState(state), WorkKind(kind)
    return frozenset(
        name
        for name, verb in WORK_VERBS.items()
        if here in verb.frm and verb.kind in {None, how}
    )


def state_after(state: str, verb: str, *, kind: str, engineer: bool) -> WorkState:
    """Where a verb leads. ``engineer``: whether it is somebody's afterwards.

    Raises LookupError for an unknown verb, ValueError where it is not possible.
    """
    rule = WORK_VERBS[verb]
    if verb not in possible(state, kind):
        message = f"{verb} is not possible while {state}"
        raise ValueError(message)
    if verb == "redispatch":
        return W.ASSIGNED if engineer else W.UNASSIGNED
    if verb == "resume":
        return W.ARRIVED if kind == WorkKind.VISIT else W.BEGUN
    return rule.to or WorkState(state)


#: The one large next step of each state, for a visit and for a remote job.
NEXT: Mapping[WorkState, tuple[str, str]] = {
    W.ASSIGNED: ("accept", "accept"),
    W.ACCEPTED: ("depart", "begin"),
    W.DEPARTED: ("arrive", ""),
    W.ARRIVED: ("finish", ""),
    W.BEGUN: ("", "finish"),
    W.FINISHED: ("sign", "sign"),
    W.REFUSED: ("resume", "resume"),
}


def next_verb(state: str, kind: str) -> str:
    """The verb that comes next; empty where the work order is over or nobody's."""
    visit, remote = NEXT.get(WorkState(state), ("", ""))
    return visit if kind == WorkKind.VISIT else remote


@dataclass(frozen=True, slots=True)
class Booking:
    """A stretch of somebody's time, half-open."""

    key: int
    start: datetime
    end: datetime

    def overlaps(self, other: Booking) -> bool:
        """Whether both need the same person at the same time."""
        return self.start < other.end and other.start < self.end


def clashes(bookings: Iterable[Booking]) -> set[int]:
    """The keys of one person's bookings that overlap another of them."""
    rows = sorted(bookings, key=lambda b: (b.start, b.end))
    found: set[int] = set()
    latest: Booking | None = None
    for row in rows:
        if latest is not None and latest.overlaps(row):
            found |= {latest.key, row.key}
        if latest is None or row.end > latest.end:
            latest = row
    return found


def unprepared(checklist: Iterable[Mapping[str, Any]]) -> list[str]:
    """The items of a preparation checklist that must be done and are not [H]."""
    return [
        str(item["text"])
        for item in checklist
        if item.get("required") and not item.get("done_at")
    ]


#: "The engineer arrives five to ten minutes early" [H].
EARLY = timedelta(minutes=10)


def remind_at(appointment: datetime, travel: timedelta) -> datetime:
    """When the engineer is to be reminded so as to arrive ten minutes early [H]."""
    return appointment - EARLY - travel


def minutes_worked(stretches: Iterable[tuple[datetime, datetime]]) -> int:
    """Whole minutes of several stretches, each rounded up; overlaps of two people count twice."""
    total = 0
    for start, end in stretches:
        seconds = max(0, int((end - start).total_seconds()))
        total += -(-seconds // 60)
    return total
