"""Whoever acts first does what nobody was awake for: late leaves the record of on time."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.lib.errors import NotPermitted
from tests.tickets.scene import (
    SERIOUS,
    URGENT,
    at,
    clock,
    do,
    escalation,
    file,
    kinds,
    steps,
    told,
    wake,
)
from tests.world import House
from tickets.engine import working_on
from tickets.models import Ticket


def test_a_raise_after_an_unseen_miss_comes_on_top_of_it(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "raise_severity", at(11, 20), to=URGENT)
    rows = ticket.events.filter(kind="severity_raised").order_by("seq")
    assert [(row.happened_at, row.data["to"]) for row in rows] == [
        (at(11), SERIOUS),
        (at(11, 20), URGENT),
    ]
    assert escalation(ticket).state == "open"


def test_nobody_lowers_past_an_escalation_that_nobody_has_seen(zhida: House) -> None:
    ticket = file(zhida, at(9), SERIOUS)
    with pytest.raises(NotPermitted):
        do(zhida, ticket, "lower_severity", at(10, 0, 30), to=1)


def test_the_version_that_somebody_saw_is_that_before_catching_up(
    zhida: House,
) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(11, 5), version=ticket.last_seq)
    assert clock(ticket, "first_response").state == "missed"
    assert kinds(ticket).index("missed") < kinds(ticket).index("answered")


def test_an_answer_that_comes_late_ends_what_it_has_found(zhida: House) -> None:
    ticket = file(zhida, at(9))
    do(zhida, ticket, "answer", at(11, 45))
    assert escalation(ticket).state == "ended"
    assert told(zhida, "clock_missed", "escalated") == [
        ("manager", "clock_missed"),
        ("boss", "escalated"),
    ]


def both(zhida: House, story: list[tuple[datetime, str, dict[str, object]]]) -> None:
    """The same story to two tickets, one woken every five minutes, the other never."""
    punctual, late = file(zhida, at(9)), file(zhida, at(9))
    moment = at(9)
    for now, verb, how in [*story, (at(20), "", {})]:
        while moment <= now:
            wake(punctual, moment)
            moment = datetime.fromtimestamp(moment.timestamp() + 300, tz=moment.tzinfo)
        for ticket in (punctual, late):
            if verb:
                do(zhida, ticket, verb, now, by="manager", **how)
            else:
                wake(ticket, now)
    assert _record(late) == _record(punctual)


def _record(ticket: Ticket) -> object:
    fields = ("key", "state", "due_at", "missed_at", "finished_at", "counts")
    climbed = ticket.escalations.order_by("metric", "opened_at")
    return (
        ticket.severity,
        sorted(ticket.clocks.values_list(*fields), key=str),
        [step for step in steps(ticket) if "remind" not in step[1]],
        list(climbed.values_list("metric", "opened_at", "state", "ended_at")),
    )


@pytest.mark.parametrize(
    "story",
    [
        [(at(11, 42), "raise_severity", {"to": URGENT})],
        [(at(11, 42), "lower_severity", {"to": 1}), (at(12, 3), "answer", {})],
        [(at(10, 42), "decide_visit", {"needed": True}), (at(16, 1), "resolve", {})],
        [
            (at(9, 42), "triage", {}),
            (at(9, 43), "start_wait", {"wait": "customer"}),
            (at(14), "end_wait", {}),
        ],
        [(at(17, 31), "resolve", {}), (at(18, 12), "reopen", {})],
    ],
)
def test_an_outage_leaves_the_same_record(
    zhida: House, story: list[tuple[datetime, str, dict[str, object]]]
) -> None:
    both(zhida, story)


def test_a_batch_takes_as_many_queries_as_one(zhida: House) -> None:
    def count(tickets: list[Ticket], now: datetime) -> int:
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            working_on([ticket.pk for ticket in tickets], now=now),
        ):
            pass
        return len(queries)

    alone = [file(zhida, at(9), URGENT)]
    many = [file(zhida, at(9), URGENT) for _number in range(7)]
    assert count(alone, at(9, 10, 1)) == count(many, at(9, 10, 1))  # the miss
    assert count(alone, at(9, 40)) == count(many, at(9, 40))  # a rung
