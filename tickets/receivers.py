"""What rooms below tell us, or our own engine, and we act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from deadlines.services import Alarm, sync
from sla.models import CalendarRevision
from tickets.kinds import PaperName
from tickets.models import Ticket
from tickets.services.calendars import CALENDAR
from tickets.services.papers import want_papers


def carry_calendar(
    sender: Any, *, revision: CalendarRevision, now: datetime, **_rest: Any
) -> None:
    """Arm the carrying of a revision: a row, so that it can't be lost, due at once."""
    del sender
    alarm = Alarm(revision.pk, revision.calendar.key, "adopt", now)
    sync(kind=CALENDAR, topic_ids=[revision.pk], wanted=[alarm], fired={}, now=now)


def request_reports(
    sender: Any, *, tickets: Sequence[Ticket], now: datetime, **_rest: Any
) -> None:
    """Have the service report of each closed ticket made."""
    del sender
    want_papers(PaperName.REPORT, {ticket.pk: ticket for ticket in tickets}, now=now)
