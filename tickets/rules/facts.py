"""What happened to a ticket, and what its clocks say about it, as plain values.

The ticket's event rows are turned into :class:`Fact` values; everything that the promise
says follows from them by pure functions. No Django, no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sla.rules import Interval, Severity, Target, WaitReason


class FactKind(StrEnum):
    """The kinds of event that clocks depend on; other kinds are ignored by them.

    The comments say what a fact's ``data`` holds. Instants in it are ISO 8601 with a zone.
    """

    # severity: int (absent: general), kind: "fault" | "planned", standard: version id
    RECEIVED = "received"
    # The first one with way of service and plan is the response.
    ANSWERED = "answered"
    # needed: bool. The first of a run of equal decisions counts.
    VISIT_DECIDED = "visit_decided"
    # at: instant, asked_by: "client" | "us"
    APPOINTMENT_AGREED = "appointment_agreed"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    SOLUTION_PROPOSED = "solution_proposed"
    # reason: WaitReason (never appointment: that is derived); takes the former one's place
    WAIT_STARTED = "wait_started"
    # reason: WaitReason, optional: then only a wait of that reason ends
    WAIT_ENDED = "wait_ended"
    RESOLVED = "resolved"
    # Confirmed by the customer, or by the auto-confirmation period.
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    # to: int, automatic: bool, miss: clock key. An automatic one happens at the miss, or
    # "after" seconds later where a later step of the ladder raises.
    SEVERITY_RAISED = "severity_raised"
    # to: int
    SEVERITY_LOWERED = "severity_lowered"
    # standard: version id
    PROJECT_CHANGED = "project_changed"
    # kind: "fault" | "planned"; re-derives the open clocks as a new project does
    KIND_CHANGED = "kind_changed"
    # calendar: key, revision: id. From here on the ticket counts in the calendar with the key
    # "<calendar>@<revision>", which every standard that has <calendar> must be given too.
    CALENDAR_REVISED = "calendar_revised"
    # On the merged ticket: its open clocks are cancelled, and nothing happens after it.
    MERGED_INTO = "merged_into"
    # On the survivor. ticket: id, facts: the other's standing facts without MERGED_INTO, as
    # [{"seq": int, "kind": str, "at": instant, "data": {...}}]
    ABSORBED = "absorbed"
    CALLED_BACK = "called_back"
    # fact: seq, at: instant: that fact's event time is now this
    CORRECTED = "corrected"
    # fact: seq: that fact no longer stands
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Fact:
    """One event: ``at`` is when it happened, ``recorded_at`` when it was written down."""

    seq: int
    kind: FactKind
    at: datetime
    recorded_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


class ClockState(StrEnum):
    """Where a clock stands."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


#: Not yet decided either way; a missed clock may be open too, see :attr:`Clock.open`.
OPEN_STATES = frozenset({ClockState.PENDING, ClockState.RUNNING, ClockState.PAUSED})


#: The reason of the pause between resolved and reopened.
REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that was not counted; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None
    reason: WaitReason | str  # a wait's reason, or "reopened" (rule 4)


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of one ticket, as the facts have it.

    ``key`` is stable while facts are appended, so that rows and deadlines can be tied to it.
    ``due_at`` is None while pending or paused without an end in sight. ``finished_at`` is
    when the metric was done; a missed clock may be finished (late) or not. ``counts`` is
    true for the one clock of its metric that is shown as the promise (rule 3); never for
    one that was superseded or cancelled.

    ``since`` is when the clock came into being: with the ticket, with a raise, with the
    decision for a visit. A limit that had passed by then is missed at once (rule 8), so
    ``missed_at`` is the later of ``due_at`` and ``since``. ``ended_at`` is when a clock
    stopped without its metric being done, and ``ended_by`` why: "raised", "lowered",
    "project", "kind", "visit", "no_visit", "resolved", "cancelled", "merged", or "met" and "missed"
    for a clock that ran beside the one that was. A missed clock that ended stays missed.
    """

    key: str
    target: Target
    tier: str
    standard: int  # version id
    severity: Severity
    state: ClockState
    start_event: str  # "received", "raised", "arrival", "appointment", ...
    started_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    finished_at: datetime | None
    missed_at: datetime | None  # the instant of the miss, None if not missed
    counts: bool
    pauses: tuple[Pause, ...]
    provisional: bool  # the due time lies beyond what its calendar knows
    since: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    superseded_by: str = ""  # key of the clock that took its place
    calendar: str = "always"  # key of the calendar it is counted in, revisions included

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        if self.state is ClockState.MISSED:
            return self.finished_at is None and self.ended_at is None
        return self.state in OPEN_STATES

    @property
    def margin(self) -> timedelta | None:
        """Time to spare at the finish; negative when it was late."""
        return None if self.finished_at is None else self.margin_at(self.finished_at)

    def margin_at(self, now: datetime) -> timedelta | None:
        """Time to spare, negative when late: at the finish or end, else now.

        Plain time, except that a reopened clock's time between resolved and reopened does
        not make it any later (rule 4).
        """
        if self.due_at is None:
            return None
        at = self.finished_at or self.ended_at or now
        margin = self.due_at - at
        for pause in self.pauses:
            if pause.reason == REOPENED and pause.end is not None:
                start, end = max(pause.start, self.due_at), min(pause.end, at)
                margin += max(end - start, timedelta(0))
        return margin


__all__ = [
    "OPEN_STATES",
    "REOPENED",
    "Clock",
    "ClockState",
    "Fact",
    "FactKind",
    "Interval",
    "Pause",
]
