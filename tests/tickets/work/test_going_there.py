"""A work order is dispatched, accepted, travelled to; the ticket's clocks go with it."""

from __future__ import annotations

import pytest

from notifications.models import Message
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tests.tickets.work.conftest import at
from tickets import services
from tickets.models import Checklist, Ticket, TicketClock, WorkOrder
from tickets.services import work


def clock(ticket, metric):
    return TicketClock.objects.get(ticket=ticket, metric=metric, counts=True)


def test_the_urgent_resolution_clock_starts_when_the_engineer_arrives(on_site, ticket):
    assert clock(ticket, "arrival").state == "met"
    resolution = clock(ticket, "resolution")
    assert (resolution.state, resolution.due_at) == ("running", at(11, 40))
    on_site.refresh_from_db()
    assert on_site.state == WorkOrder.State.ARRIVED


def test_a_dispatched_visit_decides_that_one_is_needed_and_tells_the_engineer(
    zhida, send, ticket
):
    order = send(start=at(10), end=at(12))
    ticket.refresh_from_db()
    assert ticket.visit == Ticket.Visit.NEEDED
    assert ticket.assignee_id == zhida.engineer.pk
    assert order.number == f"{ticket.number}-W1"
    message = Message.objects.get(kind="work_dispatched")
    assert message.recipient_id == zhida.engineer.pk


def test_without_an_engineer_it_waits_on_the_board(zhida, send):
    order = send(engineer=None)
    assert order.state == WorkOrder.State.UNASSIGNED
    with pytest.raises(Conflict):
        work.accept_work(actor=zhida.actor("engineer"), now=at(9, 6), order=order)


def test_an_arrival_before_the_departure_is_refused_and_changes_nothing(zhida, send):
    order = send()
    me = zhida.actor("engineer")
    work.accept_work(actor=me, now=at(9, 6), order=order)
    with pytest.raises(Conflict):
        work.arrive_for_work(actor=me, now=at(9, 20), order=order)
    work.depart_for_work(actor=me, now=at(9, 30), order=order)
    with pytest.raises(ServiceError) as refused:
        work.arrive_for_work(
            actor=me,
            now=at(9, 40),
            order=order,
            happened_at=at(9, 25),
            reason="no network",
        )
    assert (refused.value.code, refused.value.field) == (
        "before_departure",
        "happened_at",
    )
    order.refresh_from_db()
    assert (order.state, order.arrived_at) == (WorkOrder.State.DEPARTED, None)


def test_what_must_be_ready_is_ready_before_departure(zhida, send):
    Checklist.objects.create(
        name="Cameras",
        category="Camera",
        items=[{"text": "Spare camera", "required": True}, {"text": "Ladder"}],
    )
    Checklist.objects.create(name="Other", category="Printer", items=[{"text": "Ink"}])
    order = send()
    me = zhida.actor("engineer")
    assert [item["text"] for item in order.checklist] == ["Spare camera", "Ladder"]
    work.accept_work(actor=me, now=at(9, 6), order=order)
    with pytest.raises(ServiceError) as refused:
        work.depart_for_work(actor=me, now=at(9, 10), order=order)
    assert refused.value.code == "not_prepared"
    work.check_off(actor=me, now=at(9, 11), order=order, item=0, done=True)
    work.depart_for_work(actor=me, now=at(9, 12), order=order)
    assert order.state == WorkOrder.State.DEPARTED


def test_whoever_must_leave_at_once_says_why(zhida, send):
    Checklist.objects.create(name="All", items=[{"text": "Badge", "required": True}])
    order = send()
    me = zhida.actor("engineer")
    work.accept_work(actor=me, now=at(9, 6), order=order)
    work.depart_for_work(
        actor=me, now=at(9, 10), order=order, unprepared_reason="It burns"
    )
    assert order.state == WorkOrder.State.DEPARTED


def test_who_declines_puts_it_back_on_the_board_and_the_manager_learns_why(zhida, send):
    order = send()
    work.decline_work(
        actor=zhida.actor("engineer"), now=at(9, 6), order=order, reason="Ill"
    )
    assert (order.state, order.engineer_id) == (WorkOrder.State.UNASSIGNED, None)
    told = set(
        Message.objects.filter(kind="work_declined").values_list(
            "recipient_id", flat=True
        )
    )
    assert zhida.manager.pk in told


def test_given_to_a_colleague_it_has_to_be_accepted_anew(zhida, send):
    order = send()
    work.accept_work(actor=zhida.actor("engineer"), now=at(9, 6), order=order)
    work.redispatch(
        actor=zhida.actor("agent"), now=at(9, 7), order=order, engineer=zhida.colleague
    )
    assert (order.state, order.accepted_at) == (WorkOrder.State.ASSIGNED, None)
    gone = Message.objects.get(kind="work_taken_away")
    assert gone.recipient_id == zhida.engineer.pk


def test_an_agreed_time_moves_only_with_the_customers_consent(zhida, send, ticket):
    order = send(start=at(10), end=at(12))
    desk = zhida.actor("agent")
    services.agree_appointment(actor=desk, now=at(9, 6), ticket=ticket, at=at(10))
    with pytest.raises(ServiceError) as refused:
        work.reschedule(
            actor=desk, now=at(9, 10), order=order, start=at(13), end=at(14)
        )
    assert refused.value.code == "consent_missing"
    work.reschedule(
        actor=desk,
        now=at(9, 10),
        order=order,
        start=at(13),
        end=at(14),
        consent="Ms Yang on the phone",
        asked_by="client",
    )
    ticket.refresh_from_db()
    assert (ticket.appointment_at, ticket.appointment_moves) == (at(13), 1)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (at(10), None, "plan_incomplete"),
        (at(10), at(10), "ends_before"),
        (at(7), at(8), "in_the_past"),
        (at(10), at(10, day=30), "too_long"),
        (at(10, day=400), at(11, day=400), "too_far"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(send, start, end, code):
    with pytest.raises(ServiceError) as refused:
        send(start=start, end=end)
    assert refused.value.code == code
    assert not WorkOrder.objects.exists()


def test_engineers_do_not_dispatch(zhida, ticket):
    with pytest.raises(NotPermitted):
        work.dispatch(
            actor=zhida.actor("engineer"), now=at(9, 5), ticket=ticket, purpose="Go"
        )


def test_who_is_sent_sees_the_ticket_of_another_department(zhida, send, ticket):
    outsider = zhida.actor("elsewhere")
    assert not Ticket.objects.visible_to(outsider).filter(pk=ticket.pk).exists()
    send(engineer=zhida.elsewhere)
    assert Ticket.objects.visible_to(outsider).filter(pk=ticket.pk).exists()


def test_a_stale_copy_changes_nothing(zhida, send):
    order = send()
    seen = order.version
    me = zhida.actor("engineer")
    work.accept_work(actor=me, now=at(9, 6), order=order)
    with pytest.raises(Conflict) as refused:
        work.depart_for_work(actor=me, now=at(9, 7), order=order, version=seen)
    assert refused.value.code == "moved_on"


def test_a_cancelled_ticket_calls_its_work_orders_off(zhida, send, ticket):
    order = send()
    services.cancel(
        actor=zhida.actor("agent"), now=at(9, 20), ticket=ticket, reason="Fixed itself"
    )
    order.refresh_from_db()
    assert (order.state, order.ended_at) == (WorkOrder.State.CANCELLED, at(9, 20))


def test_a_ticket_that_somebody_works_on_is_not_merged_away(zhida, send, ticket):
    send()
    other = services.file_ticket(
        actor=zhida.actor("client"),
        now=at(9, 1),
        client=zhida.client_org,
        project=zhida.project,
        title="Also dark",
        severity=2,
    )
    with pytest.raises(ServiceError) as refused:
        services.merge(
            actor=zhida.actor("agent"),
            now=at(9, 10),
            ticket=ticket,
            into=other,
            reason="the same",
        )
    assert refused.value.code == "work_order_open"
