"""A fault of the tenant most tests live in, and a way to walk its flow at chosen times."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from tests.tickets.flow.walks import NOON, values_of
from tests.world import House
from tickets import services
from tickets.engine.flows import flow_of
from tickets.flows import load_flow, shipped_text
from tickets.models import Ticket
from tickets.rules.flow import Answer, Step


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def picture(name: str = "screen.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


@pytest.fixture
def fault(zhida: House) -> Ticket:
    """A fault filed at noon, in nobody's hands."""
    return services.file_ticket(
        actor=zhida.actor("client"),
        now=NOON,
        client=zhida.client_org,
        project=zhida.project,
        equipment=zhida.equipment,
        title="Screen is black",
        requester=zhida.people["client"],
    )


@pytest.fixture
def record(zhida: House) -> Callable[..., Ticket]:
    """Records the next step with an answer, ``at`` minutes after noon."""

    def one(
        ticket: Ticket, step: str, answer: str = "done", *, at: float = 5, **values: Any
    ) -> Ticket:
        by = values.pop("by", "engineer")
        given = {
            "fields": values_of(step_of(ticket, step), promised=NOON + minutes(180)),
        } | values
        return services.record_step(
            actor=zhida.actor(by),
            now=NOON + minutes(at),
            ticket=ticket,
            step=step,
            answer=answer,
            **given,
        )

    return one


def step_of(ticket: Ticket, key: str) -> Step:
    version = ticket.flow_version_id
    flow = flow_of(version) if version else load_flow(shipped_text())
    return flow.steps[key]


@pytest.fixture
def walk(record: Callable[..., Ticket]) -> Callable[..., Ticket]:
    """Walks a way, a minute a step."""

    def all_of_it(
        ticket: Ticket, way: list[tuple[Step, Answer]], *, at: float = 5
    ) -> Ticket:
        for count, (step, answer) in enumerate(way):
            files = [picture()] if answer.picture else []
            record(ticket, step.key, answer.key, at=at + count, files=files)
        return ticket

    return all_of_it
