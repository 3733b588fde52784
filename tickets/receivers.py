"""What rooms below tell us, and we act on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deadlines.services import Alarm, sync
from sla.models import CalendarRevision
from tickets.services.calendars import CALENDAR


def carry_calendar(
    sender: Any, *, revision: CalendarRevision, now: datetime, **_rest: Any
) -> None:
    """Arm the carrying of a revision: a row, so that it can't be lost, due at once."""
    del sender
    alarm = Alarm(revision.pk, revision.calendar.key, "adopt", now)
    sync(kind=CALENDAR, topic_ids=[revision.pk], wanted=[alarm], fired={}, now=now)
