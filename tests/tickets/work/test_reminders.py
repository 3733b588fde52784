"""The engineer is reminded in time to leave: once, by the newest plan, and not after leaving."""

from __future__ import annotations

import pytest

from deadlines.models import Deadline
from notifications.models import Message
from tests.tickets.work.conftest import at
from tickets.engine.departures import DEPARTURE, departures_overtaken
from tickets.handlers import settle_tickets
from tickets.services import work


@pytest.fixture
def sweep():
    """What the alarm clock does when the time of a departure has come."""

    def fire(now):
        due = Deadline.objects.filter(kind=DEPARTURE, fired_at=None, due_at__lte=now)
        topics = set(due.values_list("topic_id", flat=True))
        settle_tickets(topic_ids=topics, take=lambda: topics, now=now)

    return fire


def told():
    rows = Message.objects.filter(kind="leave_soon").order_by("pk")
    return [(row.recipient_id, row.params["start_at"][11:16]) for row in rows]


def armed():
    rows = Deadline.objects.filter(kind=DEPARTURE, fired_at=None)
    return [row.due_at for row in rows]


def test_reminded_once_so_as_to_arrive_ten_minutes_early(zhida, send, sweep):
    send(start=at(12), end=at(14), travel=45)
    assert armed() == [at(11, 5)]
    sweep(at(11, 4))
    assert told() == []
    for _twice in range(2):
        sweep(at(11, 5))
    assert told() == [(zhida.engineer.pk, "12:00")]
    assert armed() == []


def test_a_move_arms_anew_and_the_old_time_is_silent(zhida, send, sweep):
    order = send(start=at(12), end=at(14))
    agent = zhida.actor("agent")
    work.reschedule(actor=agent, now=at(9, 10), order=order, start=at(15), end=at(16))
    assert armed() == [at(14, 20)]
    sweep(at(11, 30))
    assert told() == []
    sweep(at(14, 20))
    # Back to the very time that was told already: once is enough.
    work.reschedule(actor=agent, now=at(14, 21), order=order, start=at(17), end=at(18))
    work.reschedule(actor=agent, now=at(14, 22), order=order, start=at(15), end=at(16))
    sweep(at(14, 40))
    assert told() == [(zhida.engineer.pk, "15:00")]


def test_whoever_takes_it_over_is_reminded_instead(zhida, send, sweep):
    order = send(start=at(12), end=at(14))
    work.redispatch(
        actor=zhida.actor("agent"),
        now=at(9, 10),
        order=order,
        engineer=zhida.people["colleague"],
    )
    sweep(at(11, 20))
    assert told() == [(zhida.people["colleague"].pk, "12:00")]


def test_who_has_left_is_not_reminded(zhida, send, sweep):
    order = send(start=at(12), end=at(14))
    me = zhida.actor("engineer")
    work.accept_work(actor=me, now=at(9, 6), order=order)
    assert armed() == [at(11, 20)]
    work.depart_for_work(actor=me, now=at(10), order=order)
    assert armed() == []


@pytest.mark.parametrize("by", ["cancel", "ticket"])
def test_what_is_called_off_is_not_reminded_of(zhida, send, ticket, by):
    order = send(start=at(12), end=at(14))
    common = {"actor": zhida.actor("agent"), "now": at(9, 10), "reason": "Not needed"}
    if by == "cancel":
        work.cancel_work(order=order, **common)
    else:
        from tickets import services

        services.cancel(ticket=ticket, **common)
    assert armed() == []


@pytest.mark.parametrize("values", [{"kind": "remote"}, {"engineer": None}, {}])
def test_nothing_is_armed_for_who_need_not_leave(send, values):
    plan = {"start": at(12), "end": at(14)} if values else {}
    send(**plan, **values)
    assert armed() == []


def test_what_is_planned_too_late_to_be_reminded_of_is_not(send, sweep):
    send(start=at(9, 30), end=at(10))
    sweep(at(9, 10))
    assert (told(), armed()) == ([], [])


def test_after_an_outage_past_the_beginning_nobody_is_told_to_leave(send, sweep):
    send(start=at(12), end=at(14))
    sweep(at(12, 30))
    assert (told(), armed()) == ([], [])


def test_its_mail_is_not_sent_once_they_have_left(zhida, send, sweep):
    order = send(start=at(12), end=at(14))
    sweep(at(11, 20))
    message = Message.objects.get(kind="leave_soon")
    assert departures_overtaken([message]) == set()
    me = zhida.actor("engineer")
    work.accept_work(actor=me, now=at(11, 25), order=order)
    work.depart_for_work(actor=me, now=at(11, 30), order=order)
    assert departures_overtaken([message]) == {message.pk}
