"""A subject of our own: a thing with a number, seen by staff and by one client's people."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from documents import registry
from documents.registry import Subject
from people.actors import Actor

THING = "thing"


def sees_things(actor: Actor, subject_id: int) -> bool:
    """Staff see every thing; of clients those who are named after it, so to speak."""
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


@pytest.fixture(autouse=True)
def _things(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    known = dict(registry._subjects)
    registry.register_subject(Subject(THING, sees_things))
    yield
    registry._subjects.clear()
    registry._subjects.update(known)
