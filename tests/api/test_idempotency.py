"""The same POST under the same key happens once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client

from people.models import IdempotencyKey
from servicedesk.local.places import ROOT
from tests.api.conftest import Call, Program, token_for
from tests.world import World
from tickets.models import Ticket, TicketEvent

BODY = {"title": "The pump does not start"}


@pytest.mark.django_db
def test_a_repeated_call_gets_the_same_answer(call: Call, world: World) -> None:
    program = call("client")
    first = program.post("tickets", BODY, Idempotency_Key="once")
    again = program.post("tickets", BODY, Idempotency_Key="once")
    assert first.status_code == again.status_code == 201
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert again["ETag"] == first["ETag"]
    with world.zhida.scope():
        assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_another_body_under_the_key_is_refused(call: Call, world: World) -> None:
    program = call("client")
    program.post("tickets", BODY, Idempotency_Key="once")
    answer = program.post("tickets", {"title": "Other"}, Idempotency_Key="once")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    with world.zhida.scope():
        assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_call_can_be_mended_under_the_same_key(call: Call) -> None:
    program = call("client")
    assert program.post("tickets", {}, Idempotency_Key="k").status_code == 400
    assert program.post("tickets", BODY, Idempotency_Key="k").status_code == 201


@pytest.mark.django_db
def test_keys_are_of_one_token_and_one_address(
    call: Call, ticket: Ticket, world: World
) -> None:
    """Two programs of one person know nothing of each other's keys."""
    one, other, second = call("client"), call("client_manager"), call("client")
    path = f"tickets/{ticket.number}/replies"
    for program, where, body in (
        (one, "tickets", BODY),
        (other, "tickets", BODY),
        (second, "tickets", {"title": "Of the second program"}),
        (one, path, {"body": "Hello"}),
    ):
        answer = program.post(where, body, Idempotency_Key="same")
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer


@pytest.mark.django_db
def test_every_verb_minds_the_key(call: Call, ticket: Ticket, world: World) -> None:
    program, path = call("engineer"), f"tickets/{ticket.number}/answer"
    for _ in range(3):
        answer = program.post(path, {"body": "We come."}, Idempotency_Key="a1")
        assert answer.status_code == 200
    with world.zhida.scope():
        answered = TicketEvent.objects.filter(ticket=ticket, kind="answered")
        assert answered.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\tb", "ключ"])
def test_a_key_that_is_none_is_refused(call: Call, key: str) -> None:
    program = call("client")
    answer = program.http.generic(
        "POST",
        "/api/v1/tickets",
        b'{"title": "x"}',
        content_type="application/json",
        HTTP_HOST=program.host,
        HTTP_AUTHORIZATION=f"Bearer {program.token}",
        HTTP_IDEMPOTENCY_KEY=key,
    )
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]


@pytest.mark.django_db
def test_after_a_day_a_key_is_new_again(call: Call, world: World) -> None:
    program = call("client")
    first = program.post("tickets", BODY, Idempotency_Key="old").json()
    with world.zhida.scope():
        kept = IdempotencyKey.objects.get()
        kept.created_at -= timedelta(hours=25)
        kept.save(update_fields=["created_at"])
    again = program.post("tickets", BODY, Idempotency_Key="old")
    assert again.json()["number"] != first["number"]
    assert "Idempotency-Replayed" not in again


@pytest.mark.django_db
def test_a_browser_has_keys_of_its_own(call: Call, world: World, sign_in: Any) -> None:
    program, browser = call("client"), sign_in(world.zhida, "client")
    program.post("tickets", BODY, Idempotency_Key="k")
    numbers = set()
    for _ in range(2):
        answer = browser.post(
            "/api/v1/tickets",
            BODY,
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        )
        numbers.add(answer.json()["number"])
    assert len(numbers) == 1
    with world.zhida.scope():
        assert Ticket.objects.count() == 2


KILLED = """
import io, sys
from servicedesk.wsgi import application
from servicedesk.lib import failpoints
host, token = sys.argv[1:]
body = b'{"title": "The pump does not start"}'
environ = {
    "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/tickets", "HTTP_HOST": host,
    "HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": "crash",
    "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
    "SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
}
application(environ, print)
"""


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_server_killed_before_it_answers_has_filed_once(world: World) -> None:
    """kill -9 between commit and answer: the caller asks again, and is told what happened."""
    host, token = world.zhida.host, token_for(world.zhida, "client")
    environ = os.environ | {"FAILPOINT": "web.committed", **addresses()}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, host, token],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == ""
    program = Program(host, token, Client())
    answer = program.post("tickets", BODY, Idempotency_Key="crash")
    assert answer.status_code == 201
    assert answer["Idempotency-Replayed"] == "true"
    with world.zhida.scope():
        assert [one.number for one in Ticket.objects.all()] == [answer.json()["number"]]


def addresses() -> dict[str, str]:
    """The test's own database, for another process."""
    found = {}
    for alias, name in (
        ("default", "DATABASE_URL"),
        ("system", "DATABASE_SYSTEM_URL"),
        ("owner", "DATABASE_OWNER_URL"),
    ):
        parts = urlsplit(os.environ[name])
        database = connections[alias].settings_dict["NAME"]
        found[name] = parts._replace(path=f"/{database}").geturl()
    return found


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_file_one_ticket(world: World, settings: Any) -> None:
    host, token = world.zhida.host, token_for(world.zhida, "client")

    def send(_index: int) -> tuple[int, str, bool]:
        program = Program(host, token, Client())
        try:
            answer = program.post("tickets", BODY, Idempotency_Key="storm")
            replayed = "Idempotency-Replayed" in answer
            return answer.status_code, answer.json()["number"], replayed
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(50)))
    assert {status for status, _number, _replayed in answers} == {201}
    assert len({number for _status, number, _replayed in answers}) == 1
    assert sum(not replayed for *_rest, replayed in answers) == 1
    with world.zhida.scope():
        assert Ticket.objects.count() == 1
