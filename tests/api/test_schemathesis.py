"""The interface attacked from its own schema: it must find nothing.

Fixed seed and few examples here; ``TEST_LONG=1`` tries many more. What it may name (numbers,
ids) is put into the schema as enumerations, so that it gets beyond "there is no such thing".
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    ExamplesPhaseConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    SimpleCheckConfig,
)

from servicedesk.api.schema import schema
from servicedesk.wsgi import application
from tests.api.conftest import filed, token_for
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("schemathesis")]
LONG = bool(os.environ.get("TEST_LONG"))
#: How many calls of each operation, well-formed and malformed each.
EXAMPLES = {"admin": 150, "client": 150} if LONG else {"admin": 4, "client": 2}
SEED = 20260302
OPERATIONS = [
    (method, path)
    for path, methods in schema()["paths"].items()
    for method in methods
    if method in {"get", "post", "patch"}
]
#: Fields of bodies that name something → what of the world they may name.
NAMES = {
    "client": "client_org",
    "project": "project",
    "site": "site",
    "equipment": "equipment",
    "department": "department",
    "assignee": "engineer",
    "engineer": "engineer",
    "person": "peer",
    "standard": "standard",
    "pinned_version": "version",
}
ROOMS = {
    "clients": "client_org",
    "sites": "site",
    "projects": "project",
    "equipment": "equipment",
    "people": "engineer",
    "departments": "department",
    "standards": "standard",
}


def narrowed(world: World, number: str) -> dict[str, Any]:
    """The schema, with things that exist where something is to be named."""
    found = copy.deepcopy(schema())
    for path, methods in found["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                known = known_of(world, number, path.split("/")[3], parameter["name"])
                if known:
                    parameter["schema"] = parameter["schema"] | {"enum": known}
    for component in found["components"]["schemas"].values():
        if component.get("additionalProperties") is False:
            name_things(world, component.get("properties", {}))
    return found


def known_of(world: World, number: str, room: str, name: str) -> list[Any]:
    """Values of a parameter of an address: one that exists, one that does not."""
    if name == "number":
        return [number, "ZD-2026-999999"]
    if name == "id" and room in ROOMS:
        return [getattr(world.zhida, ROOMS[room]).pk, 99_999_999]
    return [1, 99] if name == "version" else []


def name_things(world: World, properties: dict[str, Any]) -> None:
    """Ids of things that exist, in the fields that name something."""
    for name, field in properties.items():
        if name in NAMES and "integer" in str(field):
            ids = [getattr(world.zhida, NAMES[name]).pk, 99_999_999]
            properties[name] = {"type": "integer", "enum": ids}


def config() -> SchemathesisConfig:
    """All checks but two.

    ``positive_data_acceptance``: what fits the schema may still break a rule of the service
    desk (a time before the request, a ticket that is closed). ``ensure_resource_availability``
    belongs to chains of calls.
    """
    off = SimpleCheckConfig(enabled=False)
    checks = ChecksConfig(
        positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False),
        ensure_resource_availability=off,
    )
    phases = PhasesConfig(
        examples=ExamplesPhaseConfig(enabled=True),
        coverage=CoveragePhaseConfig(enabled=True),
    )
    project = ProjectConfig(checks=checks, phases=phases)
    return SchemathesisConfig(projects=ProjectsConfig(default=project), seed=SEED)


_known: dict[str, Any] = {}


def described(world: World, number: str) -> Any:
    """The schema as Schemathesis reads it; once for each number."""
    if number not in _known:
        found = schemathesis.openapi.from_dict(narrowed(world, number), config=config())
        found.app = application
        _known[number] = found
    return _known[number]


@pytest.fixture(autouse=True)
def _plenty(settings: Any, tmp_path: Any) -> Iterator[None]:
    """No limit of calls, a place for files; the test's connection stays open."""
    settings.API_CALLS_PER_MINUTE = 10**9
    settings.MEDIA_ROOT = tmp_path
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("role", ["admin", "client"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nothing_is_found(world: World, role: str, method: str, path: str) -> None:
    ticket = filed(world.zhida)
    token = token_for(world.zhida, role)
    operation = described(world, ticket.number)[path][method.upper()]
    headers = {
        "Authorization": f"Bearer {token}",
        "Host": world.zhida.host,
        "Accept-Language": "en",
    }

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES[role],
        deadline=None,
        database=None,
        derandomize=False,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def positive(case: Any) -> None:
        case.call_and_validate(headers=headers)

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES[role],
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(
        case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    )
    def negative(case: Any) -> None:
        case.call_and_validate(headers=headers)

    positive()
    if role == "client" and not LONG:
        return  # what is malformed is refused before anybody asks who sent it
    try:
        negative()
    except hypothesis.errors.Unsatisfiable:
        assert method == "get", "a body can always be wrong"


def test_every_address_is_in_the_schema(world: World) -> None:
    """An endpoint that nobody described would be attacked by nobody."""
    from django.urls import URLPattern

    from servicedesk.api.urls import v1

    told = {path.removeprefix("/api/v1/") for path in schema()["paths"]}
    routes = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", str(entry.pattern)).replace("{pk}", "{id}")
        for entry in v1
        if isinstance(entry, URLPattern)
    }
    assert routes == told
