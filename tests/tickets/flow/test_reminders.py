"""A third party's promise and the call-back after advice: told in time, once, never lost."""

from __future__ import annotations

import pytest

from deadlines.models import Deadline
from notifications.conditions import overtaken
from notifications.models import Message
from servicedesk.lib.errors import ServiceError
from tests.tickets.flow.conftest import minutes
from tests.tickets.flow.walks import NOON, shortest
from tickets import services
from tickets.flows import load_flow, shipped_text
from tickets.handlers import settle_tickets
from tickets.queries.flow import read_handling

pytestmark = pytest.mark.django_db
FLOW = load_flow(shipped_text())
PROMISED = NOON + minutes(180)


def sweep(ticket, at):
    """What the sweep does with this ticket's reminders at an instant."""
    rows = Deadline.objects.filter(
        kind="reminder",
        topic_id=ticket.pk,
        fired_at=None,
        due_at__lte=NOON + minutes(at),
    )
    topics = set(rows.values_list("topic_id", flat=True))
    if topics:
        settle_tickets(
            topic_ids=sorted(topics), take=lambda: topics, now=NOON + minutes(at)
        )


def told(ticket, kind):
    rows = Message.objects.filter(topic_id=ticket.pk, kind=kind).order_by("pk")
    return [row.recipient_id for row in rows]


def armed(ticket):
    rows = Deadline.objects.filter(kind="reminder", topic_id=ticket.pk, fired_at=None)
    return sorted(rows.values_list("step", "due_at"))


@pytest.fixture
def at_vendor(zhida, fault, walk, record):
    services.assign(
        actor=zhida.actor("agent"),
        now=NOON + minutes(1),
        ticket=fault,
        assignee=zhida.engineer,
    )
    walk(fault, shortest(FLOW, "collect", "third_party"))
    return record(
        fault,
        "third_party",
        at=10,
        fields={
            "vendor": "Huawei",
            "reference": "HW-1",
            "promised": PROMISED.isoformat(),
            "plan": "They send a patch",
        },
    )


@pytest.fixture
def advised(fault, walk, record):
    walk(fault, shortest(FLOW, "collect", "operation"))
    return record(fault, "operation", at=10)


def test_the_assignee_is_reminded_when_the_promised_time_has_come(
    zhida, at_vendor
) -> None:
    assert armed(at_vendor) == [("due", PROMISED)]
    sweep(at_vendor, 179)
    assert told(at_vendor, "promise_due") == []
    sweep(at_vendor, 180)
    assert told(at_vendor, "promise_due") == [zhida.engineer.pk]
    message = Message.objects.get(kind="promise_due")
    assert message.params["who"] == "Huawei"
    assert message.params["reference"] == "HW-1"
    sweep(at_vendor, 181)
    assert told(at_vendor, "promise_due") == [zhida.engineer.pk]
    assert at_vendor.events.filter(kind="reminded").count() == 1


def test_nobody_is_reminded_of_what_was_done_earlier(at_vendor, record) -> None:
    record(at_vendor, "vendor_done", "delivered", at=60)
    assert armed(at_vendor) == []
    sweep(at_vendor, 200)
    assert told(at_vendor, "promise_due") == []


def test_a_service_that_comes_before_the_sweep_tells_it_too(zhida, at_vendor) -> None:
    services.reply(
        actor=zhida.actor("agent"),
        now=NOON + minutes(190),
        ticket=at_vendor,
        body="Still waiting",
    )
    assert told(at_vendor, "promise_due") == [zhida.engineer.pk]
    sweep(at_vendor, 191)
    assert told(at_vendor, "promise_due") == [zhida.engineer.pk]


def test_a_new_promise_is_reminded_of_anew(zhida, at_vendor, record) -> None:
    sweep(at_vendor, 180)
    record(at_vendor, "vendor_done", "late", at=181)
    later = NOON + minutes(600)
    values = {"vendor": "Huawei", "promised": later, "plan": "Tomorrow"}
    record(at_vendor, "third_party", at=182, fields=values)
    assert armed(at_vendor) == [("due", later)]
    sweep(at_vendor, 601)
    assert len(told(at_vendor, "promise_due")) == 2


def test_a_promise_taken_back_reminds_nobody(zhida, at_vendor) -> None:
    step = at_vendor.events.filter(kind="flow_step").last()
    services.go_back(
        actor=zhida.actor("engineer"),
        now=NOON + minutes(20),
        ticket=at_vendor,
        to=step.seq,
        reason="Another vendor",
    )
    assert armed(at_vendor) == []


@pytest.mark.parametrize(
    ("at", "code"), [(9, "in_the_past"), (60 * 24 * 400, "too_far")]
)
def test_a_promise_lies_ahead_and_within_a_year(fault, walk, record, at, code) -> None:
    walk(fault, shortest(FLOW, "collect", "third_party"))
    values = {"vendor": "V", "promised": NOON + minutes(at), "plan": "p"}
    with pytest.raises(ServiceError) as refused:
        record(fault, "third_party", at=10, fields=values)
    assert (refused.value.code, refused.value.field) == (code, "field_promised")


def test_without_an_assignee_the_dedicated_engineer_is_reminded(
    zhida, fault, walk, record
) -> None:
    walk(fault, shortest(FLOW, "collect", "third_party"))
    record(fault, "third_party", at=10)
    sweep(fault, 180)
    assert told(fault, "promise_due") == [zhida.engineer.pk]


def test_advice_is_reminded_of_before_its_two_hours_are_over_and_at_their_end(
    zhida, advised
) -> None:
    assert armed(advised) == [
        ("due", NOON + minutes(130)),
        ("soon", NOON + minutes(100)),
    ]
    sweep(advised, 100)
    assert told(advised, "call_back_soon") == [zhida.engineer.pk]
    assert told(advised, "call_back_due") == []
    sweep(advised, 130)
    assert told(advised, "call_back_due") == [zhida.engineer.pk]


def test_after_an_outage_only_what_is_due_is_told(advised) -> None:
    sweep(advised, 500)
    assert told(advised, "call_back_soon") == []
    assert len(told(advised, "call_back_due")) == 1
    assert armed(advised) == []


def call_back(zhida, ticket, at):
    return services.call_back(
        actor=zhida.actor("engineer"),
        now=NOON + minutes(at),
        ticket=ticket,
        body="It works now",
    )


def test_calling_back_is_what_was_asked_for(zhida, advised) -> None:
    call_back(zhida, advised, 60)
    assert armed(advised) == []
    sweep(advised, 500)
    assert told(advised, "call_back_soon") == told(advised, "call_back_due") == []


def test_the_call_back_is_owed_after_the_ticket_is_solved_too(
    zhida, advised, record
) -> None:
    record(advised, "solved", "yes", at=15)
    record(advised, "report", at=16)
    assert advised.state == "resolved"
    assert len(armed(advised)) == 2
    sweep(advised, 100)
    assert told(advised, "call_back_soon") == [zhida.engineer.pk]
    call_back(zhida, advised, 110)
    assert armed(advised) == []


def test_a_cancelled_ticket_reminds_nobody(zhida, advised) -> None:
    services.cancel(
        actor=zhida.actor("client"),
        now=NOON + minutes(20),
        ticket=advised,
        reason="Found it",
    )
    assert armed(advised) == []


def test_a_promise_comes_back_with_the_ticket_that_is_reopened(
    zhida, at_vendor
) -> None:
    services.resolve(
        actor=zhida.actor("engineer"),
        now=NOON + minutes(30),
        ticket=at_vendor,
        body="They were quick",
    )
    assert armed(at_vendor) == []
    services.refuse(
        actor=zhida.actor("client"),
        now=NOON + minutes(40),
        ticket=at_vendor,
        reason="No",
    )
    assert armed(at_vendor) == [("due", PROMISED)]


def test_the_ticket_shows_what_is_open_and_what_is_overdue(zhida, advised) -> None:
    (soon,) = read_handling(advised, zhida.actor("agent"), NOON + minutes(20)).reminders
    assert (soon.is_call_back, soon.is_over) == (True, False)
    (late,) = read_handling(
        advised, zhida.actor("agent"), NOON + minutes(200)
    ).reminders
    assert late.is_over
    assert late.due_at == NOON + minutes(130)


def test_no_mail_goes_out_about_what_was_done_before_it_could(zhida, advised) -> None:
    sweep(advised, 130)
    message = Message.objects.get(kind="call_back_due")
    assert overtaken([message]) == set()
    call_back(zhida, advised, 140)
    assert overtaken([message]) == {message.pk}


def test_a_ticket_without_a_flow_costs_the_sweep_nothing_more(
    zhida, fault, django_assert_num_queries
) -> None:
    from people import directory
    from tickets.engine import load_cases
    from tickets.engine.flows import follow_flows

    cases = load_cases([fault.pk])
    with django_assert_num_queries(0):
        follow_flows(cases.values(), staff=directory.later(now=NOON), now=NOON)
