"""Rule 5 through the services: two tickets as one, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from servicedesk.lib.errors import Conflict, ServiceError
from tests.tickets.scene import (
    GENERAL,
    SERIOUS,
    URGENT,
    at,
    clock,
    do,
    file,
    promise,
    told,
    wake,
)
from tests.world import House
from tickets import services
from tickets.models import Ticket


def merge(house: House, gone: Ticket, into: Ticket, now: datetime) -> None:
    services.merge(
        actor=house.actor("agent"), now=now, ticket=gone, into=into, reason="The same."
    )
    for ticket in (gone, into):
        ticket.refresh_from_db()


def unmerge(house: House, gone: Ticket, into: Ticket, now: datetime) -> None:
    services.unmerge(actor=house.actor("agent"), now=now, ticket=gone)
    for ticket in (gone, into):
        ticket.refresh_from_db()


def test_open_clocks_are_cancelled_met_and_missed_stay(zhida: House) -> None:
    gone, kept = file(zhida, at(9), SERIOUS), file(zhida, at(9, 50))
    wake(gone, at(10, 0, 1))
    merge(zhida, gone, kept, at(10, 5))
    states = dict(gone.clocks.filter(counts=True).values_list("metric", "state"))
    assert (gone.state, states) == ("merged", {"first_response": "missed"})
    assert set(gone.clocks.filter(metric="resolution").values_list("state")) == {
        ("cancelled",)
    }


def test_received_at_the_earlier_time_and_done_in_either(zhida: House) -> None:
    gone, kept = file(zhida, at(9)), file(zhida, at(9, 30))
    do(zhida, gone, "answer", at(9, 20))
    merge(zhida, gone, kept, at(9, 40))
    assert kept.received_at == at(9)
    assert clock(kept, "resolution").due_at == at(17)
    assert clock(kept, "first_response").finished_at == at(9, 20)


def test_raised_when_the_more_severe_one_was_received(zhida: House) -> None:
    gone, kept = file(zhida, at(10), URGENT), file(zhida, at(9), GENERAL)
    merge(zhida, gone, kept, at(10, 5))
    assert kept.severity == URGENT
    assert clock(kept, "resolution").due_at == at(12)


def test_pauses_are_the_survivors(zhida: House) -> None:
    gone, kept = file(zhida, at(9)), file(zhida, at(9))
    for ticket in (gone, kept):
        do(zhida, ticket, "answer", at(9, 5))
    do(zhida, gone, "start_wait", at(9, 10), wait="customer")
    do(zhida, kept, "start_wait", at(10), wait="customer")
    merge(zhida, gone, kept, at(11))
    do(zhida, kept, "reply", at(11, 30), by="client")
    assert clock(kept, "resolution").due_at == at(18, 30)


def test_undone_everything_is_as_it_was(zhida: House) -> None:
    gone, kept = file(zhida, at(9), SERIOUS), file(zhida, at(9, 30), GENERAL)
    do(zhida, gone, "answer", at(9, 5))
    do(zhida, gone, "start_wait", at(9, 35), wait="customer")
    merge(zhida, gone, kept, at(9, 40))
    assert kept.severity == SERIOUS
    unmerge(zhida, gone, kept, at(9, 50))
    assert (kept.severity, kept.received_at) == (GENERAL, at(9, 30))
    assert clock(kept, "resolution").due_at == at(17, 30)
    assert (gone.state, gone.wait_reason) == ("waiting", "customer")
    assert clock(gone, "resolution").state == "paused"
    do(zhida, gone, "reply", at(10, 35), by="client")
    assert (gone.state, clock(gone, "resolution").due_at) == ("in_progress", at(14))


def test_not_after_the_next_event(zhida: House) -> None:
    gone, kept = file(zhida, at(9)), file(zhida, at(9))
    merge(zhida, gone, kept, at(9, 10))
    do(zhida, kept, "reply", at(9, 20))
    with pytest.raises(Conflict, match="too_late_to_undo"):
        unmerge(zhida, gone, kept, at(9, 30))


def test_what_the_platform_did_meanwhile_is_no_obstacle(zhida: House) -> None:
    gone, kept = file(zhida, at(9)), file(zhida, at(9))
    merge(zhida, gone, kept, at(9, 10))
    wake(kept, at(11, 0, 1))
    unmerge(zhida, gone, kept, at(11, 5))
    wake(gone, at(11, 5, 1))
    assert gone.state == "new"
    assert clock(gone, "first_response").state == "missed"
    assert told(zhida, "clock_missed").count(("manager", "clock_missed")) == 2


@pytest.mark.parametrize("other", ["rival", "project"])
def test_only_within_one_client_and_project(zhida: House, other: str) -> None:
    ticket = file(zhida, at(9))
    more: dict[str, Any] = {
        "rival": {"client": zhida.rival_org, "project": zhida.rival_project},
        "project": {"project": promise(zhida)},
    }[other]
    another = file(zhida, at(9), **more, requester=None)
    with pytest.raises(ServiceError) as refused:
        merge(zhida, ticket, another, at(9, 10))
    assert refused.value.field == "into"
