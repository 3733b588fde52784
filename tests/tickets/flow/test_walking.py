"""Walking the flow of a ticket: every branch, who, when, what was found; taken back; the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from people.models import Department
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tests.tickets.flow.conftest import minutes, picture
from tests.tickets.flow.walks import NOON, covering, shortest
from tickets import services
from tickets.flows import load_flow, shipped_text
from tickets.models import FlowVersion, Ticket, TicketEvent
from tickets.queries.flow import path_rows, read_handling

pytestmark = pytest.mark.django_db
FLOW = load_flow(shipped_text())


def handling(zhida, ticket, by="engineer", at=0.0):
    return read_handling(
        Ticket.objects.get(pk=ticket.pk), zhida.actor(by), NOON + minutes(at)
    )


def test_every_answer_of_every_step_is_given_through_the_services(zhida, walk) -> None:
    for number, way in enumerate(covering(FLOW)):
        ticket = services.file_ticket(
            actor=zhida.actor("client"),
            now=NOON,
            client=zhida.client_org,
            project=zhida.project,
            title=f"Fault {number}",
            requester=zhida.people["client"],
        )
        walk(ticket, way)
        last = way[-1][1]
        assert ticket.flow_step == last.to
        assert (ticket.state == "resolved") is (not last.to)
        rows = path_rows(ticket, zhida.actor("engineer"))
        assert [(row.step, bool(row.values)) for row in rows] == [
            (step.key, bool(step.fields)) for step, _answer in way
        ]


def test_the_record_says_who_when_what_and_what_was_found(zhida, fault, record) -> None:
    record(
        fault, "collect", at=5, found="The lamp is dark", fields={"symptom": "Black"}
    )
    event = fault.events.get(kind="flow_step")
    assert (event.actor_name, event.happened_at) == (
        "Engineer of zhida",
        NOON + minutes(5),
    )
    assert event.data["step"] == "collect"
    assert event.data["round"] == 1
    (row,) = path_rows(fault, zhida.actor("engineer"))
    assert (row.title, row.who, row.found) == (
        "Collect information",
        "Engineer of zhida",
        "The lamp is dark",
    )
    assert row.values == (("What happens", "Black"),)
    assert fault.state == "in_progress"
    assert fault.flow_step == "classify"


def test_the_shipped_flow_is_stored_as_version_one_at_its_first_use(
    fault, record
) -> None:
    assert not FlowVersion.objects.exists()
    record(fault, "collect")
    (version,) = FlowVersion.objects.all()
    assert (version.number, version.is_shipped, version.text) == (
        1,
        True,
        shipped_text(),
    )
    assert fault.flow_version_id == version.pk


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("classify", "software", "not_the_next_step"),
        ("nowhere", "done", "not_the_next_step"),
        ("collect", "maybe", "unknown"),
    ],
)
def test_a_step_that_is_not_the_next_one_changes_nothing(
    zhida, fault, step, answer, code
) -> None:
    with pytest.raises(ServiceError, match=code):
        services.record_step(
            actor=zhida.actor("engineer"),
            now=NOON + minutes(5),
            ticket=fault,
            step=step,
            answer=answer,
            fields={"symptom": "x"},
        )
    fault.refresh_from_db()
    assert not fault.events.filter(kind="flow_step").exists()
    assert fault.flow_version_id is None


def test_the_same_step_can_not_be_recorded_twice(fault, record) -> None:
    record(fault, "collect")
    with pytest.raises(Conflict, match="not_the_next_step") as refused:
        record(fault, "collect", at=6)
    assert "Classify" in str(refused.value.message)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"fields": {}}, "field_symptom", "missing"),
        ({"fields": {"symptom": "x", "colour": "red"}}, "field_colour", "unknown"),
        ({"fields": {"symptom": "x" * 5000}}, "field_symptom", "too_long"),
        ({"fields": {"symptom": "x", "since": "soon"}}, "field_since", "invalid"),
        ({"found": "x" * 5000}, "found", "too_long"),
        ({"happened_at": NOON - timedelta(hours=1)}, "happened_at", "before_received"),
        ({"happened_at": NOON + timedelta(hours=1)}, "happened_at", "in_the_future"),
    ],
)
def test_bad_input_names_its_field(fault, record, values, field, code) -> None:
    with pytest.raises(ServiceError) as refused:
        record(fault, "collect", **values)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not fault.events.filter(kind="flow_step").exists()


def test_a_step_entered_afterwards_has_its_own_time_and_its_reason(
    fault, record
) -> None:
    record(fault, "collect", at=2)
    record(
        fault,
        "classify",
        "software",
        at=30,
        happened_at=NOON + minutes(10),
        reason="No network in the basement",
    )
    event = fault.events.filter(kind="flow_step").last()
    assert event.happened_at == NOON + minutes(10)
    assert event.recorded_at == NOON + minutes(30)
    assert event.data["time_reason"] == "No network in the basement"
    with pytest.raises(ServiceError, match="before_last_step"):
        record(
            fault, "software", at=31, happened_at=NOON + minutes(9), reason="forgotten"
        )


def test_only_faults_have_a_flow_and_only_staff_walk_it(zhida, fault, record) -> None:
    with pytest.raises(NotPermitted):
        record(fault, "collect", by="client")
    planned = services.file_ticket(
        actor=zhida.actor("agent"),
        now=NOON,
        client=zhida.client_org,
        title="New camera",
        kind="planned",
    )
    with pytest.raises(ServiceError, match="no_flow"):
        record(planned, "collect")


def test_records_are_never_changed(zhida, fault, record) -> None:
    record(fault, "collect")
    event = fault.events.get(kind="flow_step")
    event.data = {}
    with pytest.raises(Exception, match="permission denied"):
        event.save()


# -- rounds ----------------------------------------------------------------------------------------


def on_site(ticket, walk):
    return walk(ticket, shortest(FLOW, "collect", "on_site"))


def test_not_solved_goes_round_until_it_is(zhida, fault, walk, record) -> None:
    on_site(fault, walk)
    for count in range(3):
        record(fault, "on_site", "no", at=20 + count * 2)
        record(fault, "adjust", at=21 + count * 2)
    shown = handling(zhida, fault)
    assert (shown.round, shown.step.key) == (4, "on_site")
    assert [row.round for row in shown.rows][-4:] == [2, 3, 3, 4]


def test_dispatching_somebody_decides_that_a_visit_is_needed(fault, walk) -> None:
    on_site(fault, walk)
    assert fault.visit == "needed"
    assert fault.events.filter(kind="visit_decided").count() == 1


def test_the_report_resolves_the_ticket_in_its_own_words(fault, walk, record) -> None:
    walk(fault, shortest(FLOW, "collect", "report"))
    record(
        fault,
        "report",
        at=30,
        fields={"cause": "A loose plug", "done": "Plugged in"},
        found="He had kicked it",
    )
    event = fault.events.get(kind="resolved")
    assert event.body == "A loose plug\n\nPlugged in"
    assert fault.state == "resolved"


def test_the_engineer_leaves_only_after_the_customer_has_confirmed(
    fault, walk, record
) -> None:
    walk(fault, shortest(FLOW, "collect", "leave"))
    with pytest.raises(ServiceError) as refused:
        record(fault, "leave", "confirmed", at=30, fields={})
    assert refused.value.field == "field_confirmed_by"
    record(fault, "leave", "not_confirmed", at=31, fields={})
    assert fault.flow_step == "adjust"
    assert fault.state == "in_progress"


def test_a_reopened_ticket_goes_on_with_an_adjusted_plan(zhida, fault, walk) -> None:
    walk(fault, shortest(FLOW, "collect", ""))
    services.refuse(
        actor=zhida.actor("client"), now=NOON + minutes(60), ticket=fault, reason="No"
    )
    shown = handling(zhida, fault)
    assert (shown.step.key, shown.round) == ("adjust", 2)
    assert fault.flow_step == "adjust"


# -- taken back --------------------------------------------------------------------------------------


def back(zhida, ticket, to, at=30.0, by="engineer", reason="It was the switch"):
    return services.go_back(
        actor=zhida.actor(by),
        now=NOON + minutes(at),
        ticket=ticket,
        to=to,
        reason=reason,
    )


def test_a_wrong_answer_is_taken_back_and_stays_to_be_read(
    zhida, fault, record
) -> None:
    record(fault, "collect", at=5)
    record(fault, "classify", "software", at=6)
    record(fault, "software", at=7)
    wrong = fault.events.filter(kind="flow_step")[1]
    back(zhida, fault, wrong.seq)
    assert fault.flow_step == "classify"
    record(fault, "classify", "hardware", at=31)
    rows = path_rows(fault, zhida.actor("engineer"))
    assert [(row.step, row.answer, row.stands) for row in rows] == [
        ("collect", "", True),
        ("classify", "Software", False),
        ("software", "", False),
        ("classify", "Hardware", True),
    ]
    assert rows[1].undone.reason == "It was the switch"
    assert rows[1].undone.who == "Engineer of zhida"


def test_only_what_stands_is_taken_back_and_only_with_a_reason(
    zhida, fault, record
) -> None:
    record(fault, "collect")
    step = fault.events.get(kind="flow_step")
    for to, reason, code in (
        (step.seq + 7, "Wrong", "unknown"),
        (step.seq, " ", "text_missing"),
    ):
        with pytest.raises(ServiceError, match=code):
            back(zhida, fault, to, reason=reason)
    back(zhida, fault, step.seq)
    with pytest.raises(ServiceError, match="unknown"):
        back(zhida, fault, step.seq, at=31)


# -- the second line ----------------------------------------------------------------------------------


def cannot(ticket, walk, record, **values):
    on_site(ticket, walk)
    return record(ticket, "on_site", "cannot", at=30, **values)


def test_what_can_not_be_solved_needs_a_picture(fault, walk, record) -> None:
    log = SimpleUploadedFile("log.txt", b"error 42\n", "text/plain")
    on_site(fault, walk)
    for files in ([], [log]):
        with pytest.raises(ServiceError) as refused:
            record(fault, "on_site", "cannot", at=30, files=files)
        assert (refused.value.code, refused.value.field) == ("picture_missing", "files")
    fake = SimpleUploadedFile("screen.png", b"error 42\n", "image/png")
    with pytest.raises(ServiceError, match="type_refused"):
        record(fault, "on_site", "cannot", at=30, files=[fake])
    fault.refresh_from_db()
    assert fault.flow_step == "on_site"
    record(fault, "on_site", "cannot", at=30, files=[picture()])
    assert fault.flow_step == "second_line"


def test_a_picture_that_is_on_the_ticket_already_will_do(
    zhida, fault, walk, record
) -> None:
    services.add_note(
        actor=zhida.actor("engineer"),
        now=NOON + minutes(3),
        ticket=fault,
        body="See",
        files=[picture()],
    )
    photo = fault.attachments.get()
    cannot(fault, walk, record, pictures=[photo])
    event = fault.events.filter(kind="flow_step").last()
    assert event.data["attachments"] == [photo.pk]


def test_pictures_of_a_step_are_for_colleagues_only(fault, walk, record) -> None:
    cannot(fault, walk, record, files=[picture()])
    assert fault.attachments.get().internal


def told(kind):
    from notifications.models import Message

    rows = Message.objects.filter(kind=kind).order_by("recipient_id")
    return [row.recipient_id for row in rows]


def test_the_second_line_of_the_department_is_called_and_sees_the_ticket(
    zhida, fault, walk, record
) -> None:
    Department.objects.filter(pk=zhida.department.pk).update(
        second_line=zhida.other_department
    )
    elsewhere = zhida.actor("elsewhere")
    assert not Ticket.objects.visible_to(elsewhere).filter(pk=fault.pk).exists()
    cannot(fault, walk, record, files=[picture()], found="Board is burnt")
    assert told("second_line") == [zhida.elsewhere.pk]
    assert Ticket.objects.visible_to(elsewhere).filter(pk=fault.pk).exists()
    (called,) = handling(zhida, fault).called
    assert (called.department, called.told) == ("Software", (zhida.elsewhere.pk,))


def test_without_a_second_line_the_manager_of_the_department_is_called(
    zhida, fault, walk, record
) -> None:
    cannot(fault, walk, record, files=[picture()])
    assert told("second_line") == [zhida.manager.pk]
    assert fault.second_line_id is None
    assert fault.events.filter(kind="second_line").count() == 1


# -- what clients see ----------------------------------------------------------------------------------


def test_the_client_reads_the_path_in_plain_words_and_nothing_else(
    zhida, fault, walk, record
) -> None:
    cannot(fault, walk, record, files=[picture()], found="CANARY-4711")
    shown = handling(zhida, fault, by="client")
    assert [one.text for one in shown.public][-2:] == [
        "Working on site",
        "Specialists are helping",
    ]
    assert shown.public[-1].at is None
    assert shown.called == ()
    assert shown.reminders == ()
    for row in shown.rows:
        assert (row.found, row.values, row.files, row.who, row.answer) == (
            "",
            (),
            (),
            "",
            "",
        )
    seen = TicketEvent.objects.visible_to(zhida.actor("client")).filter(ticket=fault)
    assert {"flow_back", "second_line", "reminded"}.isdisjoint(
        seen.values_list("kind", flat=True)
    )


def test_a_step_that_is_none_of_the_clients_business_is_internal(
    zhida, fault, walk
) -> None:
    walk(fault, shortest(FLOW, "collect", "replace"))
    spare = fault.events.get(kind="flow_step", data__step="spare")
    assert spare.internal
    assert not fault.events.get(kind="flow_step", data__step="hardware").internal
