"""The worked examples of the promise, through the public services."""

from __future__ import annotations

from datetime import datetime, timedelta

from deadlines.models import Deadline
from tests.tickets.scene import at, clock, file, wake
from tests.world import House
from tickets import services
from tickets.models import Escalation, Ticket, TicketClock


def test_general_with_a_visit_agreed_for_tomorrow(zhida: House) -> None:
    ticket = file(zhida, at(9), 1)
    desk = zhida.actor("agent")
    assert clock(ticket, "resolution").due_at == at(17)
    services.answer(actor=desk, now=at(10, 30), ticket=ticket, body="We come tomorrow.")
    response = clock(ticket, "first_response")
    assert response.state == "met"
    assert response.due_at - response.finished_at == timedelta(minutes=30)
    services.decide_visit(actor=desk, now=at(11), ticket=ticket, needed=True)
    services.agree_appointment(actor=desk, now=at(11), ticket=ticket, at=at(10, day=1))
    resolution = clock(ticket, "resolution")
    assert (resolution.state, resolution.due_at) == ("paused", at(16, day=1))


def test_serious_on_site_and_nobody_departs(zhida: House) -> None:
    ticket = file(zhida, at(9), 2)
    desk = zhida.actor("agent")
    services.answer(actor=desk, now=at(9, 5), ticket=ticket, body="We come.")
    services.decide_visit(actor=desk, now=at(9, 6), ticket=ticket, needed=True)
    wake(ticket, at(9, 45))
    assert [s.step for s in ticket.escalation_steps.all()] == ["warning"]
    wake(ticket, at(10) + timedelta(seconds=1))
    assert ticket.severity == 3
    assert clock(ticket, "dispatch").state == "missed"
    assert clock(ticket, "resolution").due_at == at(13)
    wake(ticket, at(10, 30))
    told = ticket.escalation_steps.exclude(step="warning").order_by("due_at")
    assert [step.due_at for step in told] == [at(10), at(10, 30)]
    services.arrive(actor=desk, now=at(10, 40), ticket=ticket)
    assert clock(ticket, "resolution").due_at == at(12, 40)


def test_urgent_on_site_resolution_starts_at_arrival(zhida: House) -> None:
    ticket = file(zhida, at(22), 3)
    desk = zhida.actor("agent")
    services.answer(actor=desk, now=at(22, 8), ticket=ticket, body="On our way.")
    services.decide_visit(actor=desk, now=at(22, 8), ticket=ticket, needed=True)
    assert clock(ticket, "resolution").state == "pending"
    services.arrive(actor=desk, now=at(23, 10), ticket=ticket)
    assert clock(ticket, "resolution").due_at == at(1, 10, day=1)


def test_urgent_and_nobody_arrives(zhida: House) -> None:
    ticket = file(zhida, at(22), 3)
    desk = zhida.actor("agent")
    services.answer(actor=desk, now=at(22, 8), ticket=ticket, body="On our way.")
    services.decide_visit(actor=desk, now=at(22, 8), ticket=ticket, needed=True)
    wake(ticket, at(0, 0, day=1) + timedelta(microseconds=1))
    assert clock(ticket, "arrival").state == "missed"
    assert clock(ticket, "resolution").state == "pending"
    assert Escalation.objects.get(ticket=ticket).metric == "arrival"


def test_an_outage_leaves_the_same_record_as_being_on_time(zhida: House) -> None:
    late, punctual = file(zhida, at(9), 1), file(zhida, at(9), 1)
    for minute in range(0, 16 * 60, 5):
        wake(punctual, at(9) + timedelta(minutes=minute, seconds=1))
    wake(late, at(9) + timedelta(minutes=16 * 60 - 5, seconds=1))

    def told(ticket: Ticket) -> list[tuple[str, str, datetime]]:
        rows = ticket.escalation_steps.exclude(step__contains="remind")
        return sorted((s.clock.key, s.step, s.due_at) for s in rows)

    def clocks(ticket: Ticket) -> list[tuple[object, ...]]:
        fields = ("key", "state", "due_at", "missed_at", "counts")
        return sorted(TicketClock.objects.filter(ticket=ticket).values_list(*fields))

    assert clocks(late) == clocks(punctual)
    assert told(late) == told(punctual)
    assert late.severity == punctual.severity == 3


def test_every_open_clock_has_its_alarm(zhida: House) -> None:
    ticket = file(zhida, at(9), 1)
    armed = {
        (d.subject.partition(".")[0], d.step)
        for d in Deadline.objects.filter(topic_id=ticket.pk)
    }
    assert armed == {
        ("first_response", "warning"),
        ("first_response", "miss"),
        ("resolution", "warning"),
        ("resolution", "miss"),
    }
