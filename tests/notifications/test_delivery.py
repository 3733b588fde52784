"""Delivery: leased, at least once, one key for ever; one bad letter stops no other."""

from __future__ import annotations

import smtplib
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections

from notifications.models import Delivery
from notifications.services import claims, delivery, letters
from notifications.services.claims import claim, renew
from notifications.services.delivery import LONGEST_WAIT, wait_after
from tenants.scope import tenant_scope
from tests.notifications.post import (
    LEASE,
    NOW,
    change,
    deliver,
    deliveries,
    messages,
    tell,
)
from tests.sessions import beside

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("committed")]


def states(house, *names):
    """The state of each person's one delivery; of all deliveries without names."""
    rows = deliveries(house)
    of = {row.recipient_id: row.state for row in rows}
    return [of[house.people[name].pk] for name in names] or [row.state for row in rows]


def test_what_is_queued_is_sent_once_and_marked(world, server):
    tell(world.zhida, "engineer", "manager")
    assert deliver() == 2
    assert deliver() == 0
    assert len(server.taken) == 2
    for row in deliveries(world.zhida):
        assert (row.state, row.sent_at, row.lease) == ("sent", NOW, None)
    keys = {mail.extra_headers["Message-ID"] for mail in server.taken}
    assert keys == {row.uid for row in deliveries(world.zhida)}


def test_what_is_not_due_waits(world, server):
    tell(world.zhida, "engineer", now=NOW + timedelta(minutes=1))
    assert deliver() == 0
    assert deliver(after=timedelta(minutes=1)) == 1


def test_a_leased_delivery_is_nobody_elses_until_the_lease_runs_out(world, server):
    tell(world.zhida, "engineer")
    first = claim(now=NOW, limit=10)
    assert first.count == 1
    assert deliver() == 0
    assert deliver(after=LEASE - timedelta(seconds=1)) == 0
    assert deliver(after=LEASE) == 1
    assert len(server.taken) == 1


def claim_beside_another(house):
    """How many one worker claims while another has claimed all and not yet committed."""
    tell(house, "engineer", "manager")
    until = NOW + LEASE
    values = {"now": NOW, "limit": 9, "lease": uuid.uuid4().hex, "until": until}
    return beside(claims.CLAIM, values, lambda: claim(now=NOW, limit=9)).count


def test_what_another_worker_is_claiming_is_passed_over(world):
    assert claim_beside_another(world.zhida) == 0


def test_what_another_worker_is_claiming_is_claimed_twice_without_it(
    world, monkeypatch
):
    bare = claims.CLAIM.replace("FOR UPDATE OF d SKIP LOCKED", "")
    monkeypatch.setattr(claims, "CLAIM", bare)
    assert claim_beside_another(world.zhida) == 2


def test_a_worker_whose_lease_was_taken_over_neither_sends_nor_marks(world, server):
    tell(world.zhida, "engineer")
    first = claim(now=NOW, limit=10)
    claim(now=NOW + LEASE, limit=10)
    assert not renew(first.all_ids(), first.lease)
    assert states(world.zhida) == ["queued"]


def test_a_worker_that_was_overtaken_before_it_sent_sends_nothing(
    world, server, monkeypatch
):
    """It slept between reading the letter and sending it, longer than its lease."""
    tell(world.zhida, "engineer")

    def sleep(ids, lease):
        parcels = letters.read_parcels(ids, lease)
        claim(now=NOW + LEASE, limit=10)
        return parcels

    monkeypatch.setattr(delivery, "read_parcels", sleep)
    deliver()
    assert server.taken == []
    assert states(world.zhida) == ["queued"]


def test_a_worker_that_was_overtaken_while_sending_does_not_mark(world, server):
    tell(world.zhida, "engineer")

    def overtake(_mail):
        server.before.clear()
        with connections["system"].cursor() as cursor:
            cursor.execute(
                "UPDATE notifications_delivery SET lease = gen_random_uuid()"
            )

    server.before.append(overtake)
    deliver()
    assert states(world.zhida) == ["queued"]


def test_a_crash_between_send_and_mark_sends_again_under_the_same_key(
    world, server, monkeypatch
):
    tell(world.zhida, "engineer")

    class Killed(BaseException):
        pass

    def die(name):
        if name == "deliver.after_send":
            raise Killed

    with monkeypatch.context() as crash:
        crash.setattr("notifications.services.delivery.hit", die)
        with pytest.raises(Killed):
            deliver()
    assert deliver() == 0
    assert deliver(after=LEASE) == 1
    first, second = server.taken
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert (first.subject, first.body) == (second.subject, second.body)
    assert first.alternatives == second.alternatives
    assert states(world.zhida) == ["sent"]


def test_two_workers_at_once_send_each_letter_once(world, server):
    names = ("engineer", "manager", "agent", "admin", "boss", "colleague", "client")
    for key in range(4):
        tell(world.zhida, *names, key=str(key))
    together = threading.Barrier(2)
    counts = []

    def work():
        try:
            together.wait(timeout=10)
            counts.append(sum(deliver(limit=5) for _ in range(8)))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    while deliver():
        pass
    keys = [mail.extra_headers["Message-ID"] for mail in server.taken]
    assert len(counts) == 2
    assert len(keys) == len(set(keys)) == 28
    assert set(states(world.zhida)) == {"sent"}


def test_one_bad_recipient_does_not_hold_up_the_others(world, server):
    said = {"engineer@zhida.example": (550, b"5.1.1 No such user")}
    server.refuse["engineer@"] = smtplib.SMTPRecipientsRefused(said)
    tell(world.zhida, "agent", "engineer", "manager")
    deliver()
    assert states(world.zhida, "agent", "engineer", "manager") == [
        "sent",
        "queued",
        "sent",
    ]
    bad = next(row for row in deliveries(world.zhida) if row.state == "queued")
    assert bad.last_error == "550 5.1.1 No such user"
    assert NOW + timedelta(seconds=4) <= bad.wake_at <= NOW + timedelta(seconds=6)

    server.refuse.clear()
    assert deliver(after=timedelta(seconds=6)) == 1
    assert states(world.zhida) == ["sent"] * 3
    assert {row.last_error for row in deliveries(world.zhida)} == {""}


def test_one_bad_row_does_not_hold_up_the_others(world, server):
    tell(world.zhida, "agent", "engineer", "manager")
    bad = deliveries(world.zhida)[1]
    with tenant_scope(world.zhida.tenant.pk):
        change(bad, channel="pigeon")
    deliver()
    assert states(world.zhida) == ["sent", "queued", "sent"]


def test_a_kind_whose_words_are_gone_is_sent_all_the_same(world, server):
    tell(world.zhida, "engineer")
    [row] = messages(world.zhida)
    with tenant_scope(world.zhida.tenant.pk):
        change(row, kind="retired")
    deliver()
    assert states(world.zhida) == ["sent"]


def test_a_dead_server_is_asked_once_a_step(world, server):
    server.down = ConnectionRefusedError("no")
    tell(world.zhida, "agent", "engineer", "manager")
    tell(world.other, "agent")
    assert deliver() == 4
    assert states(world.zhida) == ["queued"] * 3
    assert states(world.other) == ["queued"]
    assert server.taken == []
    server.down = None
    assert deliver(after=timedelta(seconds=7)) == 4
    assert len(server.taken) == 4


def test_waits_double_up_to_half_an_hour_and_differ_by_delivery():
    waits = [wait_after(n, uid="a").total_seconds() for n in range(1, 30)]
    for n, wait in enumerate(waits[:8]):
        assert 0.8 * 5 * 2**n <= wait <= 1.2 * 5 * 2**n
    assert max(waits) <= 1.2 * LONGEST_WAIT.total_seconds()
    assert len({wait_after(3, uid=str(n)) for n in range(50)}) > 40
    assert wait_after(3, uid="a") == wait_after(3, uid="a")


def test_after_a_day_it_is_given_up_and_administrators_see_it(world, server):
    server.refuse["engineer@"] = smtplib.SMTPRecipientsRefused({})
    tell(world.zhida, "engineer", "agent")
    deliver()
    deliver(after=timedelta(hours=23))
    assert states(world.zhida, "engineer", "agent") == ["queued", "sent"]
    assert messages(world.zhida, kind="dead_letter") == []
    deliver(after=timedelta(days=1))
    assert states(world.zhida, "engineer", "agent") == ["dead", "sent"]
    [told] = messages(world.zhida, kind="dead_letter")
    assert told.recipient_id == world.zhida.admin.pk
    assert deliver(after=timedelta(days=2)) == 0


def test_who_was_deactivated_meanwhile_gets_nothing(world, server):
    tell(world.zhida, "engineer", "agent")
    with tenant_scope(world.zhida.tenant.pk):
        change(world.zhida.engineer, is_active=False)
    deliver()
    assert states(world.zhida, "engineer", "agent") == ["moot", "sent"]
    assert [mail.to[0] for mail in server.taken] == [
        "Agent of zhida <agent@zhida.example>"
    ]


def test_each_tenant_gets_its_own_words_and_links(world, server):
    tell(world.zhida, "engineer", title="Canary of zhida")
    tell(world.other, "engineer", title="Canary of other")
    deliver()
    assert len(server.taken) == 2
    for mail in server.taken:
        own, alien = ("zhida", "other") if "zhida" in mail.to[0] else ("other", "zhida")
        everything = mail.message().as_string() + mail.body + mail.alternatives[0][0]
        assert f"Canary of {own}" in everything
        assert f"http://{own}.localhost" in everything
        assert alien not in everything.replace("another", "")


def test_a_tenant_with_much_due_does_not_hold_up_another(world, server):
    for key in range(6):
        tell(
            world.zhida,
            "engineer",
            "agent",
            "boss",
            key=str(key),
            now=NOW - timedelta(hours=1),
        )
    tell(world.other, "engineer")
    deliver(limit=4)
    assert states(world.other) == ["sent"]


def test_dead_letters_can_be_tried_again_or_dismissed(world, server):
    from notifications.services.dead import (
        dead_letters,
        dismiss,
        outbox_state,
        try_again,
    )

    tell(world.zhida, "engineer", "agent")
    with tenant_scope(world.zhida.tenant.pk):
        Delivery.objects.update(state="dead", attempts=9)
        first, second = dead_letters()
        assert outbox_state().dead == 2
        assert try_again(pk=first.pk, now=NOW + timedelta(days=3))
        assert not try_again(pk=first.pk, now=NOW + timedelta(days=3))
        assert dismiss(pk=second.pk)
        assert not dismiss(pk=second.pk)
        assert outbox_state().waiting == 1
    uid = first.uid
    deliver(after=timedelta(days=3))
    assert [mail.extra_headers["Message-ID"] for mail in server.taken] == [uid]
