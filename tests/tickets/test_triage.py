"""Triage: what kind of work it is, where it belongs, and what is then promised."""

from __future__ import annotations

import pytest

from servicedesk.lib.errors import ServiceError
from tests.tickets.scene import SERIOUS, at, clock, do, file, promise, wake
from tests.world import House


def test_a_fault_that_turns_out_to_be_planned_work(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "triage", at(9, 30), kind="planned", reason="A new report.")
    assert (ticket.kind, ticket.state) == ("planned", "triaged")
    assert ticket.clocks.get(metric="resolution").state == "cancelled"
    assert clock(ticket, "first_response").due_at == at(11)
    seen = ticket.events.visible_to(zhida.actor("client")).get(kind="kind_changed")
    assert (seen.body, seen.data) == (
        "A new report.",
        {"kind": "planned", "from": "fault"},
    )


def test_and_back_is_measured_from_the_receipt(zhida: House) -> None:
    ticket = file(zhida, at(9), kind="planned")
    do(zhida, ticket, "answer", at(9, 30))
    do(zhida, ticket, "triage", at(12), kind="fault")
    assert ticket.kind == "fault"
    assert clock(ticket, "resolution").due_at == at(17)


def test_what_is_missed_stays_missed(zhida: House) -> None:
    ticket = wake(file(zhida, at(9)), at(11, 0, 1))
    do(zhida, ticket, "triage", at(11, 5), kind="planned", reason="A new report.")
    assert clock(ticket, "first_response").state == "missed"
    assert ticket.severity == SERIOUS


def test_planned_work_needs_a_reason_and_a_kind_must_be_one(zhida: House) -> None:
    ticket = file(zhida, at(9))
    with pytest.raises(ServiceError) as refused:
        do(zhida, ticket, "triage", at(9, 30), kind="planned")
    assert refused.value.field == "reason"
    with pytest.raises(ServiceError) as refused:
        do(zhida, ticket, "triage", at(9, 30), kind="picnic", reason="Sun.")
    assert refused.value.field == "kind"
    do(zhida, ticket, "triage", at(9, 30), kind="fault")
    assert not ticket.events.filter(kind="kind_changed").exists()


def test_setting_the_project_derives_the_open_clocks_from_their_start(
    zhida: House,
) -> None:
    project = promise(
        zhida,
        limit="limit: 8h\n        from: received => limit: 6h\n        from: received",
    )
    ticket = file(zhida, at(9), project=None)
    do(zhida, ticket, "answer", at(9, 30))
    do(zhida, ticket, "triage", at(12), project=project)
    assert clock(ticket, "resolution").due_at == at(15)
    assert clock(ticket, "first_response").state == "met"
    assert (ticket.project, ticket.department) == (project, zhida.department)
