"""Every URL × role, from one table."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from people.roles import CLIENT_ROLES, permissions_of
from tests.access.furniture import address, has_own_object
from tests.access.table import FINE, NEEDS_MORE, PERMISSION_OF, ROLES, site_routes
from tests.world import World


def test_every_route_has_its_line_in_the_table() -> None:
    names = {route.name for route in site_routes()}
    assert names - PERMISSION_OF.keys() == set(), (
        "Decide who may use it, and write it down."
    )
    assert PERMISSION_OF.keys() - names == set(), (
        "The table names what is no longer there."
    )


def test_every_view_asks_for_what_the_table_says() -> None:
    for route in site_routes():
        assert route.permission == PERMISSION_OF[route.name], route.name


def test_nobody_gets_in_without_signing_in(
    world: World, db: None, furniture: dict[str, dict[str, Any]]
) -> None:
    browser = Client(HTTP_HOST=world.zhida.host)
    for route in site_routes():
        if PERMISSION_OF[route.name] == "public":
            continue
        answer = browser.get(address(route, furniture))
        assert answer.status_code in {302, 401, 405}, route.name
        if answer.status_code == 302:
            assert "/accounts/login/" in answer["Location"], route.name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_uses_what_the_table_gives_it_and_nothing_else(
    role: str, world: World, browsers: Any, furniture: dict[str, dict[str, Any]]
) -> None:
    given = permissions_of(world.zhida.people[role].role)
    is_client = world.zhida.people[role].role in CLIENT_ROLES
    wrong = []
    for route in site_routes():
        permission = PERMISSION_OF[route.name]
        if permission == "public":
            continue
        answer = browsers[role].get(address(route, furniture))
        status = answer.status_code
        if permission not in given:
            if status not in {404, 405}:
                wrong.append(f"{route.name}: {role} gets {status} without {permission}")
        elif not route.holders or has_own_object(route, furniture):
            sees = not is_client or not route.name.startswith(("people:", "clients:"))
            fine = FINE | {404} if route.name in NEEDS_MORE else FINE
            if sees and status not in fine:
                wrong.append(f"{route.name}: {role} gets {status} with {permission}")
        if status >= 500:
            wrong.append(f"{route.name}: {role} gets {status}")
    assert wrong == []
