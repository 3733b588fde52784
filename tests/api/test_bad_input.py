"""Whatever is wrong with a call: a 4xx that says what, in the caller's language; nothing changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.conftest import Call, Program, row_counts
from tests.world import World
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db

LIES = [
    ("a name twice", b'{"title": "a", "title": "b"}', "“title” is given twice."),
    ("further inside", b'{"new_contact": {"name": "a", "name": "b"}}', "“name”"),
    ("no number", b'{"title": NaN}', "“NaN” is no JSON number."),
    ("no number either", b'{"title": -Infinity}', "“-Infinity”"),
    ("cut off", b'{"title": "a"', "This is no JSON"),
    ("something behind", b'{"title": "a"} {}', "This is no JSON"),
    ("in another alphabet", '{"title": "a"}'.encode("utf-16"), "This is no JSON"),
    ("a mark before", b'\xef\xbb\xbf{"title": "a"}', "This is no JSON"),
    ("a huge number", b'{"title": ' + b"9" * 5_000 + b"}", "This is no JSON"),
]


def send(program: Program, data: bytes, **headers: str) -> Any:
    """POST bytes as JSON to /tickets."""
    return program.http.generic(
        "POST",
        "/api/v1/tickets",
        data,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.token}", **headers},
        HTTP_HOST=program.host,
    )


@pytest.mark.parametrize(
    ("data", "words"), [one[1:] for one in LIES], ids=[one[0] for one in LIES]
)
def test_json_that_does_not_say_one_thing_is_told_so(
    call: Call, data: bytes, words: str
) -> None:
    answer = send(call("client"), data)
    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("depth", [21, 100, 900, 960, 990, 1_000, 50_000])
@pytest.mark.parametrize("pair", [(b"[", b"]"), (b'{"a":', b"}")])
def test_no_depth_of_nesting_brings_it_down(
    call: Call, depth: int, pair: tuple[bytes, bytes]
) -> None:
    """Also with a key, where the whole body is written out again to be remembered."""
    opened, closed = pair
    data = b'{"title": ' + opened * depth + b"1" + closed * depth + b"}"
    answer = send(call("client"), data, **{"Idempotency-Key": "deep"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "This JSON is nested too deeply."


WRONG: list[tuple[str, Any, str]] = [
    ("title", "x" * 201, "no more than 200"),
    ("title", "a\x00b", "Null characters"),
    ("title", "\ud800", "Surrogate"),
    ("title", 7, "Not a valid string"),
    ("title", None, "not be null"),
    ("title", ["x"], "Not a valid string"),
    ("symptom", "x" * 10_001, "no more than 10000"),
    ("severity", 2, "not a valid choice"),
    ("severity", "URGENT", "not a valid choice"),
    ("project", "1", "a whole number"),
    ("project", 1.0, "a whole number"),
    ("project", True, "a whole number"),
    ("project", 10**40, "not one of"),
    ("project", -1, "not one of"),
    ("project", 0, "not one of"),
    ("project", {"id": 1}, "a whole number"),
    ("received_at", "yesterday", "with its zone"),
    ("received_at", "2026-03-02T09:00:00", "with its zone"),
    ("received_at", "2026-02-30T09:00:00Z", "no such time"),
    ("received_at", "0001-01-01T00:00:00+14:00", "no such time"),
    ("received_at", 1772413200, "with its zone"),
    ("followers", {"a": 1}, "list"),
    ("followers", [1] * 51, "no more than 50"),
    ("new_contact", [], "dictionary"),
    ("follows_up", "ZD-2026-999999", "not one of"),
    ("follows_up", "\u0660", "ticket's number"),
    ("nonsense", 1, "no such field"),
]


@pytest.mark.parametrize(("field", "value", "words"), WRONG)
def test_the_message_stands_beside_the_field(
    call: Call, world: World, field: str, value: Any, words: str
) -> None:
    body = {"title": "x", "client": world.zhida.client_org.pk, field: value}
    answer = call("agent").post("tickets", body)
    assert answer.status_code == 400
    (where,) = answer.json()["errors"]
    assert where.startswith(field)
    assert words in answer.json()["errors"][where][0]
    with world.zhida.scope():
        assert not Ticket.objects.exists()


def test_in_chinese_it_is_said_in_chinese(call: Call, world: World) -> None:
    """Every sentence of ours and of the libraries' that a wrong field can give."""
    program = call("agent")
    for field, value, english in WRONG:
        body = {"title": "x", "client": world.zhida.client_org.pk, field: value}
        answer = program.post("tickets", body, Accept_Language="zh-CN").json()
        (sentence,) = next(iter(answer["errors"].values()))
        assert any("\u4e00" <= sign <= "\u9fff" for sign in sentence), sentence
        assert english not in sentence
    null = program.post("tickets", {"title": "a\x00"}, Accept_Language="zh-CN")
    assert null.json()["errors"]["title"] == ["不能含有空字符（NUL）。"]


def test_a_title_is_one_line_without_hidden_signs(call: Call) -> None:
    made = call("client").post("tickets", {"title": " Pump\r\nBcc: x@y\u202e\u200b "})
    assert made.json()["title"] == "Pump Bcc: x@y"
    empty = call("client").post("tickets", {"title": "\u200b"})
    assert empty.status_code == 422
    assert list(empty.json()["errors"]) == ["title"]


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("depart", {"happened_at": "2099-01-01T00:00:00Z"}, "happened_at"),
        ("depart", {"happened_at": "2001-01-01T00:00:00Z"}, "happened_at"),
        ("agree-appointment", {"at": "2001-01-01T00:00:00Z"}, "at"),
        ("agree-appointment", {"at": "2199-01-01T00:00:00Z"}, "at"),
        ("raise", {"to": "general", "reason": "x"}, "to"),
        ("lower", {"to": "urgent", "reason": "x"}, "to"),
        ("merge", {"into": "ZD-2026-999999", "reason": "x"}, "into"),
        ("correct", {"event": 1, "at": "2099-01-01T00:00:00Z", "reason": "x"}, "at"),
        (
            "correct",
            {"event": 77, "at": "2026-01-01T00:00:00Z", "reason": "x"},
            "event",
        ),
        ("assign", {"assignee": 9_999_999}, "assignee"),
    ],
)
def test_an_act_that_cannot_be_names_the_field(
    call: Call, ticket: Ticket, world: World, verb: str, body: Any, field: str
) -> None:
    before = row_counts(world.zhida, TicketEvent)
    answer = call("engineer").post(f"tickets/{ticket.number}/{verb}", body)
    assert answer.status_code in {400, 422}, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert row_counts(world.zhida, TicketEvent) == before


def test_a_state_that_has_moved_on_is_said_to_have(call: Call, ticket: Ticket) -> None:
    program, path = call("engineer"), f"tickets/{ticket.number}"
    assert program.post(f"{path}/resolve", {"body": "Done."}).status_code == 200
    again = program.post(f"{path}/resolve", {"body": "Done."})
    assert (again.status_code, again.json()["code"]) == (409, "state_does_not_allow")
    assert again.json()["title"] == "Its present state does not allow this"


def test_a_form_that_is_no_form_is_400(call: Call, ticket: Ticket) -> None:
    program = call("client")
    for data, kind in (
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=a"),
        (b"--a\r\nnonsense", "multipart/form-data; boundary=a"),
        (b"", "multipart/form-data; boundary=" + "x" * 3_000),
        (json.dumps({"body": "x"}).encode(), "multipart/form-data; boundary=\x00"),
    ):
        answer = program.http.generic(
            "POST",
            f"/api/v1/tickets/{ticket.number}/replies",
            data,
            content_type=kind,
            headers={"Authorization": f"Bearer {program.token}"},
            HTTP_HOST=program.host,
        )
        assert answer.status_code == 400, (kind, answer.content)
        assert answer["Content-Type"] == "application/problem+json"
