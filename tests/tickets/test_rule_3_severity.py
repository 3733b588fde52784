"""Rule 3 through the services: raised, lowered, by whom, and what the clocks make of it."""

from __future__ import annotations

import pytest

from servicedesk.lib.errors import NotPermitted, ServiceError
from tests.tickets.scene import (
    GENERAL,
    SERIOUS,
    URGENT,
    at,
    clock,
    do,
    escalation,
    file,
    last_message,
    steps,
    told,
    wake,
)
from tests.world import House
from tickets.models import Ticket


def test_a_raise_starts_the_new_tiers_clocks_and_never_gives_more_time(
    zhida: House,
) -> None:
    ticket = file(zhida, at(9), GENERAL)
    do(zhida, ticket, "answer", at(9, 5))
    do(zhida, ticket, "raise_severity", at(16), to=SERIOUS)
    assert clock(ticket, "resolution").due_at == at(17)  # not 16:00 + 4 h
    early = file(zhida, at(9), GENERAL)
    do(zhida, early, "raise_severity", at(10), to=SERIOUS)
    assert clock(early, "resolution").due_at == at(14)
    beside = early.clocks.get(metric="resolution", counts=False)
    assert (beside.state, beside.due_at) == ("running", at(17))


def test_what_is_met_or_missed_stays_and_gets_no_second_clock(zhida: House) -> None:
    ticket = file(zhida, at(9), GENERAL)
    do(zhida, ticket, "answer", at(10))
    do(zhida, ticket, "raise_severity", at(10, 30), to=SERIOUS)
    assert ticket.clocks.filter(metric="first_response").count() == 1
    assert clock(ticket, "first_response").state == "met"
    late = wake(file(zhida, at(9), GENERAL), at(11, 0, 1))
    do(zhida, late, "raise_severity", at(11, 30), to=URGENT)
    assert late.clocks.filter(metric="first_response").count() == 1
    assert clock(late, "first_response").state == "missed"


def test_a_wait_that_the_new_tier_does_not_allow_ends_as_a_pause(zhida: House) -> None:
    ticket = file(zhida, at(9), GENERAL)
    do(zhida, ticket, "answer", at(9, 10))
    do(zhida, ticket, "start_wait", at(10), wait="customer")
    do(zhida, ticket, "raise_severity", at(12), to=URGENT)
    resolution = clock(ticket, "resolution")
    assert (ticket.state, resolution.state, resolution.due_at) == (
        "waiting",
        "running",
        at(14),
    )
    older = ticket.clocks.get(metric="resolution", counts=False)
    assert (older.state, older.due_at) == ("running", at(19))


def test_a_pending_clock_counts_only_once_it_has_a_due(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "answer", at(9, 5))
    do(zhida, ticket, "decide_visit", at(9, 6), needed=True)
    do(zhida, ticket, "raise_severity", at(9, 30), to=URGENT)
    assert clock(ticket, "resolution").due_at == at(13)
    do(zhida, ticket, "arrive", at(10), by="engineer")
    assert clock(ticket, "resolution").due_at == at(12)


def lowered(house: House) -> Ticket:
    """Urgent from 9:00, on site, lowered to serious at 9:40 with an hour's pause before."""
    ticket = file(house, at(9), URGENT)
    do(house, ticket, "answer", at(9, 5))
    do(house, ticket, "decide_visit", at(9, 6), needed=True)
    return do(house, ticket, "lower_severity", at(9, 40), to=SERIOUS)


def test_lowered_the_others_are_measured_from_the_original_start(zhida: House) -> None:
    ticket = lowered(zhida)
    assert clock(ticket, "first_response").state == "met"
    assert clock(ticket, "resolution").due_at == at(13)
    assert clock(ticket, "dispatch").due_at == at(10)
    ended = ticket.clocks.filter(metric="resolution", counts=False)
    assert {row.state for row in ended} <= {"cancelled", "superseded"}


def test_what_only_the_higher_tier_has_is_cancelled(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    do(zhida, ticket, "answer", at(9, 5))
    do(zhida, ticket, "decide_visit", at(9, 6), needed=True)
    do(zhida, ticket, "lower_severity", at(9, 30), to=GENERAL)
    dispatch = ticket.clocks.get(metric="dispatch")
    assert (dispatch.state, dispatch.counts) == ("cancelled", False)
    wake(ticket, at(10, 30))
    assert ("manager", "clock_missed") not in told(zhida)


def test_lowering_needs_a_reason_that_the_client_reads(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    with pytest.raises(ServiceError) as refused:
        do(zhida, ticket, "lower_severity", at(9, 10), to=GENERAL, reason=" ")
    assert refused.value.field == "reason"
    mark = last_message()
    do(zhida, ticket, "lower_severity", at(9, 10), to=GENERAL, reason="One of two.")
    event = ticket.events.visible_to(zhida.actor("client")).get(kind="severity_lowered")
    assert event.body == "One of two."
    assert ("client", "severity_lowered") in told(zhida, since=mark)


def test_after_an_escalations_raise_only_a_manager_may_lower(zhida: House) -> None:
    ticket = wake(file(zhida, at(9), GENERAL), at(11, 0, 1))
    for name in ("agent", "engineer"):
        with pytest.raises(NotPermitted):
            do(zhida, ticket, "lower_severity", at(11, 5), by=name, to=GENERAL)
    do(zhida, ticket, "lower_severity", at(11, 5), by="manager", to=GENERAL)
    assert ticket.severity == GENERAL
    assert clock(ticket, "resolution").due_at == at(17)


def test_steps_already_told_are_not_repeated(zhida: House) -> None:
    ticket = wake(file(zhida, at(9), GENERAL), at(11, 0, 1))
    before = steps(ticket)
    mark = last_message()
    do(zhida, ticket, "lower_severity", at(11, 5), by="manager", to=GENERAL)
    do(zhida, ticket, "raise_severity", at(11, 10), by="manager", to=SERIOUS)
    wake(ticket, at(11, 20))
    assert steps(ticket) == before
    assert "clock_missed" not in {kind for _who, kind in told(zhida, since=mark)}
    assert escalation(ticket).state == "open"  # a missed clock stays one


def test_the_severity_is_what_the_record_says(zhida: House) -> None:
    ticket = wake(file(zhida, at(9), GENERAL), at(11, 0, 1))
    Ticket.objects.filter(pk=ticket.pk).update(severity=URGENT)  # a slip of somebody's
    assert wake(ticket, at(11, 1)).severity == SERIOUS
