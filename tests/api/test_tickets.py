"""Tickets over REST: filed, found, read, worked on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicedesk.lib.now import database_now
from tests.api.conftest import CANARY, Call, filed
from tests.world import World
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_a_client_files_a_request_and_sees_the_promise_at_once(
    call: Call, world: World
) -> None:
    body = {
        "title": "The pump does not start",
        "symptom": "It hums.",
        "severity": "serious",
        "project": world.zhida.project.pk,
    }
    answer = call("client").post("tickets", body)
    assert answer.status_code == 201, answer.content
    data = answer.json()
    assert answer["Location"] == f"/api/v1/tickets/{data['number']}"
    assert answer["ETag"]
    assert data["severity"] == "serious"
    assert data["channel"] == "api"
    assert data["requester"]["id"] == world.zhida.client.pk
    first = next(c for c in data["clocks"] if c["metric"] == "first_response")
    assert first["state"] == "running"
    assert first["explanation"].startswith("Due ")
    assert "replies" in data["actions"]
    assert "resolve" not in data["actions"]


def test_the_desk_files_for_a_caller_with_the_time_of_the_call_and_the_answer(
    call: Call, world: World
) -> None:
    began = database_now() - timedelta(minutes=20)
    body = {
        "client": world.zhida.client_org.pk,
        "project": world.zhida.project.pk,
        "new_contact": {"name": "Wang Wei", "phone": "0951 1"},
        "title": "No picture",
        "channel": "phone",
        "received_at": began.isoformat(),
        "time_reason": "Entered after the call.",
        "answer": "We come at three.",
    }
    answer = call("agent").post("tickets", body)
    assert answer.status_code == 201, answer.content
    data = answer.json()
    assert data["contact"]["name"] == "Wang Wei"
    assert data["state"] == "in_progress"
    assert data["received_at"] == began.isoformat().replace("+00:00", "Z")
    first = next(c for c in data["clocks"] if c["metric"] == "first_response")
    assert first["state"] == "met"


def test_without_a_title_the_field_is_named_and_nothing_is_filed(
    call: Call, world: World
) -> None:
    answer = call("client").post("tickets", {"symptom": "It hums."})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == {"title": ["This field is required."]}
    with world.zhida.scope():
        assert not Ticket.objects.exists()


def test_a_time_without_a_zone_is_refused(call: Call, world: World) -> None:
    body = {
        "client": world.zhida.client_org.pk,
        "title": "x",
        "received_at": "2026-03-02T09:00:00",
    }
    answer = call("agent").post("tickets", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["received_at"]


def test_the_list_pages_by_cursor_without_repeating_or_losing_any(
    call: Call, world: World
) -> None:
    numbers = {filed(world.zhida, title=f"Fault {i}").number for i in range(5)}
    program, seen, cursor = call("agent"), [], ""
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        page = program.get(f"tickets?limit=2{more}").json()
        seen += [one["number"] for one in page["results"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == 5
    assert set(seen) == numbers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=new", 1),
        ("state=closed", 0),
        ("state=new&state=closed", 1),
        ("severity=general", 1),
        ("severity=urgent", 0),
        ("missed=false", 1),
        ("missed=true", 0),
        ("unassigned=true", 1),
        ("at_risk=true", 0),
        ("metric=first_response", 1),
        ("q=pump", 1),
        ("q=nothing", 0),
        ("kind=planned", 0),
        ("updated_since=2000-01-01T00:00:00Z", 1),
        ("updated_since=2999-01-01T00:00:00%2B08:00", 0),
        ("sort=due", 1),
        ("sort=-updated", 1),
    ],
)
def test_filters_narrow_the_list(
    call: Call, ticket: Ticket, query: str, expected: int
) -> None:
    answer = call("agent").get(f"tickets?{query}")
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["results"]) == expected


def test_a_parameter_that_is_not_known_is_refused(call: Call, ticket: Ticket) -> None:
    answer = call("agent").get("tickets?stat=new")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["stat"]


def test_filters_that_tell_of_internal_things_are_not_for_clients(
    call: Call, ticket: Ticket
) -> None:
    for query in (
        "updated_since=2000-01-01T00:00:00Z",
        "at_risk=true",
        "sort=-updated",
    ):
        assert call("client").get(f"tickets?{query}").status_code == 400
        assert call("agent").get(f"tickets?{query}").status_code == 200


def test_a_ticket_is_read_once_until_it_changes(call: Call, ticket: Ticket) -> None:
    program = call("agent")
    first = program.get(f"tickets/{ticket.number}")
    assert first["ETag"] == f'W/"{ticket.last_seq}"'
    again = program.get(f"tickets/{ticket.number}", If_None_Match=first["ETag"])
    assert again.status_code == 304
    assert not again.content
    program.post(f"tickets/{ticket.number}/replies", {"body": "On it."})
    now = program.get(f"tickets/{ticket.number}", If_None_Match=first["ETag"])
    assert now.status_code == 200


def test_who_acts_on_an_old_version_is_told_and_nothing_happens(
    call: Call, ticket: Ticket, world: World
) -> None:
    program = call("engineer")
    old = program.get(f"tickets/{ticket.number}")["ETag"]
    program.post(f"tickets/{ticket.number}/notes", {"body": "Meanwhile."})
    path = f"tickets/{ticket.number}/answer"
    refused = program.post(path, {"body": "We come."}, If_Match=old)
    assert refused.status_code == 412
    assert refused.json()["code"] == "changed_meanwhile"
    new = program.get(f"tickets/{ticket.number}")["ETag"]
    assert program.post(path, {"body": "We come."}, If_Match=new).status_code == 200


def test_a_note_does_not_change_what_a_client_has_read(
    call: Call, ticket: Ticket
) -> None:
    client, agent = call("client"), call("agent")
    before = client.get(f"tickets/{ticket.number}")
    agent.post(f"tickets/{ticket.number}/notes", {"body": "Only for us."})
    after = client.get(f"tickets/{ticket.number}")
    assert after["ETag"] == before["ETag"]
    agent.post(f"tickets/{ticket.number}/replies", {"body": "For you."})
    assert client.get(f"tickets/{ticket.number}")["ETag"] != before["ETag"]


WORK: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "engineer",
        "triage",
        {"severity": "serious", "reason": "Pumps stand."},
        "triaged",
    ),
    ("engineer", "answer", {"body": "We send somebody."}, "in_progress"),
    ("engineer", "decide-visit", {"needed": True}, "in_progress"),
    (
        "engineer",
        "agree-appointment",
        {"at": "TOMORROW", "asked_by": "client"},
        "waiting",
    ),
    ("engineer", "cancel-appointment", {"reason": "Sooner."}, "in_progress"),
    ("engineer", "depart", {}, "in_progress"),
    ("engineer", "arrive", {}, "in_progress"),
    ("engineer", "propose-solution", {"body": "A new relay."}, "in_progress"),
    ("engineer", "start-wait", {"wait": "parts", "note": "The relay."}, "waiting"),
    ("engineer", "end-wait", {}, "in_progress"),
    ("engineer", "raise", {"to": "urgent", "reason": "Flooding."}, "in_progress"),
    ("engineer", "lower", {"to": "serious", "reason": "No flood."}, "in_progress"),
    (
        "engineer",
        "contingency",
        {"kind": "spare", "body": "A loaner.", "agreed_with": "Ms Ma"},
        "in_progress",
    ),
    (
        "engineer",
        "flow/steps",
        {"step": "collect", "record": {"symptom": "Black"}},
        "in_progress",
    ),
    ("engineer", "call-back", {"body": "Still works."}, "in_progress"),
    ("engineer", "resolve", {"body": "Relay changed."}, "resolved"),
    ("client", "refuse", {"reason": "It hums again."}, "in_progress"),
    ("engineer", "resolve", {"body": "Tightened."}, "resolved"),
    ("client", "confirm", {}, "closed"),
    ("client", "reopen", {"reason": "Again."}, "in_progress"),
    ("client", "cancel", {"reason": "We bought another."}, "cancelled"),
]


def test_a_ticket_goes_its_whole_way_over_rest(
    call: Call, ticket: Ticket, world: World
) -> None:
    programs = {name: call(name) for name in ("engineer", "client")}
    tomorrow = (database_now() + timedelta(days=1)).isoformat()
    for name, verb, body, state in WORK:
        sent = {k: tomorrow if v == "TOMORROW" else v for k, v in body.items()}
        answer = programs[name].post(f"tickets/{ticket.number}/{verb}", sent)
        assert answer.status_code == 200, (verb, answer.content)
        assert answer.json()["state"] == state, verb
        assert answer["ETag"]


def test_assign_correct_and_merge(call: Call, ticket: Ticket, world: World) -> None:
    house, program = world.zhida, call("agent")
    path = f"tickets/{ticket.number}"
    answer = program.post(f"{path}/assign", {"assignee": house.engineer.pk})
    assert answer.json()["assignee"]["id"] == house.engineer.pk
    program.post(f"{path}/answer", {"body": "We come."})
    events = program.get(f"{path}/events").json()["results"]
    seq = next(one["seq"] for one in events if one["kind"] == "answered")
    at = ticket.received_at + (database_now() - ticket.received_at) / 2
    body = {"event": seq, "at": at.isoformat(), "reason": "My watch."}
    corrected = program.post(f"{path}/correct", body)
    assert corrected.status_code == 200, corrected.content
    first = next(
        c for c in corrected.json()["clocks"] if c["metric"] == "first_response"
    )
    assert first["finished_at"] == at.isoformat().replace("+00:00", "Z")
    assert first["corrections"]
    other = filed(house, title="The same pump")
    merged = program.post(
        f"tickets/{other.number}/merge", {"into": ticket.number, "reason": "The same."}
    )
    assert merged.status_code == 200, merged.content
    assert merged.json()["number"] == ticket.number
    gone = program.get(f"tickets/{other.number}").json()
    assert gone["state"] == "merged"
    assert gone["merged_into"]["number"] == ticket.number
    apart = program.post(f"tickets/{other.number}/unmerge")
    assert apart.json()["state"] == "new"


def test_clients_let_their_own_colleagues_follow_and_nobody_else(
    call: Call, ticket: Ticket, world: World
) -> None:
    house, program = world.zhida, call("client")
    path = f"tickets/{ticket.number}"
    colleagues = program.get("contacts").json()["results"]
    assert house.peer.pk in {one["person"] for one in colleagues}
    assert house.rival.pk not in {one["person"] for one in colleagues}
    assert "phone" not in colleagues[0]
    assert program.post(f"{path}/follow", {"person": house.peer.pk}).status_code == 200
    for stranger in (house.rival.pk, house.agent.pk, world.other.client.pk):
        refused = program.post(f"{path}/follow", {"person": stranger})
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == ["person"]
    shown = program.get(f"{path}/followers").json()["results"]
    assert [one["id"] for one in shown] == [house.peer.pk]
    assert call("peer").get(path).status_code == 200
    program.post(f"{path}/unfollow", {"person": house.peer.pk})
    assert call("peer").get(path).status_code == 404


def test_a_verb_whose_time_has_passed_is_a_conflict(call: Call, ticket: Ticket) -> None:
    answer = call("engineer").post(f"tickets/{ticket.number}/end-wait")
    assert answer.status_code == 409
    assert answer.json()["code"] == "state_does_not_allow"


def test_the_field_of_a_rule_is_named_as_it_was_sent(
    call: Call, ticket: Ticket
) -> None:
    program = call("engineer")
    same = program.post(
        f"tickets/{ticket.number}/lower", {"to": "general", "reason": "No."}
    )
    assert same.status_code == 422
    assert list(same.json()["errors"]) == ["to"]
    ahead = (database_now() + timedelta(hours=1)).isoformat()
    future = program.post(f"tickets/{ticket.number}/depart", {"happened_at": ahead})
    assert future.status_code == 422
    assert future.json()["code"] == "in_the_future"
    assert list(future.json()["errors"]) == ["happened_at"]


def test_the_canary_of_an_internal_note_is_nowhere_for_a_client(
    call: Call, ticket: Ticket
) -> None:
    path = f"tickets/{ticket.number}"
    tails = ("", "/events", "/clocks", "/followers", "/attachments")
    pages = [f"{path}{tail}" for tail in tails] + [
        "tickets",
        "events",
        "tickets?q=inside",
    ]
    client, agent = call("client"), call("agent")
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert CANARY not in answer.content.decode(), page
    assert CANARY in agent.get(f"{path}/events").content.decode()
    assert CANARY in agent.get("events").content.decode()
    full = client.get(path).json()
    for name in ("department", "escalated", "updated_at"):
        assert name not in full
    for event in client.get(f"{path}/events").json()["results"]:
        assert "seq" not in event
        assert "internal" not in event
    assert client.get(f"{path}/escalations").status_code == 404
    assert client.post(f"{path}/notes", {"body": "x"}).status_code == 404


def test_whose_a_request_is_may_be_left_to_what_it_names(
    call: Call, world: World
) -> None:
    house, agent = world.zhida, call("agent")
    for named in ("project", "equipment", "site"):
        body = {"title": "Pump", named: getattr(house, named).pk}
        filed_ = agent.post("tickets", body)
        assert filed_.status_code == 201, filed_.content
        assert filed_.json()["client"]["id"] == house.client_org.pk
    nobody = agent.post("tickets", {"title": "Pump"})
    assert nobody.status_code == 400
    assert list(nobody.json()["errors"]) == ["client"]
    other = {"title": "Pump", "project": house.project.pk, "client": house.rival_org.pk}
    assert agent.post("tickets", other).json()["code"] == "unknown"
    strange = {**other, "client": world.other.client_org.pk}
    absent = {**other, "client": 9_999_999}
    answers = [agent.post("tickets", body) for body in (strange, absent)]
    assert answers[0].status_code == 400
    assert answers[0].content == answers[1].content
