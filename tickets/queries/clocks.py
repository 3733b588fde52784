"""The clocks of tickets as pages show them, from the stored results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from servicedesk.lib.ui.clock import ClockView, Excluded
from tickets.models import Ticket, TicketClock
from tickets.queries.words import METRIC_ORDER, PAUSES, STARTS, metric_name

OPEN = frozenset({"pending", "running", "paused"})
ZERO = timedelta(0)


def clocks_of(tickets: Iterable[Ticket]) -> dict[int, list[TicketClock]]:
    """The clocks that count, by ticket, in the order of the work; one query."""
    by_ticket: dict[int, list[TicketClock]] = defaultdict(list)
    wanted = [ticket.pk for ticket in tickets]
    if wanted:
        for clock in TicketClock.objects.filter(ticket_id__in=wanted, counts=True):
            by_ticket[clock.ticket_id].append(clock)
    for clocks in by_ticket.values():
        clocks.sort(key=place)
    return by_ticket


def place(clock: TicketClock) -> tuple[int, int]:
    """Where a clock stands among the others of its ticket."""
    return (METRIC_ORDER.get(clock.metric, len(METRIC_ORDER)), clock.pk)


def is_open(clock: TicketClock) -> bool:
    """Whether the thing is not done yet; a missed clock goes on until it is."""
    if clock.state == "missed":
        return clock.finished_at is None and clock.withdrawn_at is None
    return clock.state in OPEN


def foremost(ticket: Ticket, clocks: Sequence[TicketClock]) -> TicketClock | None:
    """The one clock that a list shows: what is due next, else how it ended."""
    going = [clock for clock in clocks if is_open(clock)]
    if going and not ticket.is_ended:
        return min(going, key=_urgency)
    done = [clock for clock in clocks if clock.metric == "resolution"]
    return done[-1] if done else (clocks[-1] if clocks else None)


def _urgency(clock: TicketClock) -> tuple[int, float, int]:
    rank = 0 if clock.due_at and clock.state != "paused" else 1
    if clock.due_at is None:
        rank = 3 if clock.state == "pending" else 2
    due = clock.due_at.timestamp() if clock.due_at else 0.0
    return (rank, due, METRIC_ORDER.get(clock.metric, 99))


def view_of(
    clock: TicketClock | None,
    now: datetime,
    *,
    number: str = "",
    sentence: Any = "",
    trail: Sequence[Any] = (),
) -> ClockView | None:
    """A clock for ``{% clock %}``; with ``number`` its explanation is fetched when opened."""
    if clock is None:
        return None
    url = reverse("tickets:clock", args=[number, clock.pk]) if number else ""
    return ClockView(
        label=metric_name(clock.metric),
        state=clock.state,
        due_at=clock.due_at,
        started_at=clock.started_at,
        warn_at=clock.warn_at,
        finished_at=clock.finished_at,
        limit=clock.limit or None,
        used=used(clock, now),
        as_of=now,
        note=note(clock),
        explanation=sentence,
        excluded=[] if url else excluded(clock),
        trail=trail,
        provisional=clock.provisional,
        explain_url=url,
    )


def note(clock: TicketClock) -> Any:
    """A few words: what it waits for, or what will start it."""
    if clock.state == "pending":
        return STARTS.get(clock.start_event, "")
    if clock.state == "paused" and clock.pauses:
        return PAUSES.get(clock.pauses[-1].get("reason", ""), "")
    return ""


def excluded(clock: TicketClock) -> list[Excluded]:
    """The stretches that did not count."""
    return [
        Excluded(start, end, PAUSES.get(reason, reason))
        for start, end, reason in _stretches(clock.pauses)
    ]


def used(clock: TicketClock, now: datetime) -> timedelta | None:
    """How much of the limit a paused clock has used, where that follows from the row.

    Exact for clocks that count around the clock. With office hours the row does not hold it,
    and it is seen in the due time instead.
    """
    if clock.state != "paused" or clock.started_at is None:
        return None
    passed = now - clock.started_at
    for start, end, _reason in _stretches(clock.pauses):
        begin = max(start, clock.started_at)
        passed -= max(ZERO, min(end or now, now) - begin)
    return min(clock.limit, max(ZERO, passed)) if clock.limit else None


def _stretches(
    pauses: Iterable[Mapping[str, Any]],
) -> list[tuple[datetime, datetime | None, str]]:
    return [
        (
            datetime.fromisoformat(pause["start"]),
            datetime.fromisoformat(pause["end"]) if pause.get("end") else None,
            str(pause.get("reason", "")),
        )
        for pause in pauses
    ]
