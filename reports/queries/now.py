"""How things stand now: at risk, missed, not acknowledged; whether the platform keeps up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from deadlines.models import Deadline, Sweep
from notifications.models import Delivery
from people.actors import Actor
from reports.rules import Question
from tickets.models import Escalation, Ticket
from tickets.models.ticket import TicketQuerySet


def tickets_of(question: Question, actor: Actor) -> TicketQuerySet:
    """The tickets that an actor sees, narrowed to a question's selection (not its period)."""
    tickets: TicketQuerySet = Ticket.objects.visible_to(actor)
    if question.departments is not None:
        tickets = tickets.filter(department_id__in=question.departments)
    if question.assignee is not None:
        tickets = tickets.filter(assignee_id=question.assignee)
    if question.client is not None:
        tickets = tickets.filter(client_id=question.client)
    return tickets


def unanswered(question: Question, actor: Actor) -> QuerySet[Escalation]:
    """Open escalations that no manager has acknowledged, the oldest first."""
    return (
        Escalation.objects.filter(
            state=Escalation.State.OPEN,
            acknowledged_at=None,
            ticket__in=tickets_of(question, actor).values("pk"),
        )
        .select_related("ticket", "ticket__client", "ticket__assignee__user")
        .order_by("opened_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """The four numbers of the wall."""

    open: int
    at_risk: int
    missed: int
    unanswered: int


def standing(question: Question, actor: Actor, *, now: datetime) -> Standing:
    """Count what is open, at risk, missed, and missed without an answer."""
    working = tickets_of(question, actor).working()
    return Standing(
        open=working.count(),
        at_risk=working.at_risk(now).count(),
        missed=working.missed().count(),
        unanswered=unanswered(question, actor).count(),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the promise is watched in time."""

    last_sweep: datetime | None
    sweeps: list[Sweep]
    silent: bool
    overdue: int
    failing: int
    lateness: dict[str, timedelta | None]
    fired: int
    queued: int
    oldest_queued: datetime | None
    dead: int
    queues: dict[str, int] | None
    size: int


LATENESS = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM lateness)),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM lateness)),
       max(extract(epoch FROM lateness))
FROM deadlines_deadline
WHERE tenant_id = (SELECT current_setting('app.tenant_id')::bigint)
  AND fired_at > %s AND lateness IS NOT NULL
"""
SILENT_AFTER = timedelta(minutes=1)


def health(*, now: datetime, queues: dict[str, int] | None) -> Health:
    """How late steps fired in the last day, what waits, and when somebody last looked."""
    sweeps = list(Sweep.objects.order_by("-ran_at")[:8])
    last = sweeps[0].ran_at if sweeps else None
    unfired = Deadline.objects.filter(fired_at=None)
    deliveries = Delivery.objects.all()
    waiting = deliveries.filter(state=Delivery.State.QUEUED)
    with connection.cursor() as cursor:
        cursor.execute(LATENESS, [now - timedelta(days=1)])
        fired, *late = cursor.fetchone()
    return Health(
        last_sweep=last,
        sweeps=sweeps,
        silent=last is None or now - last > SILENT_AFTER,
        overdue=unfired.filter(due_at__lt=now - timedelta(seconds=5)).count(),
        failing=unfired.exclude(last_error="").count(),
        lateness={
            name: _span(value)
            for name, value in zip(("p50", "p99", "max"), late, strict=True)
        },
        fired=fired,
        queued=waiting.count(),
        oldest_queued=waiting.order_by("created_at")
        .values_list("created_at", flat=True)
        .first(),
        dead=deliveries.filter(state=Delivery.State.DEAD).count(),
        queues=queues,
        size=unfired.count(),
    )


def _span(seconds: Any) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))
