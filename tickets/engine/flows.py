"""The flows of cases: where each stands, and what somebody has to be reminded of.

A case that has begun a flow is followed whenever it is settled, so that whatever ends a
reminder (the next step, a call-back, the end of the ticket) ends it in the same transaction,
and whoever comes first, a service or the sweep, tells what is due. Reminders are deadlines of
a kind of their own; a fired one stays as a row, so that nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from deadlines.models import Deadline
from deadlines.services import Alarm
from notifications.models import Message
from notifications.services import Draft
from people.actors import system_actor
from people.rules import Staffing
from tenants.scope import current_tenant_id
from tickets.engine.case import Case
from tickets.flows import load_flow
from tickets.kinds import EventKind
from tickets.models import FlowVersion, Ticket, TicketEvent
from tickets.models.ticket import State
from tickets.rules.facts import FactKind
from tickets.rules.flow import (
    FieldKind,
    Flow,
    Position,
    Record,
    RecordKind,
    Reminder,
    ReminderKind,
    position,
    reminders,
)
from tickets.rules.standing import standing

#: The kind of the deadlines of reminders; the ticket is the topic.
REMINDER = "reminder"
DUE, SOON = "due", "soon"
#: A call-back is first told of when so much of its time is used.
EARLY = 0.75
FLOW_KINDS = {
    EventKind.FLOW_STEP: RecordKind.STEP,
    EventKind.FLOW_BACK: RecordKind.BACK,
    FactKind.REOPENED: RecordKind.REOPENED,
}
GONE = frozenset({State.CANCELLED, State.MERGED})


def flow_of(version_id: int) -> Flow:
    """What a version of the open tenant says; read once a process."""
    return _flow_of(current_tenant_id(), version_id)


@lru_cache(maxsize=512)
def _flow_of(_tenant_id: int, version_id: int) -> Flow:
    text: str = FlowVersion.objects.values_list("text", flat=True).get(pk=version_id)
    return load_flow(text)


def forget_flows() -> None:
    """Empty this process's memory of flows (tests)."""
    _flow_of.cache_clear()


# -- the records of a case -----------------------------------------------------------------------


def record_of(event: TicketEvent) -> Record:
    """An event row as the pure value that the rules read."""
    data = event.data
    return Record(
        seq=event.seq,
        at=event.happened_at,
        kind=FLOW_KINDS[event.kind],  # type: ignore[index]
        step=data.get("step", ""),
        answer=data.get("answer", ""),
        fields=data.get("fields", {}),
        to=data.get("to", 0),
    )


def records_of(cases: Collection[Case]) -> dict[int, list[Record]]:
    """What was done in the flow of each case, in order, unsaved events too; one query."""
    found: dict[int, list[TicketEvent]] = {case.ticket.pk: [] for case in cases}
    saved = TicketEvent.objects.filter(ticket_id__in=found, kind__in=FLOW_KINDS)
    for event in saved.order_by("seq"):
        found[event.ticket_id].append(event)
    for case in cases:
        found[case.ticket.pk] += [e for e in case.events if e.kind in FLOW_KINDS]
    return {pk: [record_of(event) for event in rows] for pk, rows in found.items()}


def standing_of(case: Case, records: Iterable[Record]) -> Position:
    """Where a case that has begun a flow stands in it."""
    return position(flow_of(case.ticket.flow_version_id), records)  # type: ignore[arg-type]


# -- reminders -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """What the deadlines of reminders are to be, for ``deadlines.services.sync``."""

    topic_ids: list[int]
    wanted: list[Alarm]
    fired: dict[tuple[int, str, str], datetime]


def follow_flows(
    cases: Collection[Case], *, staff: Callable[[], Staffing], now: datetime
) -> Followed:
    """Bring the cases' flows up to now; two queries where any has begun one, else none."""
    begun = [case for case in cases if case.ticket.flow_version_id is not None]
    followed = Followed([case.ticket.pk for case in begun], [], {})
    if not begun:
        return followed
    records = records_of(begun)
    told = _told(followed.topic_ids)
    for case in begun:
        here = standing_of(case, records[case.ticket.pk])
        case.ticket.flow_step = here.step
        for alarm, reminder in _alarms(case, here):
            key = (alarm.topic_id, alarm.subject, alarm.step)
            if key in told:
                continue
            if alarm.due_at > now:
                followed.wanted.append(alarm)
                continue
            followed.fired[key] = alarm.due_at
            _remind(case, reminder, alarm, staffing=staff(), now=now)
    return followed


def open_reminders(
    here: Position, *, state: str, called_back: Iterable[datetime]
) -> list[Reminder]:
    """What is open on a ticket in a state. A promise matters while somebody works on it."""
    if state in GONE:
        return []
    found = reminders(here, called_back=tuple(called_back))
    if state in {State.RESOLVED, State.CLOSED}:
        return [one for one in found if one.kind is ReminderKind.CALL_BACK]
    return list(found)


def reminders_overtaken(messages: Sequence[Message]) -> set[int]:
    """Reminders of what a third party has done, or of a call-back that was made, meanwhile.

    Their e-mail is not sent where that was not possible before.
    """
    waiting = open_subjects({message.topic_id or 0 for message in messages})
    return {
        message.pk
        for message in messages
        if (message.topic_id, message.params.get("subject")) not in waiting
    }


def open_subjects(ticket_ids: Collection[int]) -> set[tuple[int, str]]:
    """What is open on some tickets, as the subjects of deadlines; two queries."""
    tickets = Ticket.objects.filter(pk__in=list(ticket_ids)).exclude(flow_version=None)
    states = {
        pk: (version, state)
        for pk, version, state in tickets.values_list("pk", "flow_version_id", "state")
    }
    records: dict[int, list[Record]] = {pk: [] for pk in states}
    called: dict[int, list[datetime]] = {pk: [] for pk in states}
    kinds = [*FLOW_KINDS, FactKind.CALLED_BACK]
    events = TicketEvent.objects.filter(ticket_id__in=states, kind__in=kinds)
    for event in events.order_by("seq"):
        if event.kind == FactKind.CALLED_BACK:
            called[event.ticket_id].append(event.happened_at)
        else:
            records[event.ticket_id].append(record_of(event))
    return {
        (pk, subject_of(one))
        for pk, (version, state) in states.items()
        for one in open_reminders(
            position(flow_of(version), records[pk]), state=state, called_back=called[pk]
        )
    }


def subject_of(reminder: Reminder) -> str:
    """What the deadlines of a reminder are kept under."""
    return f"{reminder.kind}:{reminder.seq}"


def _told(ticket_ids: Collection[int]) -> set[tuple[int, str, str]]:
    rows = Deadline.objects.filter(kind=REMINDER, topic_id__in=ticket_ids)
    fired = rows.exclude(fired_at=None)
    return set(fired.values_list("topic_id", "subject", "step"))


def _alarms(case: Case, here: Position) -> Iterator[tuple[Alarm, Reminder]]:
    """When somebody is to be told of what is open."""
    called = [f.at for f in standing(case.facts) if f.kind is FactKind.CALLED_BACK]
    for one in open_reminders(here, state=case.ticket.state, called_back=called):
        subject = subject_of(one)
        yield Alarm(case.ticket.pk, subject, DUE, one.due_at), one
        if one.kind is ReminderKind.CALL_BACK:
            soon = one.since + (one.due_at - one.since) * EARLY
            yield Alarm(case.ticket.pk, subject, SOON, soon), one


#: What a message about a reminder is called: by kind, and by whether it is due or soon will be.
WORDS = {
    (ReminderKind.PROMISE, DUE): "promise_due",
    (ReminderKind.CALL_BACK, SOON): "call_back_soon",
    (ReminderKind.CALL_BACK, DUE): "call_back_due",
}


def _remind(
    case: Case, reminder: Reminder, alarm: Alarm, *, staffing: Staffing, now: datetime
) -> None:
    """Tell whoever has the ticket, else the dedicated engineer, else the desk."""
    ticket = case.ticket
    if alarm.step == SOON and reminder.due_at <= now:
        return  # asleep until it was due: that is told, not that it soon will be
    engineer = ticket.project.engineer_id if ticket.project else None
    found = staffing.warned(ticket.assignee_id, engineer, ticket.department_id, at=now)
    kind = WORDS[reminder.kind, alarm.step]
    params = _words(case, reminder)
    case.drafts += [
        Draft(
            recipient_id=told.membership_id,
            kind=kind,
            dedupe_key=f"t{ticket.pk}:{alarm.subject}:{alarm.step}",
            topic="ticket",
            topic_id=ticket.pk,
            params=params,
        )
        for told in found.told
    ]
    case.record(
        EventKind.REMINDED,
        actor=system_actor(ticket.tenant_id),  # type: ignore[arg-type]
        now=now,
        at=alarm.due_at,
        data={
            "reminder": reminder.kind,
            "step": alarm.step,
            "seq": reminder.seq,
            "due_at": reminder.due_at.isoformat(),
            "to": found.reached,
            "told": [told.membership_id for told in found.told],
        },
    )


def _words(case: Case, reminder: Reminder) -> dict[str, Any]:
    """What the message names: the ticket, and whose promise it is."""
    named = {"number": case.ticket.number, "title": case.ticket.title}
    named |= {"due_at": reminder.due_at.isoformat(), "subject": subject_of(reminder)}
    if reminder.kind is ReminderKind.PROMISE:
        lines = (one for one in reminder.step.fields if one.kind is FieldKind.LINE)
        values = [str(reminder.values.get(one.key, "")) for one in lines]
        named["who"], named["reference"] = [*values, "", ""][:2]
    return named
