"""A calendar's newer revision reaches open tickets, each by an event of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from people.actors import Actor
from sla.services import standards_of
from tickets.engine import Case, working_on
from tickets.engine.case import revisions_of
from tickets.rules.facts import FactKind

#: The kind of deadline that carries a calendar's revision to open tickets.
CALENDAR = "calendar"


def adopt_calendar(
    *,
    actor: Actor,
    now: datetime,
    ticket_ids: Collection[int],
    calendar: str,
    revision: int,
) -> int:
    """Let tickets count by a newer revision, for days after the old one's "known until".

    A ticket whose standard does not use the calendar, or that has ended, is left. Returns how
    many were reached.
    """
    reached = 0
    with working_on(ticket_ids, now=now) as cases:
        for case in cases.values():
            if case.ticket.is_ended or calendar not in case.standard.calendars:
                continue
            case.record(
                FactKind.CALENDAR_REVISED,
                actor=actor,
                now=now,
                data={"calendar": calendar, "revision": revision},
            )
            _reload(case)
            reached += 1
    return reached


def _reload(case: Case) -> None:
    case.standards = standards_of(case.standards, revisions=revisions_of(case.facts))
