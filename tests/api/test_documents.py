"""Papers and signatures over REST, by the same doors as on the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from documents.models import Document
from documents.services import present_sheet, requesting, sign
from servicedesk.lib.now import database_now
from servicedesk.lib.vault import keep
from tests.documents.conftest import drawing

PDF = b"%PDF-1.7 as it was issued"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def made(zhida: Any, ticket: Any) -> Document:
    """The service report of the ticket, ready."""
    file, now = keep(PDF, tenant_id=zhida.tenant.pk), database_now()
    return Document.objects.create(
        kind="service_report",
        subject_kind="ticket",
        subject_id=ticket.pk,
        language="en",
        number="ZD-DOC-2026-000001",
        version=1,
        state="ready",
        is_current=True,
        token="x" * 22,
        stored=file.stored,
        sha256=file.sha256,
        size=file.size,
        pages=1,
        requested_at=now,
        made_at=now,
        wake_at=now,
    )


def papers(ticket: Any) -> str:
    return f"/api/v1/subjects/ticket/{ticket.pk}/documents"


def test_a_paper_is_asked_for_and_its_state_read(call: Any, ticket: Any) -> None:
    wanted = {"kind": "service_report", "language": "zh-hans"}
    asked = call("engineer").post(papers(ticket), wanted)
    assert asked.status_code == 201
    assert asked.json()["state"] == "queued"
    state = call("engineer").get(asked["Location"])
    assert state.json() == asked.json()
    assert [
        one["id"] for one in call("client").get(papers(ticket)).json()["results"]
    ] == [asked.json()["id"]]


def test_a_paper_that_is_ready_is_downloaded(
    call: Any, ticket: Any, made: Document
) -> None:
    shown = call("client").get(f"/api/v1/documents/{made.pk}").json()
    assert (shown["state"], shown["sha256"]) == ("ready", made.sha256)
    answer = call("client").get(shown["content"])
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["rival", "peer", "elsewhere"])
def test_what_is_not_theirs_is_absent(
    call: Any, ticket: Any, made: Document, who: str
) -> None:
    for url in (
        papers(ticket),
        f"/api/v1/subjects/ticket/{ticket.pk}/signatures",
        f"/api/v1/documents/{made.pk}",
        f"/api/v1/documents/{made.pk}/content",
    ):
        assert call(who).get(url).status_code == 404


def test_another_tenant_finds_nothing(
    world: Any, call: Any, ticket: Any, made: Document
) -> None:
    stranger = call("admin", world.other)
    wanted = {"kind": "service_report", "language": "en"}
    assert stranger.get(papers(ticket)).status_code == 404
    assert stranger.post(papers(ticket), wanted).status_code == 404
    assert stranger.get(f"/api/v1/documents/{made.pk}/content").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "service_report", "language": "xx"}, 400),
        ({"kind": "letter", "language": "en"}, 400),
        ({"kind": "work_order", "language": "en"}, 404),  # of another kind of subject
        ({}, 400),
    ],
)
def test_what_can_t_be_made_is_refused(
    zhida: Any, call: Any, ticket: Any, body: dict[str, str], status: int
) -> None:
    assert call("engineer").post(papers(ticket), body).status_code == status
    with zhida.scope():
        assert not Document.objects.exists()


def test_asking_twice_under_one_key_is_asking_once(
    zhida: Any, call: Any, ticket: Any
) -> None:
    wanted, program = {"kind": "service_report", "language": "en"}, call("engineer")
    first = program.post(papers(ticket), wanted, Idempotency_Key="once")
    again = program.post(papers(ticket), wanted, Idempotency_Key="once")
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (201, first.json())
    with zhida.scope():
        assert Document.objects.count() == 1


def test_a_paper_that_waits_already_is_the_answer(
    zhida: Any, call: Any, ticket: Any
) -> None:
    wanted = {"kind": "service_report", "language": "en"}
    first = call("engineer").post(papers(ticket), wanted).json()
    assert call("agent").post(papers(ticket), wanted).json() == first
    with zhida.scope():
        assert Document.objects.count() == 1


def test_one_that_was_taken_up_meanwhile_is_asked_for_anew(
    monkeypatch: pytest.MonkeyPatch, call: Any, ticket: Any
) -> None:
    """Between seeing that it waits and reading it, the printer has begun with it."""
    wanted = {"kind": "service_report", "language": "en"}
    first = call("engineer").post(papers(ticket), wanted).json()
    queue = requesting.queue_documents
    turns: list[int] = []

    def meanwhile(*args: Any, **more: Any) -> None:
        queue(*args, **more)
        if not turns:
            Document.objects.filter(pk=first["id"]).update(state="rendering")
        turns.append(1)

    monkeypatch.setattr(requesting, "queue_documents", meanwhile)
    second = call("engineer").post(papers(ticket), wanted)
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]
    assert len(turns) == 2


def test_a_token_needs_the_right_to_ask(zhida: Any, call: Any, ticket: Any) -> None:
    reading = call("engineer", scopes=["ticket.read", "document.read"])
    wanted = {"kind": "service_report", "language": "en"}
    assert reading.get(papers(ticket)).status_code == 200
    assert reading.post(papers(ticket), wanted).status_code in {403, 404}
    with zhida.scope():
        assert not Document.objects.exists()


def test_clients_ask_for_nothing(call: Any, ticket: Any) -> None:
    wanted = {"kind": "service_report", "language": "en"}
    assert call("client").post(papers(ticket), wanted).status_code == 404


def test_signatures_say_what_was_signed(zhida: Any, call: Any, ticket: Any) -> None:
    now, actor = database_now(), zhida.actor("engineer")
    sheet = present_sheet(
        subject_kind="ticket",
        subject_id=ticket.pk,
        content={"a": 1},
        now=now,
        actor=actor,
    )
    url = f"/api/v1/subjects/ticket/{ticket.pk}/signatures"
    assert call("client").get(url).json()["state"] == "unsigned"
    sign(
        sheet=sheet,
        sha256=sheet.sha256,
        role="client",
        name="李",
        image=drawing(),
        signed_at=now,
        now=now,
        actor=actor,
    )
    told = call("client").get(url).json()
    assert (told["state"], told["sheet_sha256"]) == ("signed", sheet.sha256)
    (one,) = told["results"]
    assert (one["name"], one["sheet_version"]) == ("李", 1)
    assert "latitude" not in one
    assert "latitude" in call("engineer").get(url).json()["results"][0]
    assert call("client").get(one["content"]).content.startswith(b"\x89PNG")
    assert call("rival").get(one["content"]).status_code == 404
