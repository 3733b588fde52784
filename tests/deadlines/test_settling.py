"""What is due is worked out again under the ticket's lock, and nothing happens twice.

As in :mod:`tests.deadlines.test_guards`, ``…_without_it`` takes the guard out and sees the harm.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import (
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)

from deadlines import services as alarm
from deadlines.models import Deadline
from servicedesk.lib.now import database_now
from tests.deadlines.late import counts, fire_all, in_threads, overdue
from tests.world import House
from tickets import handlers, services
from tickets.engine import desk, load_cases, settle
from tickets.models import EscalationStep, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


# -- recomputing -----------------------------------------------------------------------------


def nearly_missed(house: House) -> Ticket:
    """A ticket whose response is due in a moment, woken for a little too early."""
    with house.scope():
        now = database_now()
        ticket = services.file_ticket(
            actor=house.actor("client"),
            now=now - timedelta(hours=1, minutes=59, seconds=59),
            client=house.client_org,
            project=house.project,
            title="Just in time",
            severity=1,
        )
        Deadline.objects.filter(step="miss", subject__startswith="first").update(
            wake_at=now - timedelta(seconds=1)
        )
    return ticket


def answer_in_time(house: House, ticket: Ticket) -> None:
    with house.scope():
        services.answer(
            actor=house.actor("agent"),
            now=database_now(),
            ticket=ticket,
            body="We come.",
            happened_at=ticket.received_at + timedelta(hours=1),
            reason="told by phone",
        )


def settle_all_the_same(ticket: Ticket, house: House) -> None:
    """As if the answer had disarmed nothing: only recomputing stands between."""
    with house.scope():
        later = database_now() + timedelta(minutes=1)
        handlers.settle_tickets(
            topic_ids=[ticket.pk], take=lambda: {ticket.pk}, now=later
        )


def test_what_was_done_meanwhile_is_not_missed(house: House) -> None:
    ticket = nearly_missed(house)
    lease, claims = alarm.claim(limit=10)
    answer_in_time(house, ticket)
    fire_all(claims, lease, house)
    settle_all_the_same(ticket, house)
    assert counts(house)["missed"] == 0


def test_what_was_done_meanwhile_would_be_missed_without_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case as it was before, instead of as it is under the lock: a miss is written down.

    Its place in the record is taken by the answer, so that the database refuses even then.
    """
    ticket = nearly_missed(house)
    with house.scope():
        known = load_cases([ticket.pk])
    answer_in_time(house, ticket)
    monkeypatch.setattr(handlers, "load_cases", lambda _ids: known)
    with pytest.raises(IntegrityError, match="tickets_event_seq"):
        settle_all_the_same(ticket, house)


def answer_at_once(house: House, ticket: Ticket) -> None:
    """Answer, or give up after a tenth of a second of waiting for a lock."""
    with house.scope():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 100")
        services.answer(
            actor=house.actor("agent"), now=database_now(), ticket=ticket, body="Hm."
        )


def test_nobody_changes_a_ticket_that_is_being_settled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    [ticket] = overdue(house)
    lease, claims = alarm.claim(limit=10)
    locked, go = threading.Event(), threading.Event()

    def pause(point: str) -> None:
        if point == "tickets.locked":
            locked.set()
            assert go.wait(60)

    def fire() -> None:
        try:
            fire_all(claims, lease, house)
        finally:
            connections.close_all()

    monkeypatch.setattr(handlers, "hit", pause)
    thread = threading.Thread(target=fire)
    thread.start()
    try:
        assert locked.wait(60)
        with pytest.raises(OperationalError, match="lock timeout"):
            answer_at_once(house, ticket)
    finally:
        go.set()
        thread.join()
    assert counts(house)["missed"] == 1


def test_a_stored_time_is_only_a_hint(house: House) -> None:
    with house.scope():
        ticket = services.file_ticket(
            actor=house.actor("client"),
            now=database_now(),
            client=house.client_org,
            project=house.project,
            title="Not yet",
            severity=1,
        )
        true = Deadline.objects.get(step="miss", subject__startswith="first").due_at
        wrong = database_now() - timedelta(minutes=1)
        Deadline.objects.filter(topic_id=ticket.pk).update(due_at=wrong, wake_at=wrong)
    alarm.sweep_once()
    assert counts(house)["missed"] == 0
    with house.scope():
        row = Deadline.objects.get(step="miss", subject__startswith="first")
        assert (row.due_at, row.wake_at, row.fired_at) == (true, true, None)


def test_a_stored_time_is_believed_without_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = overdue(house)
    real = settle.derive

    def blind(facts: Any, *, standards: Any, now: datetime) -> Any:
        return real(facts, standards=standards, now=now - timedelta(hours=1))

    monkeypatch.setattr(settle, "derive", blind)
    alarm.sweep_once()
    assert counts(house)["missed"] == 0  # nothing else would have found the miss
    assert tickets


# -- once ------------------------------------------------------------------------------------


def test_many_sweeps_and_a_service_at_once_fire_each_step_once(house: House) -> None:
    tickets = overdue(house, 4)

    def sweep() -> None:
        alarm.sweep_once()

    def settle_by_hand() -> None:
        with (
            house.scope(),
            desk.working_on([t.pk for t in tickets], now=database_now()),
        ):
            pass

    calls = iter([sweep, settle_by_hand, sweep, settle_by_hand])
    lock = threading.Lock()

    def one() -> None:
        with lock:
            call = next(calls)
        call()

    in_threads(one, 4)
    assert counts(house) == {"escalations": 4, "steps": 8, "missed": 4, "messages": 4}
    with house.scope():
        assert (
            Deadline.objects.filter(fired_at=None, due_at__lt=database_now()).count()
            == 0
        )


def test_a_step_that_has_fired_is_never_armed_again(house: House) -> None:
    [ticket] = overdue(house)
    alarm.sweep_once()
    with house.scope():
        rows = list(Deadline.objects.exclude(fired_at=None))
        again = [
            alarm.Alarm(ticket.pk, row.subject, row.step, row.due_at) for row in rows
        ]
        waiting = [
            alarm.Alarm(ticket.pk, row.subject, row.step, row.due_at)
            for row in Deadline.objects.filter(fired_at=None)
        ]
        alarm.sync(
            kind="ticket",
            topic_ids=[ticket.pk],
            wanted=again + waiting,
            fired={},
            now=database_now(),
        )
    assert rows
    assert alarm.claim(limit=10)[1] == []
    assert counts(house) == {"escalations": 1, "steps": 2, "missed": 1, "messages": 1}


def test_the_database_refuses_a_step_a_second_time(house: House) -> None:
    overdue(house)
    alarm.sweep_once()
    with house.scope():
        step = EscalationStep.objects.order_by("pk").first()
        step.pk = None
        with (
            pytest.raises(IntegrityError, match="tickets_escalationstep_once"),
            transaction.atomic(),
        ):
            step.save(force_insert=True)


def test_the_lateness_of_a_fired_step_is_kept(house: House) -> None:
    overdue(house)
    alarm.sweep_once()
    with house.scope():
        late = Deadline.objects.get(step="miss", fired_at__isnull=False).lateness
    assert timedelta(minutes=5) <= late < timedelta(minutes=6)
