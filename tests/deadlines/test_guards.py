"""Each guard of "exactly once", and what happens where it is taken away.

A test named ``…_without_it`` is the control: it takes the guard out and sees the harm, so that
the test beside it is known to be able to fail.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from deadlines import services as alarm
from deadlines.models import Deadline
from notifications import services as notifications
from servicedesk.lib.now import database_now
from tests.deadlines.late import counts, fire_all, in_threads, overdue
from tests.sessions import beside
from tests.world import House
from tickets.engine import settle

pytestmark = pytest.mark.django_db(transaction=True)


# -- claiming --------------------------------------------------------------------------------


def test_three_sweeps_at_once_never_claim_the_same_row(house: House) -> None:
    overdue(house, 6)
    claimed = in_threads(lambda: [c.pk for c in alarm.claim(limit=100)[1]], 3)
    everything = [pk for pks in claimed for pk in pks]
    assert (
        len(everything) == len(set(everything)) == 12
    )  # warning and miss of each response


def claim_beside_another(house: House) -> list[alarm.Claim]:
    """What one sweep claims while another has claimed everything and not yet committed."""
    overdue(house)
    values = [alarm.LEASE, uuid.uuid4().hex, 10]
    return beside(alarm.CLAIM, values, lambda: alarm.claim(limit=10)[1])


def test_rows_that_another_sweep_is_claiming_are_passed_over(house: House) -> None:
    assert claim_beside_another(house) == []


def test_rows_that_another_sweep_is_claiming_are_claimed_twice_without_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = alarm.CLAIM.replace("FOR UPDATE SKIP LOCKED", "")
    monkeypatch.setattr(alarm, "CLAIM", bare)
    assert len(claim_beside_another(house)) == 2


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


def test_a_worker_that_slept_past_its_lease_fires_without_it(house: House) -> None:
    overdue(house)
    late_lease, late_claims = alarm.claim(limit=10)
    with house.scope():
        Deadline.objects.update(wake_at=database_now() - timedelta(seconds=1))
    alarm.claim(limit=10)
    with house.scope():
        Deadline.objects.update(lease=late_lease)  # every token is as good as another
    fire_all(late_claims, late_lease, house)
    assert counts(house)["missed"] == 1


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


def test_it_is_recorded_and_nobody_told_without_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message after the commit of the fact, instead of with it."""
    overdue(house)

    def broken() -> None:
        raise RuntimeError("the outbox is gone")

    def later(*_args: Any, **_kwargs: Any) -> int:
        transaction.on_commit(broken)
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(notifications, "queue", later)
        alarm.sweep_once()
    assert counts(house) == {"escalations": 1, "steps": 2, "missed": 1, "messages": 0}
    with house.scope():
        Deadline.objects.update(wake_at=database_now() - timedelta(seconds=1))
    alarm.sweep_once()
    assert counts(house)["messages"] == 0  # and nobody ever will be


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
