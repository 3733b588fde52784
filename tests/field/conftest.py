"""A job in the afternoon of a day, and a phone that sends what is done."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from servicedesk.lib.now import database_now
from tests.world import House
from tickets import services
from tickets.models import Ticket, WorkOrder
from tickets.services import work


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket(zhida: House) -> Ticket:
    """Received three hours ago, urgent."""
    return services.file_ticket(
        actor=zhida.actor("client"),
        now=database_now() - timedelta(hours=3),
        client=zhida.client_org,
        project=zhida.project,
        equipment=zhida.equipment,
        title="The control room is dark",
        severity=3,
        requester=zhida.people["client"],
    )


@pytest.fixture
def job(zhida: House, ticket: Ticket) -> WorkOrder:
    """Dispatched a little later."""
    return work.dispatch(
        actor=zhida.actor("agent"),
        now=database_now() - timedelta(hours=2, minutes=50),
        ticket=ticket,
        purpose="Look at the power supply",
        engineer=zhida.engineer,
    )


def jpeg(size: tuple[int, int] = (64, 48), colour: str = "navy") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG")
    return target.getvalue()


#: A file as a phone sends it.
PHOTO = ("photo.jpg", jpeg(), "image/jpeg")


class Phone:
    """What the engineer's phone does: its clock is ``ahead`` behind the server's."""

    def __init__(self, browser: Client, member: int, *, ahead: timedelta) -> None:
        self.browser, self.member, self.ahead = browser, member, ahead

    def day(self) -> dict[str, Any]:
        return self.browser.get("/field/day").json()

    def job(self, pk: int) -> dict[str, Any]:
        return next(job for job in self.day()["jobs"] if job["pk"] == pk)

    def item(
        self, order: WorkOrder, verb: str, *, ago: int = 0, **changes: Any
    ) -> dict[str, Any]:
        """An act that was done some minutes ago, as the phone keeps it."""
        here = database_now() - self.ahead
        return {
            "uid": str(uuid.uuid4()),
            "member": self.member,
            "order": order.pk,
            "verb": verb,
            "at": (here - timedelta(minutes=ago)).isoformat(),
            "sent_at": here.isoformat(),
            "ahead_ms": self.ahead // timedelta(milliseconds=1),
            "values": {},
        } | changes

    def post(self, item: dict[str, Any], file: Any = None) -> Any:
        body: dict[str, Any] = {"item": json.dumps(item)}
        if file is not None:
            name, data, media = file
            body["file"] = SimpleUploadedFile(name, data, content_type=media)
        return self.browser.post("/field/items", body)

    def do(
        self,
        order: WorkOrder,
        verb: str,
        *,
        ago: int = 0,
        file: Any = None,
        **values: Any,
    ) -> Any:
        """Send an act, and see that it has arrived."""
        answer = self.post(self.item(order, verb, ago=ago, values=values), file)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def phone(zhida: House, sign_in: Callable[..., Client]) -> Phone:
    """The engineer's, whose clock is 40 minutes slow."""
    browser = sign_in(zhida, "engineer")
    return Phone(browser, zhida.engineer.pk, ahead=timedelta(minutes=40))


def whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


def on_site(phone, job):
    phone.do(job, "accept", ago=100)
    phone.do(job, "depart", ago=90)
    phone.do(job, "arrive", ago=60)


def finished(phone, job):
    on_site(phone, job)
    base = {"done": ""}
    phone.do(job, "finish", ago=20, outcome="solved", done="Fuse replaced", base=base)
