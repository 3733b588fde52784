"""The project that a request names is read by a statement of its own, by the same rule."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Project
from clients.queries.served import served_project
from people.actors import system_actor
from tests.world import World

pytestmark = pytest.mark.django_db


def test_everybody_finds_the_projects_that_they_see_and_no_other(world: World) -> None:
    house = world.zhida
    with world.other.scope():
        theirs = world.other.project.pk
    with house.scope():
        ended = Project.objects.create(
            client=house.client_org, name="Taken down", is_active=False
        )
        asked = [house.project.pk, house.rival_project.pk, ended.pk, theirs]
        actors = [house.actor(name) for name in house.people]
        for actor in (*actors, system_actor(house.tenant.pk)):
            seen = Project.objects.visible_to(actor).filter(is_active=True)
            found = {pk for pk in asked if served_project(pk, actor=actor)}
            assert found == set(seen.values_list("pk", flat=True)), actor.name
    assert served_in(world, theirs) == theirs


def served_in(world: World, pk: int) -> int:
    """The project of the other tenant is there, for its own people."""
    with world.other.scope():
        found = served_project(pk, actor=world.other.actor("agent"))
    assert found is not None
    return found.pk


def test_it_is_whole_with_its_client_and_its_department(world: World) -> None:
    house = world.zhida
    with house.scope():
        lone = Project.objects.create(client=house.client_org, name="No department")
        rows = Project.objects.select_related("client", "department")
        served_project(lone.pk, actor=house.actor("agent"))  # prepares its statement
        for known in rows.filter(pk__in=[house.project.pk, lone.pk]):
            with CaptureQueriesContext(connection) as asked:
                found = served_project(known.pk, actor=house.actor("agent"))
                assert found is not None
                assert columns(found) == columns(known)
                assert columns(found.client) == columns(known.client)
                assert columns(found.department) == columns(known.department)
            assert len(asked) == 1


def columns(row: object) -> dict[str, object] | None:
    """Every column of a row."""
    if row is None:
        return None
    return {name: value for name, value in vars(row).items() if name != "_state"}
