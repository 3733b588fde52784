"""Who may not see a thing gets what somebody gets who asks for nothing at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern

from servicedesk.api.kinds import KINDS
from servicedesk.api.tickets import Filing, TicketQuery
from servicedesk.api.urls import v1
from servicedesk.api.verbs import VERBS
from servicedesk.lib.rest import words_for
from tests.api.conftest import CANARY, Call, filed
from tests.world import World
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db
ABSENT = "ZD-2026-999999"
TAILS = ("", "/clocks", "/events", "/followers", "/attachments")
WRITES = ["replies", "notes", *(verb.path for verb in VERBS)]


@pytest.mark.parametrize("name", ["peer", "rival", "elsewhere", "stranger"])
def test_a_ticket_of_others_is_as_absent_as_none(
    call: Call, ticket: Ticket, world: World, name: str
) -> None:
    """Another client, a colleague who does not follow, another department and tenant."""
    program = call("admin", world.other) if name == "stranger" else call(name)
    with world.zhida.scope():
        before = TicketEvent.objects.count()
    for tail in TAILS:
        real = program.get(f"tickets/{ticket.number}{tail}")
        none = program.get(f"tickets/{ABSENT}{tail}")
        assert (real.status_code, real.content) == (404, none.content), tail
    for tail in WRITES:
        real = program.post(f"tickets/{ticket.number}/{tail}", {"body": "x"})
        none = program.post(f"tickets/{ABSENT}/{tail}", {"body": "x"})
        assert (real.status_code, real.content) == (404, none.content), tail
    assert program.get("tickets").json()["results"] == []
    assert program.get("tickets?q=pump").json()["results"] == []
    with world.zhida.scope():
        assert TicketEvent.objects.count() == before


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_records_of_another_tenant_are_absent_for_its_administrator(
    call: Call, world: World, kind: Any
) -> None:
    thing = {"client": "client_org", "contact": "client"}.get(
        kind.argument, kind.argument
    )
    pk = getattr(world.other, thing).pk
    admin = call("admin")
    if kind.key != "contacts":  # contacts have no name in the world; ids may coincide
        real, none = admin.get(f"{kind.key}/{pk}"), admin.get(f"{kind.key}/999999")
        assert (real.status_code, real.content) == (404, none.content)
        changed = admin.patch(f"{kind.key}/{pk}", {})
        assert changed.status_code == 404


@pytest.mark.parametrize(
    ("field", "thing"),
    [
        ("project", "project"),
        ("site", "site"),
        ("equipment", "equipment"),
        ("client", "client_org"),
        ("department", "department"),
    ],
)
def test_ids_of_another_tenant_in_a_body_are_as_unknown_as_none(
    call: Call, world: World, field: str, thing: str
) -> None:
    body = {"client": world.zhida.client_org.pk, "title": "x"}
    agent = call("agent")
    strange = agent.post("tickets", body | {field: getattr(world.other, thing).pk})
    absent = agent.post("tickets", body | {field: 9_999_999})
    assert (strange.status_code, strange.content) == (400, absent.content)
    with world.zhida.scope():
        assert not Ticket.objects.exists()


def test_every_field_of_the_models_beside_the_inputs_is_refused(
    call: Call, world: World
) -> None:
    """Mass assignment: a name that the input does not have changes nothing, ever."""
    names = {field.name for field in Ticket._meta.concrete_fields}
    names |= {"is_staff", "is_superuser", "role", "tenant_id", "password", "id", "pk"}
    client, agent = call("client"), call("agent")
    for name in sorted(names - set(Filing().fields)):
        assert (
            agent.post(
                "tickets", {"client": world.zhida.client_org.pk, "title": "x", name: 1}
            ).status_code
            == 400
        ), name
    for name in sorted(
        (names | Filing.staff_only) - (set(Filing().fields) - Filing.staff_only)
    ):
        answer = client.post("tickets", {"title": "x", name: 1})
        assert answer.status_code == 400, name
    with world.zhida.scope():
        assert not Ticket.objects.exists()
    admin = call("admin")
    for kind in KINDS:
        row = kind.rows(world.zhida.actor("admin"))
        with world.zhida.scope():
            pk = row.first().pk
            model = row.model
        for field in model._meta.concrete_fields:
            if field.name not in kind.change().fields:
                answer = admin.patch(f"{kind.key}/{pk}", {field.name: 1})
                assert answer.status_code == 400, (kind.key, field.name)


def test_no_parameter_reaches_beyond_the_list_of_them(
    call: Call, ticket: Ticket, settings: Any
) -> None:
    """Sorting and filtering are no door to other tables (``una_sort=…__password``)."""
    settings.API_CALLS_PER_MINUTE = 10**6
    settings.API_CALLS_PER_MINUTE = 10**9  # more paths than calls in a minute
    program = call("agent")
    paths = [
        f"{field.name}__{other.name}"
        for field in Ticket._meta.concrete_fields
        if field.is_relation
        for other in field.related_model._meta.concrete_fields
    ] + ["_connector", "_negated", "ordering", "order_by", "pk__in", "state__ne"]
    for name in paths:
        assert name not in TicketQuery().fields
        assert program.get(f"tickets?{name}=1").status_code == 400, name
        assert program.get(f"tickets?sort={name}").status_code == 400, name
        assert program.get(f"tickets?sort=-{name}").status_code == 400, name
    for room in ("clients", "people", "events", "escalations", "standards", "sites"):
        assert program.get(f"{room}?user__password=1").status_code == 400, room


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "WzFd", "Li4vLi4", "%00", "PjE5OTk5OTk5OTk5OTk5OTk5OTk5"]
)
def test_a_cursor_that_is_none_is_refused(call: Call, cursor: str) -> None:
    for room in ("tickets", "clients", "people", "escalations", "standards"):
        assert call("agent").get(f"{room}?cursor={cursor}").status_code == 400, room


def test_another_tenants_rows_change_nothing_that_is_seen_here(
    call: Call, ticket: Ticket, world: World
) -> None:
    program = call("admin")
    rooms = ["tickets", "tickets?q=pump", "clients", "people", "standards", "contacts"]
    before = [program.get(room).content for room in rooms]
    for i in range(3):
        filed(world.other, title=f"The pump {i}")
    assert [program.get(room).content for room in rooms] == before
    assert CANARY not in program.get("tickets").content.decode()


def test_every_endpoint_declares_who_may_use_each_of_its_methods() -> None:
    for entry in v1:
        assert isinstance(entry, URLPattern)
        view = entry.callback.cls
        methods = {m.upper() for m in ("get", "post", "patch") if hasattr(view, m)}
        for method in methods:
            assert words_for(view, method), (str(entry.pattern), method)
