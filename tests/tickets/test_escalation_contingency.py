"""The contingency plan agreed with the customer: a spare or loaner unit, a workaround [A.C]."""

from __future__ import annotations

import pytest

from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tests.tickets.scene import (
    at,
    clock,
    do,
    escalation,
    file,
    last_message,
    told,
    wake,
)
from tests.world import House


def test_it_is_recorded_and_both_sides_learn_of_it(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "assign", at(9, 1), assignee=zhida.people["engineer"])
    wake(ticket, at(11, 0, 1))
    mark = last_message()
    do(zhida, ticket, "agree_contingency", at(11, 10), body="A loaner until Friday.")
    event = ticket.events.get(kind="contingency")
    assert (event.body, event.actor) == (
        "A loaner until Friday.",
        zhida.people["agent"],
    )
    assert event.data == {"kind": "spare", "agreed_with": "Ms Ma"}
    seen = ticket.events.visible_to(zhida.actor("client"))
    assert seen.filter(pk=event.pk).exists()
    assert sorted(told(zhida, since=mark)) == [
        ("client", "replied"),
        ("engineer", "replied"),
    ]


def test_it_stops_neither_clock_nor_ladder(zhida: House) -> None:
    ticket = wake(file(zhida, at(9)), at(11, 0, 1))
    do(zhida, ticket, "agree_contingency", at(11, 10))
    wake(ticket, at(11, 30))
    wake(ticket, at(12, 30))
    assert clock(ticket, "first_response").state == "missed"
    assert escalation(ticket).acknowledged_at is None
    assert ("boss", "escalated") in told(zhida)
    assert ("manager", "reminder") in told(zhida)


def test_it_needs_words_a_right_and_an_open_ticket(zhida: House) -> None:
    ticket = file(zhida, at(9))
    with pytest.raises(ServiceError) as refused:
        do(zhida, ticket, "agree_contingency", at(11), body=" ")
    assert refused.value.field == "body"
    with pytest.raises(NotPermitted):
        do(zhida, ticket, "agree_contingency", at(11), by="client")
    for values, field in (
        ({"agreed_with": ""}, "agreed_with"),
        ({"kind": "x"}, "kind"),
    ):
        with pytest.raises(ServiceError) as refused:
            do(zhida, ticket, "agree_contingency", at(11), **values)
        assert refused.value.field == field
    do(zhida, ticket, "resolve", at(11))
    with pytest.raises(Conflict):
        do(zhida, ticket, "agree_contingency", at(11, 1))
