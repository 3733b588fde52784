"""A signature that closes a ticket records the steps of the flow that it answers by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.documents.conftest import drawing
from tests.tickets.flow.conftest import minutes
from tests.tickets.flow.walks import NOON, shortest
from tests.world import House
from tickets.flows import load_flow, shipped_text
from tickets.models import Ticket, WorkOrder
from tickets.models.ticket import State
from tickets.queries.flow import path_rows
from tickets.services import work


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sign(zhida: House) -> Callable[..., Ticket]:
    """A visit dispatched at 13:00, finished at 14:00 and signed at 14:10."""

    def one(ticket: Ticket, *, outcome: str = "solved", found: str = "Burnt") -> Ticket:
        me = zhida.actor("engineer")
        order = work.dispatch(
            actor=zhida.actor("agent"),
            now=NOON + minutes(60),
            ticket=ticket,
            purpose="Look at the power supply",
            engineer=zhida.engineer,
        )
        common: dict[str, Any] = {"actor": me, "order": order}
        work.accept_work(**common, now=NOON + minutes(61))
        work.depart_for_work(**common, now=NOON + minutes(62))
        work.arrive_for_work(**common, now=NOON + minutes(90))
        work.record_work(**common, now=NOON + minutes(91), found=found)
        work.finish_work(
            **common, now=NOON + minutes(120), outcome=outcome, done="Replaced it."
        )
        sheet = work.shown_sheet(order, actor=me, now=NOON + minutes(125))
        work.sign_work(
            **common,
            now=NOON + minutes(131),
            sha256=sheet.sha256,
            image=drawing(),
            hand=work.Hand(name="Ms Yang", signed_at=NOON + minutes(130)),
        )
        assert order.state == WorkOrder.State.SIGNED
        ticket.refresh_from_db()
        return ticket

    return one


def told(house: House, ticket: Ticket) -> list[tuple[str, str, int]]:
    """Step, answer, and the minute after noon, of everything done."""
    return [
        (row.step, row.answer, int((row.at - NOON).total_seconds() // 60))
        for row in path_rows(ticket, house.actor("engineer"))
    ]


def begin(walk: Callable[..., Ticket], ticket: Ticket, step: str) -> Ticket:
    flow = load_flow(shipped_text())
    return walk(ticket, shortest(flow, flow.start, step))


def test_from_the_plan_it_goes_to_the_end_with_the_times_of_the_work(
    zhida: House, fault: Ticket, walk: Any, sign: Any
) -> None:
    begin(walk, fault, "plan")
    before = len(told(zhida, fault))
    sign(fault)
    assert (fault.state, fault.flow_step) == (State.CLOSED, "")
    assert told(zhida, fault)[before:] == [
        ("plan", "", 60),
        ("on_site", "Yes, solved", 120),
        ("leave", "Confirmed, leave", 130),
        ("report", "", 130),
    ]
    last = path_rows(fault, zhida.actor("engineer"))[-4:]
    assert [dict(row.values) for row in last] == [
        {"Plan": "Look at the power supply", "Who goes": zhida.engineer.user.name},
        {"What was done": "Replaced it."},
        {"Who confirmed": "Ms Yang"},
        {"What was wrong": "Burnt", "What was done": "Replaced it."},
    ]


def test_it_stops_where_the_work_order_does_not_say_what_a_step_needs(
    zhida: House, fault: Ticket, walk: Any, sign: Any
) -> None:
    begin(walk, fault, "on_site")
    sign(fault, found="")
    assert (fault.state, fault.flow_step) == (State.CLOSED, "report")


def test_a_step_without_such_an_answer_stays_the_next_one(
    fault: Ticket, walk: Any, sign: Any
) -> None:
    begin(walk, fault, "vendor_done")
    sign(fault)
    assert (fault.state, fault.flow_step) == (State.CLOSED, "vendor_done")


def test_work_that_did_not_solve_it_says_nothing_of_the_flow(
    fault: Ticket, walk: Any, sign: Any
) -> None:
    begin(walk, fault, "on_site")
    sign(fault, outcome="not_solved")
    assert (fault.is_working, fault.flow_step) == (True, "on_site")


def test_no_flow_is_begun_by_it(zhida: House, fault: Ticket, sign: Any) -> None:
    sign(fault)
    assert fault.flow_version_id is None
    assert told(zhida, fault) == []
