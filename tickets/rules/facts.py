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
    """The kinds of event that clocks depend on; other kinds are ignored by them."""

    RECEIVED = "received"  # severity: int, kind: "fault" | "planned", standard: version id
    ANSWERED = "answered"  # the first one with way of service and plan is the response
    VISIT_DECIDED = "visit_decided"  # needed: bool
    APPOINTMENT_AGREED = "appointment_agreed"  # at: ISO instant, asked_by: "client" | "us"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    SOLUTION_PROPOSED = "solution_proposed"
    WAIT_STARTED = "wait_started"  # reason: WaitReason (never appointment: that is derived)
    WAIT_ENDED = "wait_ended"
    RESOLVED = "resolved"
    CLOSED = "closed"  # confirmed by the customer, or by the auto-confirmation period
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    SEVERITY_RAISED = "severity_raised"  # to: int, automatic: bool, miss: clock key
    SEVERITY_LOWERED = "severity_lowered"  # to: int
    PROJECT_CHANGED = "project_changed"  # standard: version id
    CALENDAR_REVISED = "calendar_revised"  # calendar: key, revision: id
    MERGED_INTO = "merged_into"  # on the merged ticket: its open clocks are cancelled
    ABSORBED = "absorbed"  # on the survivor: ticket: id, facts: [the other's facts]
    CALLED_BACK = "called_back"
    CORRECTED = "corrected"  # fact: seq, at: ISO instant: that fact's event time is now this
    VOIDED = "voided"  # fact: seq: that fact no longer stands


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
    true for the one clock of its metric that is shown as the promise (rule 3).
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
    missed_at: datetime | None  # the instant of the miss (== its due), None if not missed
    counts: bool
    pauses: tuple[Pause, ...]
    provisional: bool  # the due time lies beyond what its calendar knows

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        if self.state in {ClockState.PENDING, ClockState.RUNNING, ClockState.PAUSED}:
            return True
        return self.state is ClockState.MISSED and self.finished_at is None

    @property
    def margin(self) -> timedelta | None:
        """Time to spare at the finish; negative when it was late."""
        if self.due_at is None or self.finished_at is None:
            return None
        return self.due_at - self.finished_at


__all__ = [
    "Clock",
    "ClockState",
    "Fact",
    "FactKind",
    "Interval",
    "Pause",
]
