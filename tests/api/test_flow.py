"""The flow over REST: read, walked, taken back, published; nothing of ours for clients."""

from __future__ import annotations

import pytest

from tests.api.conftest import CANARY
from tests.tickets.flow.conftest import picture
from tickets.flows import shipped_text
from tickets.models import FlowVersion

pytestmark = pytest.mark.django_db


def stored(world) -> int:
    with world.zhida.scope():
        return FlowVersion.objects.count()


def test_a_program_walks_the_flow(call, ticket) -> None:
    program, path = call("engineer"), f"tickets/{ticket.number}/flow"
    before = program.get(path).json()
    assert (before["begun"], before["next"]["key"]) == (False, "collect")
    assert before["next"]["fields"][0] == {
        "key": "symptom",
        "label": "What happens",
        "kind": "text",
        "required": True,
        "choices": [],
    }
    step = {"step": "collect", "record": {"symptom": "Black"}, "found": CANARY}
    assert program.post(f"{path}/steps", step).status_code == 200
    after = program.get(path).json()
    assert (after["begun"], after["next"]["key"], after["version"]) == (
        True,
        "classify",
        1,
    )
    (done,) = after["path"]
    assert done["values"] == [{"label": "What happens", "value": "Black"}]
    assert (done["found"], done["taken_back"]) == (CANARY, None)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"step": "classify", "answer": "software"}, 409, "not_the_next_step", None),
        ({"step": "collect", "record": {}}, 422, "missing", "record.symptom"),
        (
            {
                "step": "collect",
                "record": {"symptom": "x", "since": "2026-03-02T09:00"},
            },
            422,
            "invalid",
            "record.since",
        ),
        (
            {"step": "collect", "record": {"colour": "x"}},
            422,
            "unknown",
            "record.colour",
        ),
        ({"step": "collect", "answer": "maybe"}, 422, "unknown", "answer"),
        (
            {"step": "collect", "record": {"symptom": 5}},
            422,
            "invalid",
            "record.symptom",
        ),
        ({"step": "collect", "attachments": [987654]}, 400, None, "attachments.0"),
    ],
)
def test_a_refusal_has_its_code_and_its_field(
    call, ticket, world, body, status, code, field
) -> None:
    answer = call("engineer").post(f"tickets/{ticket.number}/flow/steps", body)
    assert answer.status_code == status, answer.content
    problem = answer.json()
    if code:
        assert problem["code"] == code
    if field:
        assert field in problem["errors"]
    assert not stored(world)


def test_a_step_is_taken_back(call, ticket) -> None:
    program, path = call("engineer"), f"tickets/{ticket.number}/flow"
    program.post(f"{path}/steps", {"step": "collect", "record": {"symptom": "x"}})
    seq = program.get(path).json()["path"][0]["seq"]
    body = {"to": seq, "reason": "Another device"}
    assert program.post(f"{path}/back", body).status_code == 200
    after = program.get(path).json()
    assert after["next"]["key"] == "collect"
    assert after["path"][0]["taken_back"]["reason"] == "Another device"


def test_a_screenshot_that_was_sent_before_belongs_to_the_step(
    call, ticket, world
) -> None:
    program, path = call("engineer"), f"tickets/{ticket.number}"
    way = [
        {"step": "collect", "record": {"symptom": "x"}},
        {"step": "classify", "answer": "software"},
        {"step": "software", "record": {"analysis": "x", "proposal": "y"}},
        {"step": "solved", "answer": "no"},
        {"step": "plan", "record": {"plan": "x", "engineer": "y"}},
    ]
    for step in way:
        assert program.post(f"{path}/flow/steps", step).status_code == 200
    cannot = {"step": "on_site", "answer": "cannot", "record": {"done": "x"}}
    refused = program.post(f"{path}/flow/steps", cannot)
    assert refused.json()["code"] == "picture_missing"
    assert "attachments" in refused.json()["errors"]
    from servicedesk.lib.now import database_now
    from tests.tickets.web.conftest import fresh
    from tickets import services

    with world.zhida.scope():
        services.add_note(
            actor=world.zhida.actor("engineer"),
            now=database_now(),
            ticket=ticket,
            body="See",
            files=[picture()],
        )
        photo = fresh(ticket).attachments.get()
    sent = cannot | {"attachments": [photo.pk]}
    assert program.post(f"{path}/flow/steps", sent).status_code == 200
    assert program.get(f"{path}/flow").json()["next"]["key"] == "second_line"


def test_a_clients_program_reads_the_public_path_and_nothing_else(call, ticket) -> None:
    staff, path = call("engineer"), f"tickets/{ticket.number}/flow"
    step = {"step": "collect", "record": {"symptom": CANARY}, "found": CANARY}
    staff.post(f"{path}/steps", step)
    client = call("client")
    seen = client.get(path)
    assert CANARY not in seen.content.decode()
    data = seen.json()
    assert set(data) == {"begun", "round", "now", "path", "contingency"}
    assert set(data["path"][0]) == {"seq", "title", "round", "at"}
    assert data["path"][0]["title"] == "Finding out what happens"
    events = client.get(f"tickets/{ticket.number}/events").content.decode()
    assert CANARY not in events
    assert client.post(f"{path}/steps", step).status_code == 404
    assert client.get("flow").status_code == 404


def test_a_flow_is_read_checked_and_published(call, world) -> None:
    admin = call("admin")
    now = admin.get("flow").json()
    assert (now["number"], now["is_shipped"], now["start"]) == (1, True, "collect")
    assert now["text"] == shipped_text()
    changed = shipped_text().replace("call_back_within: 2h", "call_back_within: 1h")
    assert admin.post("flow/check", {"text": changed}).status_code == 200
    assert not stored(world)
    answer = admin.post("flow/versions", {"text": changed, "note": "Sooner"})
    assert answer.status_code == 201, answer.content
    assert admin.get("flow/versions").json()["results"][0]["note"] == "Sooner"
    assert admin.get("flow/versions/1").json()["text"] == changed
    assert admin.get("flow/versions/2").status_code == 404
    assert call("engineer").post("flow/versions", {"text": changed}).status_code == 404


def test_a_broken_flow_names_line_key_and_reason(call, world) -> None:
    broken = shipped_text().replace("start: collect", "start: colect")
    for path in ("flow/check", "flow/versions"):
        answer = call("admin").post(path, {"text": broken})
        assert answer.status_code == 422
        (problem,) = answer.json()["problems"]
        assert (problem["key"], problem["code"]) == ("start", "unknown_step")
        assert broken.splitlines()[problem["line"] - 1] == "start: colect"
    assert not stored(world)
