"""A subject of our own: a thing with a number, seen by staff and by one client's people."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from PIL import Image, ImageDraw

from documents import registry
from documents.assets import asset
from documents.models import Document
from documents.press import Job, Printed
from documents.registry import Composed, PaperKind, Subject
from documents.services import printing, request_document
from documents.services.printing import print_once
from people.actors import Actor
from servicedesk.lib.now import database_now
from tests.world import House, World

THING = "thing"
LETTER = "letter"


def sees_things(actor: Actor, subject_id: int) -> bool:
    """Staff see every thing; of clients those whose organisation has its number."""
    return actor.is_staff or subject_id == actor.client_id


def drawing(ink: str = "black", size: tuple[int, int] = (600, 300)) -> bytes:
    """A signature as a phone sends it: a PNG with a line on transparent ground."""
    image = Image.new("RGBA", size)
    ImageDraw.Draw(image).line([(20, 200), (300, 60), (560, 180)], ink, 6)
    return png(image)


def png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


class Letters:
    """A paper of a thing that says what a test wants it to say."""

    def __init__(self) -> None:
        self.words = "The pump runs again. 水泵恢复运行。"
        self.told: list[tuple[str, int]] = []
        self.error: Exception | None = None

    def compose(
        self, *, tenant: Any, subject_id: int, language: str, now: datetime
    ) -> Composed:
        if self.error is not None:
            raise self.error
        return Composed(
            template="letter.html",
            context={"words": self.words, "subject": subject_id},
            assets={"drawing": asset(drawing(), "image/png")},
        )

    def made(self, document: Document, /, *, now: datetime) -> None:
        self.told.append((document.number, document.version))


@pytest.fixture
def letters(settings: Any, tmp_path: Path) -> Letters:
    """The letter of a thing, with its template."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "letter.html").write_text(
        '{% extends "documents/paper.html" %}{% block content %}<p class="words">'
        '{{ words }}</p><img src="asset:drawing" alt="drawing">{% endblock %}'
    )
    engine = dict(settings.TEMPLATES[0])
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], folder]}]
    letters = Letters()
    registry.register_paper(
        PaperKind(
            kind=LETTER,
            subject_kind=THING,
            title="Letter",
            compose=letters.compose,
            may_request=lambda actor, _pk: actor.may("document.request"),
            made=letters.made,
        )
    )
    return letters


@pytest.fixture(autouse=True)
def _things(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    known, papers = dict(registry._subjects), dict(registry._papers)
    registry.register_subject(Subject(THING, sees_things))
    yield
    registry._subjects.clear()
    registry._subjects.update(known)
    registry._papers.clear()
    registry._papers.update(papers)


class QuickPress:
    """Prints in no time: the job's own words as if they were a PDF."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.error: Exception | None = None

    def print(self, job: Job) -> Printed:
        self.jobs.append(job)
        if self.error is not None:
            raise self.error
        return Printed(b"%PDF-" + job.html.encode(), pages=1)


@pytest.fixture
def quick() -> Any:
    return QuickPress()


@pytest.fixture
def committed(
    world: World, letters: Letters, django_db_blocker: Any
) -> Iterator[World]:
    """Real commits over several connections, in the committed world, tidied afterwards."""
    with django_db_blocker.unblock():
        yield world
        with connections["owner"].cursor() as cursor:
            for table in ("document", "documentcounter", "signature", "sheet"):
                cursor.execute(f"DELETE FROM documents_{table}")
            cursor.execute("DELETE FROM activity_entry WHERE verb LIKE 'signature%'")
        connections["owner"].close()


@pytest.fixture
def same_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are claimed by the connection of the test, which sees what it has not committed."""
    monkeypatch.setattr(printing, "connections", {"system": connection})


def ask(
    house: House,
    subject_id: int = 7,
    *,
    by: str = "engineer",
    language: str = "en",
    now: datetime | None = None,
) -> Document:
    """Ask for the letter of a thing."""
    with house.scope():
        return request_document(
            kind=LETTER,
            subject_id=subject_id,
            language=language,
            actor=house.actor(by),
            now=now or database_now(),
        )


def make(house: House, press: Any, subject_id: int = 7, **given: Any) -> Document:
    """The letter of a thing, asked for and made."""
    document = ask(house, subject_id, **given)
    print_all(press)
    return fresh(house, document)


def fresh(house: House, document: Document) -> Document:
    """The paper as the database has it now."""
    with house.scope():
        return Document.objects.get(pk=document.pk)


def print_all(press: Any, *, now: datetime | None = None, most: int = 20) -> int:
    """Make what waits, step by step; how many steps there were."""
    for step in range(most):
        if not print_once(now=now or database_now(), with_press=press):
            return step
    raise AssertionError("There is always more to make.")
