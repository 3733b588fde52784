"""Rules 6 and 7 through the services: the limit itself, and times entered afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clients.models import Contact
from servicedesk.lib.errors import ServiceError
from tests.tickets.scene import (
    SERIOUS,
    at,
    clock,
    correct,
    do,
    file,
    kinds,
    last_message,
    told,
    wake,
)
from tests.world import House
from tickets import services
from tickets.models import Ticket

WHY = "No network in the basement."
MICROSECOND = timedelta(microseconds=1)


def test_exactly_at_the_limit_is_met_a_microsecond_later_is_missed(
    zhida: House,
) -> None:
    met, missed = file(zhida, at(9)), file(zhida, at(9))
    do(zhida, met, "answer", at(11))
    do(zhida, missed, "answer", at(11) + MICROSECOND)
    assert clock(met, "first_response").state == "met"
    assert clock(missed, "first_response").state == "missed"
    assert told(zhida, "clock_missed") == [("manager", "clock_missed")]


def refusal(
    house: House, ticket: Ticket, now: datetime, happened_at: datetime, **how: Any
) -> tuple[str, str | None]:
    how = {"reason": WHY, "by": "engineer"} | how
    with pytest.raises(ServiceError) as refused:
        do(house, ticket, "arrive", now, happened_at=happened_at, **how)
    return refused.value.code, refused.value.field


def test_times_that_are_refused_name_the_field(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    early, late = at(8, 59), at(10, 2) + MICROSECOND
    assert refusal(zhida, ticket, at(10), early) == ("before_received", "happened_at")
    assert refusal(zhida, ticket, at(10), late) == ("in_the_future", "happened_at")
    assert refusal(zhida, ticket, at(10), at(9, 58), reason="") == (
        "reason_missing",
        "time_reason",
    )
    assert "arrived" not in kinds(ticket)


def test_a_watch_that_is_a_little_ahead_means_now(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "arrive", at(10), by="engineer", happened_at=at(10, 2))
    assert ticket.events.get(kind="arrived").happened_at == at(10)


def test_beyond_the_limit_it_takes_the_department_manager(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    now = at(10, day=1)
    assert refusal(zhida, ticket, now, at(9, 59)) == (
        "beyond_backdate_limit",
        "happened_at",
    )
    do(zhida, ticket, "arrive", now, by="engineer", happened_at=at(10), reason=WHY)
    other = file(zhida, at(9), SERIOUS)
    do(zhida, other, "arrive", now, by="manager", happened_at=at(9, 30), reason=WHY)
    event = other.events.get(kind="arrived")
    assert (event.happened_at, event.recorded_at) == (at(9, 30), now)
    assert event.data["time_reason"] == WHY


def test_a_call_is_received_when_it_began_and_its_answer_is_the_response(
    zhida: House,
) -> None:
    ticket = services.file_ticket(
        actor=zhida.actor("agent"),
        now=at(9, 20),
        client=zhida.client_org,
        project=zhida.project,
        title="Called",
        severity=SERIOUS,
        channel="phone",
        received_at=at(9),
        time_reason="It took a while to write down.",
        answer="Somebody comes this morning.",
    )
    response = clock(ticket, "first_response")
    assert (ticket.received_at, response.state, response.finished_at) == (
        at(9),
        "met",
        at(9),
    )
    assert clock(ticket, "resolution").due_at == at(13)
    assert ticket.state == "in_progress"


def call(
    house: House, received_at: datetime, now: datetime, by: str = "agent"
) -> Ticket:
    return services.file_ticket(
        actor=house.actor(by),
        now=now,
        client=house.client_org,
        title="Called",
        channel="phone",
        received_at=received_at,
        time_reason=WHY,
    )


def test_a_receipt_has_the_same_bounds(zhida: House) -> None:
    for moment, code in (
        (at(10, 2) + MICROSECOND, "in_the_future"),
        (at(9, 59, day=-1), "beyond_backdate_limit"),
    ):
        with pytest.raises(ServiceError) as refused:
            call(zhida, moment, at(10))
        assert (refused.value.code, refused.value.field) == (code, "received_at")
    assert call(zhida, at(10, 2), at(10)).received_at == at(10)
    assert call(zhida, at(9, 59, day=-1), at(10), by="manager").severity >= 1


def test_a_caller_who_is_a_member_is_the_requester(zhida: House) -> None:
    contact = Contact.objects.get(membership=zhida.people["client"])
    ticket = services.file_ticket(
        actor=zhida.actor("agent"),
        now=at(9),
        client=zhida.client_org,
        contact=contact,
        title="Called",
        channel="phone",
    )
    assert ticket.requester == zhida.people["client"]
    assert Ticket.objects.visible_to(zhida.actor("client")).contains(ticket)
    assert ("client", "received") in told(zhida)


def test_a_correction_recomputes_and_keeps_the_trail(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(10))
    correct(zhida, ticket, "answered", at(9, 30), now=at(10, 30))
    correct(zhida, ticket, "answered", at(9, 40), now=at(10, 40))
    assert clock(ticket, "first_response").finished_at == at(9, 40)
    answered = ticket.events.get(kind="answered")
    assert answered.happened_at == at(10)  # what was written stays as it was written
    trail = ticket.events.filter(kind="corrected").order_by("seq")
    assert [(row.data["was"], row.data["at"]) for row in trail] == [
        (at(10).isoformat(), at(9, 30).isoformat()),
        (at(9, 30).isoformat(), at(9, 40).isoformat()),
    ]


def test_a_corrected_receipt_has_its_bounds(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(9, 20), happened_at=at(9, 10), reason=WHY)
    for moment, code in (
        (at(9, 11), "after_next"),
        (at(11, 5), "in_the_future"),
        (at(9, day=-2), "beyond_backdate_limit"),
    ):
        with pytest.raises(ServiceError) as refused:
            correct(zhida, ticket, "received", moment, now=at(11))
        assert (refused.value.code, refused.value.field) == (code, "at")
    correct(zhida, ticket, "received", at(8, 50), now=at(11))
    assert (ticket.received_at, clock(ticket, "resolution").due_at) == (
        at(8, 50),
        at(16, 50),
    )


def test_a_miss_on_the_way_does_not_keep_a_receipt_from_being_corrected(
    zhida: House,
) -> None:
    ticket = call(zhida, at(9), at(9, 30))
    wake(ticket, at(11, 0, 1))
    correct(zhida, ticket, "received", at(9, 20), now=at(11, 10))
    assert clock(ticket, "first_response").state == "running"
    assert "withdrawn" in kinds(ticket)


def test_what_the_platform_wrote_is_not_corrected_by_hand(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "agree_appointment", at(9, 10), at=at(10))
    wake(ticket, at(10))
    with pytest.raises(ServiceError, match="unknown"):
        correct(zhida, ticket, "wait_ended", at(9, 50), now=at(10, 5))


def test_a_visit_that_was_decided_otherwise_since_stays_decided(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "decide_visit", at(9, 30), needed=True)
    with pytest.raises(ServiceError, match="after_next"):
        do(
            zhida,
            ticket,
            "decide_visit",
            at(9, 40),
            needed=False,
            happened_at=at(9, 20),
            reason=WHY,
        )
    assert ticket.visit == "needed"


def test_an_answer_entered_later_than_it_was_given_is_in_time(zhida: House) -> None:
    ticket = file(zhida, at(9))
    mark = last_message()
    do(zhida, ticket, "answer", at(10, 50), happened_at=at(10, 20), reason=WHY)
    response = clock(ticket, "first_response")
    assert (response.state, response.finished_at) == ("met", at(10, 20))
    assert "withdrawn" not in {kind for _who, kind in told(zhida, since=mark)}
