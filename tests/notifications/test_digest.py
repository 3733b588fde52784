"""Digests: who has much due at once gets one e-mail, the same on every try."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest

from tenants.scope import tenant_scope
from tests.notifications.post import LEASE, NOW, change, deliver, deliveries, tell

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("committed")]


def much(house, name="engineer", count=6, **params):
    for n in range(count):
        tell(house, name, key=f"{params}{n}", title=f"Ticket {n}", **params)


def test_five_at_once_become_one_mail(world, server):
    much(world.zhida, count=5)
    deliver()
    [mail] = server.taken
    rows = deliveries(world.zhida)
    assert {row.state for row in rows} == {"sent"}
    assert {row.sent_at for row in rows} == {NOW}
    assert mail.extra_headers["Message-ID"] == rows[0].uid
    for n in range(5):
        assert f"Ticket {n}" in mail.body
        assert f"Ticket {n}" in mail.alternatives[0][0]
    assert mail.subject.startswith("5 messages: ")


def test_four_are_four_mails(world, server):
    much(world.zhida, count=4)
    deliver()
    assert len(server.taken) == 4


def test_more_is_gathered_than_one_claim_takes(world, server):
    much(world.zhida, count=9)
    deliver(limit=3)
    [mail] = server.taken
    assert mail.body.count("Ticket ") == 9
    assert deliver() == 0


def test_each_person_has_a_digest_of_their_own(world, server):
    much(world.zhida, "engineer")
    much(world.zhida, "agent")
    tell(world.zhida, "boss")
    deliver()
    assert len(server.taken) == 3


def test_what_is_urgent_comes_first(world, server):
    much(world.zhida, count=5)
    tell(world.zhida, "engineer", kind="clock_missed", due_at=NOW.isoformat())
    deliver()
    [mail] = server.taken
    assert mail.subject.startswith("6 messages: Missed: Arrival")


def test_a_retry_is_the_same_mail_whatever_came_meanwhile(world, server, monkeypatch):
    class Killed(BaseException):
        pass

    def die(name):
        if name == "deliver.after_send":
            raise Killed

    much(world.zhida, count=6)
    with monkeypatch.context() as crash:
        crash.setattr("notifications.services.delivery.hit", die)
        with pytest.raises(Killed):
            deliver()
    tell(
        world.zhida,
        "engineer",
        key="later",
        title="Came later",
        now=NOW + timedelta(seconds=1),
    )
    deliver(after=LEASE)
    first, *rest = server.taken
    again = [m for m in rest if m.extra_headers == first.extra_headers]
    assert len(again) == 1
    assert (again[0].subject, again[0].body) == (first.subject, first.body)
    assert again[0].alternatives == first.alternatives
    others = [
        m
        for m in rest
        if m.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]
    ]
    assert len(others) == 1
    assert "Came later" in others[0].body


def test_the_group_is_fixed_before_the_first_try(world, server, monkeypatch):
    class Killed(BaseException):
        pass

    def die(name):
        if name == "deliver.grouped":
            raise Killed

    much(world.zhida, count=6)
    with monkeypatch.context() as crash:
        crash.setattr("notifications.services.delivery.hit", die)
        with pytest.raises(Killed):
            deliver()
    assert server.taken == []
    assert [row.state for row in deliveries(world.zhida)] == ["queued"] + ["joined"] * 5
    deliver(after=LEASE)
    assert len(server.taken) == 1


def test_what_was_tried_alone_stays_alone(world, server):
    server.refuse["engineer@"] = smtplib.SMTPServerDisconnected("gone")
    tell(world.zhida, "engineer", key="first", title="Tried alone")
    deliver()
    server.refuse.clear()
    much(world.zhida, count=6)
    deliver(after=timedelta(seconds=30))
    assert len(server.taken) == 2
    alone = [mail for mail in server.taken if "Tried alone" in mail.body]
    assert [mail.body.count("Ticket ") for mail in alone] == [0]


def test_a_digest_that_fails_is_retried_and_given_up_as_one(world, server):
    server.refuse["engineer@"] = smtplib.SMTPRecipientsRefused({})
    much(world.zhida, count=6)
    deliver()
    assert deliver(after=timedelta(minutes=1)) == 1
    deliver(after=timedelta(days=1))
    rows = [
        row
        for row in deliveries(world.zhida)
        if row.recipient_id == world.zhida.engineer.pk
    ]
    assert {row.state for row in rows} == {"dead"}


def test_nobody_elses_messages_get_into_a_digest(world, server):
    much(world.zhida, "engineer")
    much(world.other, "engineer")
    much(world.zhida, "client", title_of="client")
    deliver()
    with tenant_scope(world.other.tenant.pk):
        change(world.other.engineer, title="")
    assert len(server.taken) == 3
    for mail in server.taken:
        assert len(mail.to) == 1
        assert mail.body.count("Ticket ") == 6
