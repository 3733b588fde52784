"""What happens when a ticket's deadline fires: its case is settled, whatever was due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from deadlines.models import Deadline
from deadlines.services import Alarm, sync
from people.actors import system_actor
from servicedesk.lib.failpoints import hit
from sla.models import CalendarRevision
from tenants.scope import current_tenant_id
from tickets.engine import load_cases, settle_and_save
from tickets.models import Ticket, TicketEvent
from tickets.rules.facts import FactKind
from tickets.services.calendars import CALENDAR, adopt_calendar

#: How many tickets a revision reaches in one transaction.
CARRIED_AT_ONCE = 200


def settle_tickets(
    *, topic_ids: Sequence[int], take: Callable[[], set[int]], now: datetime
) -> None:
    """Lock the tickets, then their clocks, then the deadlines that are still ours; settle."""
    cases = load_cases(topic_ids)
    ours = take()
    hit("tickets.locked")
    settle_and_save([case for pk, case in cases.items() if pk in ours], now=now)
    hit("tickets.settled")


def carry_calendars(
    *, topic_ids: Sequence[int], take: Callable[[], set[int]], now: datetime
) -> None:
    """Carry revisions of calendars to open tickets, some at a time, until all have them."""
    for revision in CalendarRevision.objects.filter(pk__in=take()).select_related(
        "calendar"
    ):
        key = revision.calendar.key
        reached = TicketEvent.objects.filter(
            kind=FactKind.CALENDAR_REVISED, data__revision=revision.pk
        )
        waiting = Ticket.objects.working().filter(
            received_at__lte=revision.published_at
        )
        waiting = waiting.exclude(pk__in=reached.values("ticket_id")).order_by("pk")
        last, step = _looked_up_to(revision.pk)
        ids = list(
            waiting.filter(pk__gt=last).values_list("pk", flat=True)[:CARRIED_AT_ONCE]
        )
        adopt_calendar(
            actor=system_actor(current_tenant_id()),
            now=now,
            ticket_ids=ids,
            calendar=key,
            revision=revision.pk,
        )
        _go_on(revision.pk, key, step, ids=ids, now=now)


def _looked_up_to(revision: int) -> tuple[int, str]:
    """The last ticket that was looked at, kept in the name of the step; and that name."""
    step = (
        Deadline.objects.filter(kind=CALENDAR, topic_id=revision, fired_at=None)
        .values_list("step", flat=True)
        .get()
    )
    return int(step.partition(">")[2] or 0), step


def _go_on(
    revision: int, key: str, step: str, *, ids: Sequence[int], now: datetime
) -> None:
    """Mark this step; arm the next one unless there was nothing left."""
    wanted = [Alarm(revision, key, f"adopt>{ids[-1]}", now)] if ids else []
    fired = {(revision, key, step): now}
    sync(kind=CALENDAR, topic_ids=[revision], wanted=wanted, fired=fired, now=now)
