"""The same POST under the same key happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from people.models import IdempotencyKey
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
def test_keys_are_of_one_member_and_one_address(
    call: Call, ticket: Ticket, world: World
) -> None:
    one, other = call("client"), call("client_manager")
    path = f"tickets/{ticket.number}/replies"
    for program, where, body in (
        (one, "tickets", BODY),
        (other, "tickets", BODY),
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
