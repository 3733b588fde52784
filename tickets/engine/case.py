"""A ticket with everything that its promise depends on, and what is to be written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Min

from deadlines.models import Deadline
from notifications.services import Draft
from people.actors import Actor
from sla.rules import Standard
from sla.services import standards_of
from tickets.kinds import FACT_KINDS, STAFF_ONLY
from tickets.models import (
    Escalation,
    EscalationStep,
    Follower,
    Ticket,
    TicketClock,
    TicketEvent,
)
from tickets.models.ticket import State
from tickets.rules.facts import Fact, FactKind

#: The kind of every ticket's deadlines; the ticket is the topic.
KIND = "ticket"


@dataclass(slots=True)
class Case:
    """A locked ticket, its facts and its stored promise; then what has changed."""

    ticket: Ticket
    facts: list[Fact]
    standards: Mapping[int, Standard]
    clocks: dict[str, TicketClock] = field(default_factory=dict)
    escalations: list[Escalation] = field(default_factory=list)
    #: (clock key, step) of every rung that has been fired.
    fired: set[tuple[str, str]] = field(default_factory=set)
    #: Who was told at the steps of an escalation, by its id.
    told: dict[int, set[int]] = field(default_factory=dict)
    #: Who follows a ticket that waits for the customer's word, memberships.
    followers: list[int] = field(default_factory=list)
    #: The earliest instant that it waits for, as armed.
    next_alarm: datetime | None = None
    #: The number of the newest event when it was loaded.
    seq_loaded: int = 0
    # -- to be written
    events: list[TicketEvent] = field(default_factory=list)
    changed_clocks: set[str] = field(default_factory=set)
    changed_escalations: list[Escalation] = field(default_factory=list)
    steps: list[tuple[Escalation | None, EscalationStep]] = field(default_factory=list)
    fired_now: dict[tuple[str, str], datetime] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    #: Called when the case is settled, before it is saved: messages that name due times.
    when_settled: list[Callable[[], None]] = field(default_factory=list)

    def record(
        self,
        kind: str,
        *,
        actor: Actor,
        now: datetime,
        at: datetime | None = None,
        data: Mapping[str, Any] | None = None,
        body: str = "",
        internal: bool = False,
    ) -> TicketEvent:
        """Write down that something happened ``at`` an instant (default: now)."""
        self.ticket.last_seq += 1
        event = TicketEvent(
            tenant_id=self.ticket.tenant_id,
            ticket=self.ticket,
            seq=self.ticket.last_seq,
            kind=str(kind),
            happened_at=at or now,
            recorded_at=now,
            actor_id=actor.membership_id,
            actor_name=actor.name,
            via=actor.via,
            internal=internal or kind in STAFF_ONLY,
            body=body,
            data=dict(data or {}),
        )
        self.events.append(event)
        if event.kind in FACT_KINDS:
            self.facts.append(fact_of(event))
        return event

    def touch(self, escalation: Escalation) -> None:
        """Note that an escalation is to be written."""
        if escalation not in self.changed_escalations:
            self.changed_escalations.append(escalation)

    def told_of(self, escalation: Escalation) -> set[int]:
        """The memberships that were told at an escalation's steps, copies included."""
        told = set(self.told.get(escalation.pk, ()))
        for climbed, step in self.steps:
            if climbed is escalation:
                told |= {one["membership"] for one in step.told}
        return told

    @property
    def is_new(self) -> bool:
        """Whether the ticket has yet to be inserted."""
        return bool(self.ticket._state.adding)

    @property
    def standard(self) -> Standard:
        """The version that the ticket was received under, or moved to."""
        return self.standards[self.ticket.standard_version_id]


def fact_of(event: TicketEvent) -> Fact:
    """An event row as the pure value that the rules read."""
    return Fact(
        seq=event.seq,
        kind=FactKind(event.kind),
        at=event.happened_at,
        recorded_at=event.recorded_at,
        data=event.data,
    )


def new_case(ticket: Ticket, standards: Mapping[int, Standard]) -> Case:
    """The case of a ticket that has its key and number and is yet to be inserted."""
    return Case(ticket=ticket, facts=[], standards=standards)


def load_cases(ticket_ids: Collection[int]) -> dict[int, Case]:
    """Lock some tickets, then their clocks, and load what their promise depends on.

    A fixed number of queries, whatever the number of tickets. Lock order: ticket, clock,
    deadline; rows of one table by primary key.
    """
    tickets = list(
        Ticket.objects.filter(pk__in=list(ticket_ids))
        .select_related("project")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    facts = _facts([ticket.pk for ticket in tickets])
    everything = [fact for rows in facts.values() for fact in rows]
    standards = standards_of(
        _versions(tickets, facts), revisions=revisions_of(everything)
    )
    cases = {
        ticket.pk: Case(
            ticket=ticket,
            facts=facts.get(ticket.pk, []),
            standards=standards,
            seq_loaded=ticket.last_seq,
        )
        for ticket in tickets
    }
    _load_clocks(cases)
    _load_escalations(cases)
    _load_armed(cases)
    _load_followers(cases)
    return cases


def _facts(ticket_ids: Collection[int]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    rows = TicketEvent.objects.filter(ticket_id__in=ticket_ids, kind__in=FACT_KINDS)
    for ticket_id, seq, kind, at, recorded_at, data in rows.values_list(
        "ticket_id", "seq", "kind", "happened_at", "recorded_at", "data"
    ):
        fact = Fact(seq, FactKind(kind), at, recorded_at, data)
        found.setdefault(ticket_id, []).append(fact)
    return found


def revisions_of(facts: Iterable[Fact]) -> set[int]:
    """The revisions of calendars that facts have brought."""
    return {
        fact.data["revision"]
        for fact in facts
        if fact.kind is FactKind.CALENDAR_REVISED
    }


def _versions(tickets: Iterable[Ticket], facts: Mapping[int, list[Fact]]) -> set[int]:
    named = {
        fact.data["standard"]
        for rows in facts.values()
        for fact in rows
        if fact.kind in {FactKind.RECEIVED, FactKind.PROJECT_CHANGED}
    }
    return named | {ticket.standard_version_id for ticket in tickets}


def _load_clocks(cases: Mapping[int, Case]) -> None:
    rows = TicketClock.objects.filter(ticket_id__in=cases.keys()).order_by("pk")
    for row in rows.select_for_update():
        case = cases[row.ticket_id]
        row.ticket = case.ticket
        case.clocks[row.key] = row


def _load_escalations(cases: Mapping[int, Case]) -> None:
    for escalation in Escalation.objects.filter(ticket_id__in=cases.keys()).order_by(
        "pk"
    ):
        cases[escalation.ticket_id].escalations.append(escalation)
    keys = {row.pk: row.key for case in cases.values() for row in case.clocks.values()}
    steps = EscalationStep.objects.filter(ticket_id__in=cases.keys())
    for ticket_id, clock_id, step, escalation_id, told in steps.values_list(
        "ticket_id", "clock_id", "step", "escalation_id", "told"
    ):
        case = cases[ticket_id]
        case.fired.add((keys[clock_id], step))
        people = case.told.setdefault(escalation_id or 0, set())
        people |= {one["membership"] for one in told}


def _load_armed(cases: Mapping[int, Case]) -> None:
    rows = Deadline.objects.filter(kind=KIND, topic_id__in=cases.keys(), fired_at=None)
    first = rows.values("topic_id").annotate(first=Min("due_at"))
    for topic_id, due_at in first.values_list("topic_id", "first"):
        cases[topic_id].next_alarm = due_at


def _load_followers(cases: Mapping[int, Case]) -> None:
    """Followers of what may be closed by itself; no query where there is nothing of it."""
    resolved = [pk for pk, c in cases.items() if c.ticket.state == State.RESOLVED]
    if resolved:
        rows = Follower.objects.filter(ticket_id__in=resolved)
        for ticket_id, member in rows.values_list("ticket_id", "membership_id"):
            cases[ticket_id].followers.append(member)
