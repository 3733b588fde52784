"""The flow on the ticket page, and the pages on which an administrator adapts it."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from servicedesk.lib.now import database_now
from tests.tickets.flow.conftest import picture
from tests.tickets.flow.walks import shortest, values_of
from tests.tickets.web.conftest import CANARY, HTMX, fresh, text
from tickets import services
from tickets.flows import load_flow, shipped_text
from tickets.models import FlowVersion

pytestmark = pytest.mark.django_db
FLOW = load_flow(shipped_text())
SMALL = """\
format: 1
key: small
name: {zh: 小流程, en: Our own flow}
start: look
reopened: look
steps:
  look:
    title: {zh: 查看, en: Have a look}
    record:
      seen: {label: {zh: 所见, en: What was seen}, kind: line, required: true}
    next: close
  close:
    title: {zh: 完, en: Close it}
    end: true
"""


def page_of(browser, ticket, name="detail", **query):
    return text(browser.get(reverse(f"tickets:{name}", args=[ticket.number]), query))


def step_form(browser, ticket):
    return browser.get(
        reverse("tickets:act", args=[ticket.number, "record_step"]), **HTMX
    )


def send(browser, ticket, verb="record_step", **values):
    values.setdefault("version", fresh(ticket).last_seq)
    url = reverse("tickets:act", args=[ticket.number, verb])
    return browser.post(url, values, **HTMX)


def walk(zhida, ticket, to, by="engineer"):
    """Walk the shortest way to a step."""
    ticket.refresh_from_db()
    for step, answer in shortest(FLOW, ticket.flow_step or "collect", to):
        services.record_step(
            actor=zhida.actor(by),
            now=database_now(),
            ticket=ticket,
            step=step.key,
            answer=answer.key,
            fields=values_of(step),
            files=[picture()] if answer.picture else [],
        )
    return ticket


@pytest.fixture
def begun(zhida, ticket, do):
    """A ticket whose next step is the flow's."""
    do(ticket, "assign", by="agent", assignee=zhida.engineer)
    do(ticket, "answer", body="We look into it from here.")
    return do(ticket, "decide_visit", needed=False)


# -- on the ticket ---------------------------------------------------------------------------------


def test_the_next_step_of_the_flow_is_the_one_thing_offered(browse, begun):
    page = page_of(browse("engineer"), begun)
    head = page[page.index('id="ticket-head"') : page.index("tk-columns")]
    assert "Collect information" in head
    assert "record_step" in head
    assert re.search(r"It begins with “Collect information”", page)


def test_a_step_asks_for_its_record_and_its_answer(browse, zhida, begun):
    form = text(step_form(browse("engineer"), begun))
    assert "What happens" in form
    assert 'name="answer" value="done"' in form
    walk(zhida, begun, "hardware")
    form = text(step_form(browse("engineer"), begun))
    assert "Must the device be replaced?" in form
    assert "No, repair or upgrade it" in form
    assert (
        f'value="{begun.equipment.serial_number}"' in form if begun.equipment else True
    )


def test_the_record_begins_with_what_the_ticket_knows(browse, zhida, file, do):
    ticket = file(equipment=zhida.equipment)
    walk(zhida, ticket, "hardware")
    form = text(step_form(browse("engineer"), ticket))
    assert 'value="SN-zhida-1"' in form
    assert 'value="DS-2CD"' in form


def test_recording_a_step_moves_on_and_is_drawn(browse, begun):
    answer = send(
        browse("engineer"),
        begun,
        step="collect",
        field_symptom="It is black",
        found=CANARY,
    )
    assert answer.status_code == 204, text(answer)
    assert "ticket:moved" in json.loads(answer["HX-Trigger"])
    page = page_of(browse("engineer"), begun)
    assert '<svg class="flow-picture"' in page
    assert "<title" in page
    assert "1 step was done · next: Classify" in page
    assert "It is black" in page
    assert CANARY in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"field_symptom": ""}, "Write a few words here."),
        (
            {"field_symptom": "x", "field_since": "soon"},
            "Write it as 2026-11-22 14:05.",
        ),
        (
            {
                "field_symptom": "x",
                "happened_at": "2020-01-01T10:00",
                "time_reason": "x",
            },
            "before the request was received",
        ),
    ],
)
def test_a_refusal_stands_beside_its_field_and_changes_nothing(
    browse, begun, values, words
):
    answer = send(browse("engineer"), begun, step="collect", **values)
    assert answer.status_code == 422
    assert words in text(answer)
    assert fresh(begun).flow_version_id is None


def test_a_step_that_a_colleague_was_quicker_with_is_told_and_nothing_is_lost(
    browse, zhida, begun
):
    seen = fresh(begun).last_seq
    walk(zhida, begun, "classify", by="colleague")
    answer = send(
        browse("engineer"),
        begun,
        step="collect",
        field_symptom="My words",
        version=seen,
    )
    page = text(answer)
    assert answer.status_code == 422
    assert "This has happened meanwhile:" in page
    assert "My words" in page
    again = send(browse("engineer"), begun, step="collect", field_symptom="My words")
    assert "The next one is “Classify”" in text(again)


def test_what_can_not_be_solved_asks_for_a_screenshot(browse, zhida, begun):
    walk(zhida, begun, "on_site")
    form = text(step_form(browse("engineer"), begun))
    assert "It can&#x27;t be solved, call the second line" in form
    values = {"step": "on_site", "answer": "cannot", "field_done": "All of it"}
    refused = send(browse("engineer"), begun, **values)
    assert "Add a screenshot or a photo" in text(refused)
    assert (
        send(browse("engineer"), begun, **values, files=[picture()]).status_code == 204
    )
    page = page_of(browse("agent"), begun)
    assert "Second line called: the department" in page
    assert "Manager of zhida" in page


def test_a_wrong_answer_is_taken_back_in_the_browser(browse, zhida, begun):
    walk(zhida, begun, "software")
    shown = text(
        browse("engineer").get(reverse("tickets:act", args=[begun.number, "go_back"]))
    )
    assert "Classify · Software" in shown
    wrong = begun.events.filter(kind="flow_step").last()
    answer = send(
        browse("engineer"), begun, "go_back", to=wrong.seq, reason="It was the plug"
    )
    assert answer.status_code == 204
    page = page_of(browse("engineer"), begun)
    assert "taken back by Engineer of zhida" in page
    assert "It was the plug" in page
    assert 'class="flow-return"' in page


def test_rounds_are_drawn_with_their_numbers(browse, zhida, begun):
    walk(zhida, begun, "on_site")
    services.record_step(
        actor=zhida.actor("engineer"),
        now=database_now(),
        ticket=begun,
        step="on_site",
        answer="no",
        fields={"done": "x"},
    )
    page = page_of(browse("engineer"), begun)
    assert page.count('class="flow-round"') == 2
    assert "round 2" in page


def test_reminders_are_shown_and_the_call_back_is_one_press_away(browse, zhida, begun):
    walk(zhida, begun, "operation")
    services.record_step(
        actor=zhida.actor("engineer"),
        now=database_now(),
        ticket=begun,
        step="operation",
        fields={"advice": "Press longer"},
    )
    page = page_of(browse("engineer"), begun)
    assert "Call the customer back after the advice" in page
    assert reverse("tickets:act", args=[begun.number, "call_back"]) in page


def test_a_client_sees_the_public_path_and_no_finding(browse, zhida, begun):
    send(browse("engineer"), begun, step="collect", field_symptom=CANARY, found=CANARY)
    walk(zhida, begun, "second_line")
    for name in ("detail", "live"):
        page = page_of(browse("client"), begun, name)
        assert "How we handle it" in page
        assert "Specialists are helping" in page
        assert CANARY not in page
        for inside in ("Second line", "can&#x27;t be solved", "What was recorded"):
            assert inside not in page


def test_the_contingency_plan_is_shown_to_both_sides(browse, begun, do):
    do(
        begun,
        "agree_contingency",
        kind="spare",
        body="A loaner until Monday",
        agreed_with="Ms Ma",
    )
    for who in ("engineer", "client"):
        page = page_of(browse(who), begun)
        assert "Spare or loaner unit" in page
        assert "A loaner until Monday" in page
        assert "Agreed with Ms Ma" in page


def test_planned_work_has_no_flow(browse, file):
    planned = file(kind="planned", by="agent", requester=None)
    assert "record_step" not in page_of(browse("engineer"), planned)


@pytest.mark.parametrize("who", ["agent", "client"])
def test_a_long_flow_costs_no_more_queries(
    browse, zhida, begun, who, django_assert_max_num_queries
):
    walk(zhida, begun, "on_site")
    for _round in range(4):
        for step, answer, fields in (
            ("on_site", "no", {"done": "x"}),
            ("adjust", "done", {"feedback": "x", "plan": "y"}),
        ):
            services.record_step(
                actor=zhida.actor("engineer"),
                now=database_now(),
                ticket=begun,
                step=step,
                answer=answer,
                fields=fields,
            )
    page_of(browse(who), begun)
    with django_assert_max_num_queries(15 + 2):
        page_of(browse(who), begun)


# -- its versions ------------------------------------------------------------------------------------


def adapt(browser, words, *, check=False, **values):
    data = {"text": words, "note": "Ours"} | ({"check": "1"} if check else {})
    return browser.post(reverse("tickets:flow_publish"), data | values)


def test_the_shipped_flow_is_drawn_before_anybody_has_used_it(browse):
    page = text(browse("agent").get(reverse("tickets:flow")))
    assert "as shipped" in page
    assert page.count('class="flow-box') == len(FLOW.steps)
    assert "Is the problem solved?" in page
    assert "Adapt" not in page


def test_an_adapted_flow_is_walked_and_a_ticket_keeps_the_one_it_began_with(
    browse, zhida, begun, file
):
    walk(zhida, begun, "classify")
    answer = adapt(browse("admin"), SMALL)
    assert answer.status_code == 302
    assert [v.number for v in FlowVersion.objects.order_by("number")] == [1, 2]
    assert "Classify" in page_of(browse("engineer"), begun)
    newer = file()
    assert "Have a look" in page_of(browse("engineer"), newer)
    refused = send(browse("engineer"), newer, step="collect", field_symptom="x")
    assert refused.status_code == 422
    assert (
        send(browse("engineer"), newer, step="look", field_seen="Dark").status_code
        == 204
    )
    assert send(browse("engineer"), newer, step="close").status_code == 204
    done = fresh(newer)
    assert (done.flow_version.number, done.flow_step) == (2, "")
    page = page_of(browse("engineer"), newer)
    assert "2 steps were done" in page
    assert reverse("tickets:act", args=[newer.number, "record_step"]) not in page


def test_a_broken_flow_is_refused_with_its_line_and_nothing_changes(browse):
    broken = SMALL.replace("next: close", "next: clsoe")
    answer = adapt(browse("admin"), broken)
    page = text(answer)
    assert answer.status_code == 422
    assert "The file has 1 problem; nothing was changed." in page
    assert "Line 11" in page
    assert "<code>steps.look.next</code>" in page
    assert "There is no step “clsoe”. Known: look, close." in page
    assert not FlowVersion.objects.exists()


def test_checking_draws_and_compares_and_publishes_nothing(browse):
    page = text(adapt(browse("admin"), SMALL, check=True))
    assert "Nothing is published yet." in page
    assert 'class="flow-box' in page
    assert 'class="diff-new"' in page
    assert not FlowVersion.objects.exists()


def test_an_uploaded_file_takes_the_place_of_the_text(browse):
    file = SimpleUploadedFile("flow.yaml", SMALL.encode(), "text/yaml")
    assert adapt(browse("admin"), "", file=file).status_code == 302
    assert FlowVersion.objects.get().text == SMALL
    again = adapt(browse("admin"), SMALL)
    assert "Nothing is different from version 1." in text(again)


def test_versions_are_compared_and_downloaded(browse):
    adapt(browse("admin"), SMALL)
    adapt(browse("admin"), SMALL.replace("Have a look", "Look closely"))
    page = text(browse("agent").get(reverse("tickets:flow_compare")))
    assert "Have a look" in page
    assert "Look closely" in page
    file = browse("agent").get(reverse("tickets:flow_download", args=[1]))
    assert text(file) == SMALL
    assert "small-v1.yaml" in file["Content-Disposition"]
    for wrong in ("?old=9", "?new=x"):
        path = reverse("tickets:flow_compare") + wrong
        assert browse("agent").get(path).status_code == 404


def test_only_administrators_adapt_and_clients_see_no_flow(browse):
    assert adapt(browse("engineer"), SMALL).status_code == 404
    assert browse("client").get(reverse("tickets:flow")).status_code == 404
    assert not FlowVersion.objects.exists()


def test_a_neighbours_flow_is_none_of_ours(browse):
    adapt(browse("admin", "other"), SMALL)
    page = text(browse("agent").get(reverse("tickets:flow")))
    assert "Our own flow" not in page
    assert (
        browse("agent").get(reverse("tickets:flow_version", args=[2])).status_code
        == 404
    )
