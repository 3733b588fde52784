"""Replies, notes and files over REST."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.api.conftest import Call
from tests.world import World
from tickets.models import Attachment, Ticket, TicketEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(name: str = "pump.png") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (4, 4)).save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


def test_a_reply_is_seen_by_both_sides_a_note_by_ours(
    call: Call, ticket: Ticket
) -> None:
    agent, client = call("agent"), call("client")
    path = f"tickets/{ticket.number}"
    said = agent.post(f"{path}/replies", {"body": "We are on it."})
    assert said.status_code == 201
    assert said["Location"] == f"/api/v1/{path}/events"
    assert said.json()["body"] == "We are on it."
    noted = agent.post(f"{path}/notes", {"body": "Ask Li."})
    assert noted.json()["internal"] is True
    bodies = [e["body"] for e in client.get(f"{path}/events").json()["results"]]
    assert "We are on it." in bodies
    assert "Ask Li." not in bodies


def test_a_clients_reply_ends_the_wait_for_it(call: Call, ticket: Ticket) -> None:
    engineer, path = call("engineer"), f"tickets/{ticket.number}"
    engineer.post(f"{path}/answer", {"body": "Which model?"})
    engineer.post(f"{path}/start-wait", {"wait": "customer", "note": "The model."})
    call("client").post(f"{path}/replies", {"body": "DS-2CD"})
    assert engineer.get(path).json()["state"] == "in_progress"


def test_files_come_with_a_reply_and_go_out_as_downloads(
    call: Call, ticket: Ticket
) -> None:
    client, path = call("client"), f"tickets/{ticket.number}"
    sent = client.upload(
        f"{path}/replies", {"body": "See here.", "files": [picture("a.png"), picture()]}
    )
    assert sent.status_code == 201, sent.content
    files = sent.json()["attachments"]
    assert [one["name"] for one in files] == ["a.png", "pump.png"]
    assert "internal" not in files[0]
    listed = client.get(f"{path}/attachments").json()["results"]
    assert listed == files
    known = client.get(f"attachments/{files[0]['id']}")
    assert known.json() == files[0]
    content = client.get(files[0]["content"])
    assert content["Content-Type"] == "application/octet-stream"
    assert content["Content-Disposition"].startswith("attachment")
    assert content["X-Content-Type-Options"] == "nosniff"
    assert b"".join(content.streaming_content).startswith(b"\x89PNG")


def test_files_alone_become_a_reply_that_names_them(call: Call, ticket: Ticket) -> None:
    path = f"tickets/{ticket.number}/attachments"
    sent = call("client").upload(path, {"files": [picture()]})
    assert sent.status_code == 201, sent.content
    assert sent.json()["body"] == "pump.png"
    inside = call("agent").upload(path, {"files": [picture()], "internal": "true"})
    assert inside.json()["internal"] is True
    assert len(call("agent").get(path).json()["results"]) == 2
    assert len(call("client").get(path).json()["results"]) == 1
    hidden = inside.json()["attachments"][0]["id"]
    for tail in ("", "/content"):
        answer = call("client").get(f"attachments/{hidden}{tail}")
        assert answer.status_code == 404
        absent = call("client").get(f"attachments/999999{tail}")
        assert answer.content == absent.content


def test_a_client_cannot_write_inside(call: Call, ticket: Ticket) -> None:
    path = f"tickets/{ticket.number}/attachments"
    sent = call("client").upload(path, {"files": [picture()], "internal": "true"})
    assert sent.status_code == 400
    assert list(sent.json()["errors"]) == ["internal"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ\x90\x00"),
        ("page.html", b"<html><script>"),
        ("fake.png", b"not a picture"),
        ("empty.txt", b""),
    ],
)
def test_a_file_of_a_refused_kind_changes_nothing(
    call: Call, ticket: Ticket, world: World, name: str, content: bytes
) -> None:
    with world.zhida.scope():
        before = TicketEvent.objects.count()
    bad = SimpleUploadedFile(name, content)
    sent = call("client").upload(
        f"tickets/{ticket.number}/replies", {"body": "x", "files": [picture(), bad]}
    )
    assert sent.status_code == 422
    assert list(sent.json()["errors"]) == ["files"]
    with world.zhida.scope():
        assert TicketEvent.objects.count() == before
        assert not Attachment.objects.exists()


def test_the_same_upload_under_one_key_is_kept_once(
    call: Call, ticket: Ticket, world: World
) -> None:
    program, path = call("client"), f"tickets/{ticket.number}/attachments"
    for _ in range(2):
        sent = program.upload(path, {"files": [picture()]}, Idempotency_Key="up")
        assert sent.status_code == 201
    with world.zhida.scope():
        assert Attachment.objects.count() == 1
    other = program.upload(path, {"files": [picture("b.png")]}, Idempotency_Key="up")
    assert other.json()["code"] == "idempotency_key_reused"
