"""Open cases, settle them, save them: what every service and every fired deadline does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from deadlines.services import sync
from notifications import services as notifications
from people import directory
from people.rules import Staffing
from servicedesk.lib import bulk, pulse
from tickets.engine.alarms import alarms
from tickets.engine.case import KIND, Case, load_cases
from tickets.engine.departures import DEPARTURE, follow_departures
from tickets.engine.flows import REMINDER, follow_flows
from tickets.engine.save import save_cases
from tickets.engine.settle import Settlement
from tickets.models import Ticket
from tickets.rules.facts import FactKind
from tickets.signals import ticket_closed


def settle_and_save(cases: Collection[Case], *, now: datetime) -> None:
    """Settle cases and write everything: set-based, in the caller's transaction."""
    if not cases:
        return
    known = [case.ticket.pk for case in cases if not case.is_new]
    staff = directory.later(now=now)
    settlements = _settle(cases, staff=staff, now=now)
    for case in cases:
        for call in case.when_settled:
            call()
    followed = follow_flows(cases, staff=staff, now=now)
    departures = follow_departures(cases, now=now)
    writes = bulk.Together()
    sync(
        kind=KIND,
        topic_ids=known,
        wanted=[alarm for settlement in settlements for alarm in alarms(settlement)],
        fired={
            (case.ticket.pk, key, step): due
            for case in cases
            for (key, step), due in case.fired_now.items()
        },
        now=now,
        writes=writes,
    )
    save_cases(cases, writes, now=now)
    for kind, found in ((REMINDER, followed), (DEPARTURE, departures)):
        if found.topic_ids:
            sync(
                kind=kind,
                topic_ids=found.topic_ids,
                wanted=found.wanted,
                fired=found.fired,
                now=now,
            )
    closed = [case.ticket for case in cases if _was_closed(case)]
    if closed:
        ticket_closed.send(sender=Ticket, tickets=closed, now=now)
    notifications.queue([draft for case in cases for draft in case.drafts], now=now)
    _wake_pages(cases)


def _was_closed(case: Case) -> bool:
    return any(event.kind == FactKind.CLOSED for event in case.events)


def _settle(
    cases: Collection[Case], *, staff: Callable[[], Staffing], now: datetime
) -> list[Settlement]:
    settlements = [Settlement(case, staff=staff, now=now) for case in cases]
    for settlement in settlements:
        settlement.run()
    return settlements


def _wake_pages(cases: Collection[Case]) -> None:
    """Tell open pages which of their parts are old now."""
    changed = [case for case in cases if case.events or case.changed_clocks]
    topics: set[str] = set()
    for case in changed:
        ticket = case.ticket
        own = f"ticket:{ticket.number}"
        topics |= {"queue", "dashboard"}
        if not case.seq_loaded:  # new: nobody has it open yet
            topics.add(f"client:{ticket.client_id}")
            continue
        topics.add(own)
        if case.changed_clocks or any(not event.internal for event in case.events):
            topics |= {f"{own}/client", f"client:{ticket.client_id}"}
    if topics:
        pulse.bump(topics, tenant_id=changed[0].ticket.tenant_id)  # type: ignore[arg-type]


@contextmanager
def working_on(
    ticket_ids: Collection[int], *, now: datetime
) -> Iterator[dict[int, Case]]:
    """Lock cases, let the caller record what happened, then settle and save them.

    What was due before, and nobody was awake for, is done first: whoever acts sees the ticket
    as it is now. One transaction; nothing is written when the caller raises.
    """
    with transaction.atomic():
        cases = load_cases(ticket_ids)
        late = [
            case
            for case in cases.values()
            if case.next_alarm is not None and case.next_alarm <= now
        ]
        if late:
            _settle(late, staff=directory.later(now=now), now=now)
        yield cases
        settle_and_save(cases.values(), now=now)
