"""Each guard of "exactly once", and what happens where it is taken away.

A test named ``…_without_it`` is the control: it takes the guard out and sees the harm, so that
the test beside it is known to be able to fail.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from deadlines import services as alarm
from deadlines.models import Deadline
from notifications import services as notifications
from notifications.models import Message
from servicedesk.lib.now import database_now
from tests.world import House, World
from tickets import services
from tickets.engine import desk, settle
from tickets.models import Escalation, EscalationStep, Ticket, TicketClock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(world: World) -> House:
    return world.zhida


def overdue(house: House, count: int = 1) -> list[Ticket]:
    """Tickets whose response is overdue by five minutes and not yet recorded as missed."""
    with house.scope():
        now = database_now()
        tickets = [
            services.file_ticket(
                actor=house.actor("client"),
                now=now - timedelta(hours=2, minutes=5),
                client=house.client_org,
                project=house.project,
                title=f"Late {number}",
                severity=1,
            )
            for number in range(count)
        ]
    return tickets


def fire_all(claims: list[alarm.Claim], lease: Any, house: House) -> int:
    return alarm.fire(
        tenant_id=house.tenant.pk, kind="ticket", lease=lease, claims=claims
    )


def counts(house: House) -> dict[str, int]:
    with house.scope():
        return {
            "escalations": Escalation.objects.count(),
            "steps": EscalationStep.objects.count(),
            "missed": TicketClock.objects.filter(fired_at__isnull=False).count(),
            "messages": Message.objects.filter(kind="clock_missed").count(),
        }


def in_threads(call: Callable[[], Any], number: int) -> list[Any]:
    """Run a call in several threads at once, each with connections of its own."""
    found: list[Any] = []
    barrier = threading.Barrier(number)

    def run() -> None:
        barrier.wait()
        try:
            found.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# -- claiming --------------------------------------------------------------------------------


def test_three_sweeps_at_once_never_claim_the_same_row(house: House) -> None:
    overdue(house, 6)
    claimed = in_threads(lambda: [c.pk for c in alarm.claim(limit=100)[1]], 3)
    everything = [pk for pks in claimed for pk in pks]
    assert (
        len(everything) == len(set(everything)) == 12
    )  # warning and miss of each response


def test_three_sweeps_claim_the_same_rows_without_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = alarm.CLAIM.replace("FOR UPDATE SKIP LOCKED", "").replace(
        "+ %s, lease", "- %s, lease"
    )
    monkeypatch.setattr(alarm, "CLAIM", bare)
    overdue(house, 6)
    claimed = in_threads(lambda: [c.pk for c in alarm.claim(limit=100)[1]], 3)
    everything = [pk for pks in claimed for pk in pks]
    assert len(everything) > len(set(everything))


def test_a_claimed_row_is_left_alone_until_its_lease_runs_out(house: House) -> None:
    overdue(house)
    assert len(alarm.claim(limit=10)[1]) == 2
    assert alarm.claim(limit=10)[1] == []
    with house.scope():  # fifteen seconds later
        Deadline.objects.exclude(lease=None).update(
            wake_at=database_now() - timedelta(seconds=1)
        )
    assert len(alarm.claim(limit=10)[1]) == 2


# -- the token -------------------------------------------------------------------------------


def test_a_worker_that_slept_past_its_lease_fires_nothing(house: House) -> None:
    overdue(house)
    late_lease, late_claims = alarm.claim(limit=10)
    with house.scope():
        Deadline.objects.update(wake_at=database_now() - timedelta(seconds=1))
    lease, claims = alarm.claim(limit=10)
    fire_all(late_claims, late_lease, house)
    assert counts(house)["missed"] == 0
    fire_all(claims, lease, house)
    assert counts(house) == {"escalations": 1, "steps": 2, "missed": 1, "messages": 1}
    fire_all(late_claims, late_lease, house)
    assert counts(house) == {"escalations": 1, "steps": 2, "missed": 1, "messages": 1}


def test_it_fires_without_the_token(house: House) -> None:
    overdue(house)
    _lease, claims = alarm.claim(limit=10)
    with house.scope():
        Deadline.objects.update(lease=None)  # what take() compares with
        with desk.working_on([claims[0].topic_id], now=database_now()):
            pass
    assert counts(house)["missed"] == 1


# -- recomputing -----------------------------------------------------------------------------


def test_what_was_done_meanwhile_is_not_missed(house: House) -> None:
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
    lease, claims = alarm.claim(limit=10)
    with house.scope():
        before = ticket.received_at + timedelta(hours=1)
        services.answer(
            actor=house.actor("agent"),
            now=database_now(),
            ticket=ticket,
            body="We come.",
            happened_at=before,
            reason="told by phone",
        )
    fire_all(claims, lease, house)
    assert counts(house)["missed"] == 0


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


# -- one transaction -------------------------------------------------------------------------


def test_a_miss_that_nobody_can_be_told_of_is_not_recorded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    overdue(house)

    def broken(*_args: Any, **_kwargs: Any) -> int:
        raise RuntimeError("the outbox is gone")

    with monkeypatch.context() as patch:
        patch.setattr(notifications, "queue", broken)
        assert alarm.sweep_once() == (2, 1)
    assert counts(house) == {"escalations": 0, "steps": 0, "missed": 0, "messages": 0}
    with house.scope():
        rows = Deadline.objects.filter(last_error__contains="the outbox is gone")
        assert rows.count() == 2
        rows.update(wake_at=database_now() - timedelta(seconds=1))
    alarm.sweep_once()
    assert counts(house) == {"escalations": 1, "steps": 2, "missed": 1, "messages": 1}


def test_one_bad_ticket_does_not_hold_up_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = overdue(house, 5)
    bad = tickets[2].pk
    real = settle.Settlement.run

    def run(self: settle.Settlement) -> None:
        if self.case.ticket.pk == bad:
            raise ValueError("a bad row")
        real(self)

    with monkeypatch.context() as patch:
        patch.setattr(settle.Settlement, "run", run)
        _claimed, failed = alarm.sweep_once()
    assert failed == 1
    assert counts(house)["escalations"] == 4
    with house.scope():
        waiting = Deadline.objects.filter(topic_id=bad, fired_at=None).exclude(
            last_error=""
        )
        assert waiting.count() == 2
        assert all(row.wake_at > database_now() for row in waiting)


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


def test_the_lateness_of_a_fired_step_is_kept(house: House) -> None:
    overdue(house)
    alarm.sweep_once()
    with house.scope():
        late = Deadline.objects.get(step="miss", fired_at__isnull=False).lateness
    assert timedelta(minutes=5) <= late < timedelta(minutes=6)
