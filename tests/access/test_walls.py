"""Objects of another tenant, and of another client organisation, are absent ones.

Same status, same body; with either wall down, the other holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from clients.models import Client as Organisation
from tenants.models import TenantManager
from tests.access.furniture import LIKE, furnish
from tests.access.table import ABSENT, PERMISSION_OF, site_routes
from tests.world import House, World
from tickets.models import Ticket


def plain(answer: HttpResponse) -> str:
    """A body without what differs from call to call: security tokens, numbers, times."""
    body = answer.content.decode(errors="replace")
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", body)
    body = re.sub(
        r'(content|datetime|data-[a-z-]+|value|href|action)="[^"]*"', "", body
    )
    return re.sub(r"\d+", "#", body)


def foreign_answers(
    browsers: Any, house: House, theirs: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, str, HttpResponse, HttpResponse]]:
    """(route, role, answer to a foreign object, answer to one that does not exist)."""
    for route in site_routes():
        key = LIKE.get(route.name, route.name)
        if key not in theirs or PERMISSION_OF[route.name] == "public":
            continue
        nothing = {
            name: (
                house.tenant.ticket_prefix + "-2026-999999"
                if name == "number" and isinstance(v, str)
                else v
            )
            if isinstance(v, str)
            else ABSENT
            for name, v in theirs[key].items()
        }
        for role, browser in browsers.items():
            yield (
                route.name,
                role,
                browser.get(reverse(route.name, kwargs=theirs[key])),
                browser.get(reverse(route.name, kwargs=nothing)),
            )


def check_foreign(
    browsers: Any, house: House, theirs: dict[str, dict[str, Any]]
) -> None:
    wrong = []
    for name, role, foreign, absent in foreign_answers(browsers, house, theirs):
        if foreign.status_code not in {404, 405}:
            wrong.append(
                f"{name}: {role} gets {foreign.status_code} for another's object"
            )
        elif foreign.status_code != absent.status_code or plain(foreign) != plain(
            absent
        ):
            wrong.append(f"{name}: {role} can tell another's object from an absent one")
    assert wrong == []


def test_another_tenants_object_is_absent(
    world: World, browsers: Any, db: None
) -> None:
    check_foreign(browsers, world.zhida, furnish(world.other))


def test_another_clients_ticket_is_absent_for_client_staff(
    world: World, browsers: Any, furniture: dict[str, dict[str, Any]]
) -> None:
    rival = world.zhida.rival_ticket.number
    theirs = {
        name: kw | {"number": rival}
        for name, kw in furniture.items()
        if "number" in kw and name.startswith("tickets:")
    }
    clients = {role: browsers[role] for role in ("client", "client_manager")}
    check_foreign(clients, world.zhida, theirs)


def test_a_session_of_one_tenant_is_nothing_on_anothers_host(
    world: World, browsers: Any, db: None
) -> None:
    for role, browser in browsers.items():
        answer = browser.get("/me/", headers={"host": world.other.host})
        assert answer.status_code == 302, role
        assert "/accounts/login/" in answer["Location"]


CANARY = "Canary of other"


def test_the_application_alone_holds_when_row_security_is_off(
    world: World, browsers: Any, row_security_off: None
) -> None:
    theirs = world.other.things.furniture
    check_foreign(browsers, world.zhida, theirs)
    for role, browser in browsers.items():
        for route in site_routes():
            if route.holders or PERMISSION_OF[route.name] == "public":
                continue
            body = browser.get(reverse(route.name)).content.decode(errors="replace")
            assert CANARY not in body, (
                f"{route.name} shows {role} another tenant's ticket"
            )


def test_row_security_alone_holds_when_the_application_forgets(
    world: World, browsers: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = furnish(world.other)
    monkeypatch.setattr(
        TenantManager,
        "get_queryset",
        lambda self: super(TenantManager, self).get_queryset(),
    )
    for queryset in all_querysets():
        monkeypatch.setattr(queryset, "visible_to", lambda self, _actor: self)
    wrong = []
    for name, role, foreign, _absent in foreign_answers(browsers, world.zhida, theirs):
        if foreign.status_code not in {404, 405}:
            wrong.append(f"{name}: {role} gets {foreign.status_code}")
        if CANARY in foreign.content.decode(errors="replace"):
            wrong.append(f"{name}: {role} reads another tenant's ticket")
    assert wrong == []


def all_querysets() -> list[type[QuerySet[Any]]]:
    found: list[type[QuerySet[Any]]] = []
    waiting = list(QuerySet.__subclasses__())
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if "visible_to" in vars(cls):
            found.append(cls)
    assert len(found) > 3
    return found


@pytest.fixture
def row_security_off(world: World, transactional_db: None) -> Iterator[None]:
    """Row security switched off for the application, and on again."""
    world.other.things.furniture = furnish(world.other)
    tables = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
    with connections["owner"].cursor() as cursor:
        cursor.execute(tables)
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    with world.zhida.scope():
        assert Organisation.objects.exists()
        assert Ticket._base_manager.exclude(tenant_id=world.zhida.tenant.pk).exists()
    yield
    with connections["owner"].cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    connections["owner"].close()
