"""The one clock of the product as the page sees it.

A page author turns a clock of the domain into a :class:`ClockView` and writes
``{% clock view %}``. Everything that is shown is worked out here, from the view and one
instant; ``static/js/clock.js`` does the same sums with the same numbers afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from servicedesk.lib.ui.words import CLOCK_STATES, PATTERNS, duration, span

ZERO = timedelta(0)
#: States in which a clock says when it is due.
DUE_SHOWN = frozenset({"running", "warning", "missed", "paused"})


@dataclass(frozen=True, slots=True)
class Excluded:
    """A stretch that did not count; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None
    reason: Any = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """What there is to show of one clock.

    ``state`` is the domain's: pending, running, paused, met, missed, superseded or
    cancelled. ``used`` is the part of the limit that has been counted until ``as_of``
    (needed for calendars other than 24×7; else it follows from ``due_at``). ``note`` is a
    few words: what it waits for, or what starts it. ``explanation`` is the sentence;
    ``trail`` are corrections. ``explain_url`` loads the explanation when it is opened
    (for lists), in place of ``explanation``.
    """

    label: Any
    state: str
    due_at: datetime | None = None
    started_at: datetime | None = None
    warn_at: datetime | None = None
    finished_at: datetime | None = None
    limit: timedelta | None = None
    used: timedelta | None = None
    as_of: datetime | None = None
    note: Any = ""
    explanation: Any = ""
    excluded: Sequence[Excluded] = ()
    trail: Sequence[Any] = field(default=())
    provisional: bool = False
    explain_url: str = ""


@dataclass(frozen=True, slots=True)
class ClockFace:
    """A clock at one instant: what the template writes."""

    view: ClockView
    state: str
    word: Any
    icon: str
    tone: str
    time: str
    used_seconds: int | None
    limit_seconds: int | None
    ticking: bool

    @property
    def percent(self) -> int | None:
        """The share of the limit used, 0 to 100, or None where there is no bar."""
        if not self.limit_seconds or self.used_seconds is None:
            return None
        return min(100, max(0, round(100 * self.used_seconds / self.limit_seconds)))

    def attributes(self, now: datetime) -> SafeString:
        """What ``static/js/clock.js`` counts from, as ``data-`` attributes."""
        view = self.view
        pairs: dict[str, str | bool | None] = {
            "data-state": self.state,
            "data-ticking": self.ticking,
            "data-start": _iso(view.started_at),
            "data-due": _iso(view.due_at),
            "data-warn": _iso(view.warn_at),
            "data-limit": _number(self.limit_seconds),
            "data-used": _number(self.used_seconds),
            "data-as-of": _iso(now) if self.used_seconds is not None else None,
        }
        return flatatt(
            {key: value for key, value in pairs.items() if value is not None}
        )

    @property
    def shows_due(self) -> bool:
        """Whether the due time is still of interest."""
        return self.view.due_at is not None and self.state in DUE_SHOWN

    @property
    def explained(self) -> bool:
        """Whether there is something to open."""
        view = self.view
        return bool(view.explanation or view.excluded or view.trail or view.explain_url)


def face(view: ClockView, now: datetime) -> ClockFace:
    """The clock as it stands at ``now``."""
    state = shown_state(view, now)
    word, icon, tone = CLOCK_STATES[state]
    used = used_at(view, now)
    return ClockFace(
        view=view,
        state=state,
        word=word,
        icon=icon,
        tone=tone,
        time=time_text(view, state, now),
        used_seconds=None if used is None else int(used.total_seconds()),
        limit_seconds=int(view.limit.total_seconds()) if view.limit else None,
        ticking=_ticks(view),
    )


def shown_state(view: ClockView, now: datetime) -> str:
    """The domain's state, and "warning" or "missed" as soon as their time has come."""
    if view.state != "running":
        return view.state
    if view.due_at and now > view.due_at:
        return "missed"
    if view.warn_at and now >= view.warn_at:
        return "warning"
    return "running"


def used_at(view: ClockView, now: datetime) -> timedelta | None:
    """How much of the limit is used up; the whole of it once it was missed."""
    if not view.limit or view.state == "pending":
        return None
    if view.state == "missed":
        return view.limit
    if view.used is not None:
        return _grown(view, now)
    if view.due_at is None:
        return None
    end = view.finished_at if view.finished_at and view.state == "met" else now
    return min(view.limit, max(ZERO, view.limit - (view.due_at - end)))


def _grown(view: ClockView, now: datetime) -> timedelta:
    """``used`` was right at ``as_of``; from there it reaches the limit at ``due_at``."""
    used, limit = view.used or ZERO, view.limit or ZERO
    if not (_ticks(view) and view.as_of and view.due_at and view.due_at > view.as_of):
        return used
    share = (now - view.as_of) / (view.due_at - view.as_of)
    return used + (limit - used) * min(1.0, max(0.0, share))


def time_text(view: ClockView, state: str, now: datetime) -> str:
    """Time left, over, to spare or late, in words; "" where there is none."""
    if state in {"met", "missed"} and view.finished_at and view.due_at:
        return _result(view.due_at - view.finished_at)
    if state == "paused":
        left = _held(view)
        return "" if left is None else _still("left", left)
    if view.due_at is None or state not in {"running", "warning", "missed"}:
        return ""
    rest = view.due_at - now
    return _say("left", rest) if rest >= ZERO else _say("over", rest)


def _held(view: ClockView) -> timedelta | None:
    if view.limit is None or view.used is None:
        return None
    return max(ZERO, view.limit - view.used)


def _result(margin: timedelta) -> str:
    if abs(margin) < timedelta(seconds=1) and margin >= ZERO:
        return str(PATTERNS["exact"])
    return _still("spare" if margin >= ZERO else "late", margin)


def _say(pattern: str, length: timedelta) -> str:
    return str(PATTERNS[pattern] % {"time": duration(length)})


def _still(pattern: str, length: timedelta) -> str:
    return str(PATTERNS[pattern] % {"time": span(length)})


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _ticks(view: ClockView) -> bool:
    open_miss = view.state == "missed" and view.finished_at is None
    return view.due_at is not None and (view.state == "running" or open_miss)
