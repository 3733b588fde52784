"""The engineer is reminded in time to leave, so as to arrive ten minutes early [H].

Each planned visit that somebody has and has not left for is a deadline of a kind of its own,
named by engineer and time: a plan that moves, or goes to somebody else, arms another, and
leaving disarms it. What is planned so late that it was due already needs no reminder: whoever
is sent has just been told. A fired one stays as a row, so that nobody is reminded twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from deadlines.models import Deadline
from deadlines.services import Alarm
from notifications.models import Message
from notifications.services import Draft
from tickets.engine.case import Case
from tickets.engine.flows import Followed
from tickets.models import WorkOrder
from tickets.rules.work import WorkState, remind_at

Key = tuple[int, str, str]  # topic, subject, step
#: The kind of these deadlines; the ticket is the topic.
DEPARTURE = "departure"
#: Nobody has left yet.
WAITING = frozenset({WorkState.ASSIGNED, WorkState.ACCEPTED})


def follow_departures(cases: Collection[Case], *, now: datetime) -> Followed:
    """Bring the reminders of the visits up to now; a query, for tickets just filed none."""
    known = {case.ticket.pk: case for case in cases if not case.is_new}
    orders = list(_planned(known)) if known else []
    topics = sorted({order.ticket_id for order in orders})
    followed = Followed(topics, [], {})
    if not topics:
        return followed
    armed, fired = _deadlines(topics)
    for order in orders:
        if WorkState(order.state) not in WAITING:
            continue
        alarm = _alarm(order)
        key = (alarm.topic_id, alarm.subject, alarm.step)
        if key in fired:
            continue
        if alarm.due_at > now:
            followed.wanted.append(alarm)
            continue
        followed.fired[key] = alarm.due_at
        if key in armed and order.planned_start_at and now < order.planned_start_at:
            _remind(known[order.ticket_id], order, alarm)
    return followed


def _planned(ticket_ids: Iterable[int]) -> Iterable[WorkOrder]:
    """The visits that somebody has, with a time, whatever became of them."""
    rows = WorkOrder.objects.filter(
        ticket_id__in=list(ticket_ids), kind=WorkOrder.Kind.VISIT
    )
    return rows.exclude(engineer=None).exclude(planned_start_at=None).order_by("pk")


def _alarm(order: WorkOrder) -> Alarm:
    start = order.planned_start_at
    if start is None:
        message = f"{order} has no time"
        raise ValueError(message)
    return Alarm(
        order.ticket_id,
        f"work:{order.pk}",
        f"leave:{order.engineer_id}:{int(start.timestamp())}",
        remind_at(start, timedelta(minutes=order.travel)),
    )


def _deadlines(topics: Collection[int]) -> tuple[set[Key], set[Key]]:
    """What is armed, and what has fired."""
    rows = Deadline.objects.filter(kind=DEPARTURE, topic_id__in=topics)
    armed: set[Key] = set()
    fired: set[Key] = set()
    for topic, subject, step, fired_at in rows.values_list(
        "topic_id", "subject", "step", "fired_at"
    ):
        (armed if fired_at is None else fired).add((topic, subject, step))
    return armed, fired


def _remind(case: Case, order: WorkOrder, alarm: Alarm) -> None:
    """Tell whoever has to leave."""
    ticket = case.ticket
    order.ticket = ticket
    params: dict[str, Any] = {
        "number": ticket.number,
        "title": ticket.title,
        "work_order": order.number,
        "order": order.pk,
        "step": alarm.step,
        "client": str(ticket.client),
        "place": str(ticket.site or ""),
        "start_at": order.planned_start_at and order.planned_start_at.isoformat(),
    }
    case.drafts.append(
        Draft(
            recipient_id=int(order.engineer_id or 0),
            kind="leave_soon",
            dedupe_key=f"t{ticket.pk}:{alarm.subject}:{alarm.step}",
            topic="ticket",
            topic_id=ticket.pk,
            params=params,
        )
    )


def departures_overtaken(messages: Sequence[Message]) -> set[int]:
    """Reminders of a visit that was left for, moved or called off meanwhile: no e-mail."""
    orders = WorkOrder.objects.filter(
        pk__in=[message.params.get("order") for message in messages],
        state__in=WAITING,
    ).exclude(planned_start_at=None)
    waiting = {(order.pk, _alarm(order).step) for order in orders}
    return {
        message.pk
        for message in messages
        if (message.params.get("order"), message.params.get("step")) not in waiting
    }
