"""Every refusal below /api/ is a problem document, in the caller's language."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from activity.models import Entry as Activity
from servicedesk.lib.rest import RateLimit
from tests.api.conftest import Call, Program
from tests.world import World
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, which has all that one must have."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:servicedesk:{code}"
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    return body


def test_without_a_token_or_with_a_bad_one_it_is_401(call: Call) -> None:
    nobody = call("")
    for token in ("", "sd_wrong", "wrong", "sd_" + "x" * 200, "sd_\xe9"):
        nobody.token = token
        answer = nobody.get("tickets")
        check(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"] == "Bearer"
    basic = nobody.ask("GET", "tickets", Authorization="Basic YTpi")
    check(basic, 401, "not_authenticated")


def test_another_tenants_token_is_as_unknown_as_any(call: Call, world: World) -> None:
    here, there = call("agent"), call("agent", world.other)
    assert here.get("me").json()["tenant"] == "zhida"
    there.host = world.zhida.host
    unknown = call("")
    unknown.token = "sd_unknown"
    assert there.get("me").content == unknown.get("me").content


def test_an_unknown_host_has_nothing(call: Call) -> None:
    program = call("agent")
    program.host = "nobody.localhost"
    check(program.get("me"), 404, "not_found")


def test_a_token_beside_a_session_is_the_one_that_counts(
    call: Call, world: World, sign_in: Any
) -> None:
    browser = sign_in(world.zhida, "admin")
    assert browser.get("/api/v1/me").json()["role"] == "administrator"
    both = Program(world.zhida.host, call("client").token, browser)
    assert both.get("me").json()["role"] == "client_staff"
    both.token = "sd_wrong"
    check(both.get("me"), 401, "not_authenticated")


def test_a_session_writes_only_with_the_csrf_token(
    ticket: Ticket, world: World, sign_in: Any
) -> None:
    plain = sign_in(world.zhida, "agent")
    browser = Client(enforce_csrf_checks=True, HTTP_HOST=world.zhida.host)
    browser.cookies = plain.cookies
    path = f"/api/v1/tickets/{ticket.number}/replies"
    refused = browser.post(path, {"body": "Hello"}, content_type="application/json")
    check(refused, 403, "csrf")
    token = "a" * 32
    browser.cookies["csrf"] = token
    taken = browser.post(
        path,
        {"body": "Hello"},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert taken.status_code == 201, taken.content


def test_a_token_can_do_what_its_scopes_allow_and_no_more(
    call: Call, ticket: Ticket
) -> None:
    reader = call("agent", scopes=["ticket.read", "signed_in"])
    assert reader.get(f"tickets/{ticket.number}").json()["actions"] == []
    reply = reader.post(f"tickets/{ticket.number}/replies", {"body": "Hello"})
    check(reply, 404, "not_found")
    check(reader.get("clients"), 404, "not_found")
    assert reader.get("me").json()["permissions"] == ["signed_in", "ticket.read"]


def test_a_token_never_exceeds_the_present_role(call: Call, world: World) -> None:
    greedy = call("client", scopes=["signed_in", "ticket.read", "people.read"])
    check(greedy.get("people"), 404, "not_found")


def test_whoever_asks_for_what_they_may_not_use_is_in_the_journal(
    call: Call, world: World
) -> None:
    call("client").get("people")
    with world.zhida.scope():
        written = Activity.objects.filter(verb="access.refused").get()
    assert written.data == {"path": "/api/v1/people"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing-here", 404, "not_found"),
        ("GET", "tickets/", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/v2/tickets", 404, "not_found"),
        ("GET", "tickets/ZD-2026-999999", 404, "not_found"),
        ("GET", "tickets/" + "9" * 300, 404, "not_found"),
        ("GET", "tickets/%00", 404, "not_found"),
        ("GET", "clients/99999999999999999999", 404, "not_found"),
        ("GET", "clients/" + "9" * 5000, 404, "not_found"),
        ("PUT", "tickets", 405, "method_not_allowed"),
        ("DELETE", "me", 405, "method_not_allowed"),
        ("TRACE", "tickets", 405, "method_not_allowed"),
    ],
)
def test_addresses_and_methods_that_do_not_exist(
    call: Call, method: str, path: str, status: int, code: str
) -> None:
    answer = call("agent").ask(method, path)
    check(answer, status, code)
    if status == 405:
        assert answer["Allow"]


def raw(program: Program, data: bytes, content_type: str) -> Any:
    """A body as it is."""
    return program.http.generic(
        "POST",
        "/api/v1/tickets",
        data,
        content_type=content_type,
        headers={"Authorization": f"Bearer {program.token}"},
        HTTP_HOST=program.host,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff\xfe",
        b'{"title": NaN}',
        b"[" * 100_000,
        b'{"title": ' + b"9" * 6000 + b"}",
        b'{"title": "\\ud800"}',
        b'{"title": "a\\u0000b"}',
        b"[]",
        b'"x"',
        b"null",
        b"1",
        b"",
    ],
)
def test_a_body_that_is_no_request_is_400(call: Call, data: bytes) -> None:
    answer = raw(call("client"), data, "application/json")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_other_kinds_of_content_are_415(call: Call) -> None:
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        check(raw(call("client"), b"title=x", kind), 415, "unsupported_media_type")


def test_too_many_bytes_are_413(call: Call) -> None:
    data = b'{"title": "x", "symptom": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    check(raw(call("client"), data, "application/json"), 413, "too_large")


def test_unknown_fields_are_named(call: Call) -> None:
    body = {"title": "x", "titel": "y", "id": 7, "role": "administrator"}
    problem = check(call("client").post("tickets", body), 400, "invalid")
    assert sorted(problem["errors"]) == ["id", "role", "titel"]


def test_the_language_is_that_of_the_header_else_of_the_person(
    call: Call, world: World
) -> None:
    program = call("agent")
    english = program.get("nothing")
    assert english["Content-Language"] == "en"
    assert english.json()["title"] == "There is nothing here"
    chinese = program.get("tickets/none", Accept_Language="zh-CN")
    assert chinese["Content-Language"] == "zh-hans"


def test_an_unforeseen_error_tells_nothing_and_changes_nothing(
    call: Call, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servicedesk.api import tickets

    def explode(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(tickets, "show", explode)
    answer = call("client").post("tickets", {"title": "x"}, Idempotency_Key="k1")
    check(answer, 500, "failed")
    assert b"secret" not in answer.content
    with world.zhida.scope():
        assert not Ticket.objects.exists()
    monkeypatch.undo()
    again = call("client").post("tickets", {"title": "x"}, Idempotency_Key="k1")
    assert again.status_code == 201


def test_a_refusal_after_a_write_leaves_nothing(call: Call, world: World) -> None:
    from clients.models import Contact

    with world.zhida.scope():
        before = Contact.objects.count()
    body = {
        "client": world.zhida.client_org.pk,
        "project": world.zhida.rival_project.pk,
        "new_contact": {"name": "Wang Wei"},
        "title": "x",
    }
    check(call("agent").post("tickets", body), 422, "unknown")
    with world.zhida.scope():
        assert Contact.objects.count() == before


@pytest.fixture
def two_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two calls a minute, and a minute that does not end."""
    settings.API_CALLS_PER_MINUTE = 2
    monkeypatch.setattr(RateLimit, "minute", lambda _self: 7)


@pytest.mark.usefixtures("two_a_minute")
def test_too_many_calls_are_429_with_the_time_to_wait(call: Call) -> None:
    program = call("agent")
    answers = [program.get("me") for _ in range(5)]
    assert answers[0].status_code == 200
    check(answers[-1], 429, "throttled")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert call("engineer").get("me").status_code == 200


@pytest.mark.usefixtures("two_a_minute")
def test_what_is_refused_counts_too(call: Call, world: World) -> None:
    """Nobody fills the journal by asking for what they may not see, nor guesses tokens."""
    curious = call("client")
    answers = [curious.get("people") for _ in range(4)]
    assert {one.status_code for one in answers[:2]} == {404}
    check(answers[-1], 429, "throttled")
    with world.zhida.scope():
        assert Activity.objects.filter(verb="access.refused").count() <= 2
    stranger = call("")
    guesses = []
    for number in range(4):
        stranger.token = f"sd_guess{number}"
        guesses.append(stranger.get("tickets"))
    check(guesses[-1], 429, "throttled")


def test_a_tenant_that_asks_for_a_second_factor_asks_programs_too(
    world: World, sign_in: Any, call: Call
) -> None:
    from tenants.hosts import forget_tenants
    from tenants.models import Tenant

    browser = sign_in(world.zhida, "agent")
    forget_tenants()
    tenant = Tenant.objects.using("system").get(slug="zhida")
    tenant.require_second_factor = True
    from tenants import hosts

    hosts._known["zhida"] = (hosts.time.monotonic(), tenant)
    try:
        check(browser.get("/api/v1/me"), 403, "second_factor_needed")
        check(call("agent").get("me"), 401, "not_authenticated")
    finally:
        forget_tenants()
