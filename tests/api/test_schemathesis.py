"""The interface attacked from its own schema: it must find nothing.

Fixed seed and few examples here; ``TEST_LONG=1`` tries many more. What it may name (numbers,
ids) is put into the schema as enumerations, so that it gets beyond "there is no such thing".
"""

from __future__ import annotations

import copy
import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    ExamplesPhaseConfig,
    PhasesConfig,
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
EXAMPLES = 150 if LONG else 6
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
    house = world.zhida
    for path, methods in found["paths"].items():
        room = path.split("/")[3]
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                known: list[Any] = []
                if parameter["name"] == "number":
                    known = [number, "ZD-2026-999999"]
                elif parameter["name"] == "pk" and room in ROOMS:
                    known = [getattr(house, ROOMS[room]).pk, 99_999_999]
                elif parameter["name"] == "version":
                    known = [1, 99]
                if known:
                    parameter["schema"] = parameter["schema"] | {"enum": known}
    for component in found["components"]["schemas"].values():
        if component.get("additionalProperties") is not False:
            continue
        for name, field in component["properties"].items():
            if name in NAMES and "integer" in str(field):
                ids = [getattr(house, NAMES[name]).pk, 99_999_999]
                component["properties"][name] = {"type": "integer", "enum": ids}
    return found


def config() -> SchemathesisConfig:
    """All checks but two.

    ``positive_data_acceptance``: what fits the schema may still break a rule of the service
    desk (a time before the request, a ticket that is closed). ``ensure_resource_availability``
    belongs to chains of calls.
    """
    off = SimpleCheckConfig(enabled=False)
    checks = ChecksConfig(
        positive_data_acceptance=off, ensure_resource_availability=off
    )  # type: ignore[arg-type]
    phases = PhasesConfig(
        examples=ExamplesPhaseConfig(enabled=True),
        coverage=CoveragePhaseConfig(enabled=True),
    )
    project = ProjectConfig(checks=checks, phases=phases)
    return SchemathesisConfig(projects=ProjectsConfig(default=project), seed=SEED)


@pytest.fixture(autouse=True)
def _plenty(settings: Any, tmp_path: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 10**9
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("role", ["admin", "client"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nothing_is_found(world: World, role: str, method: str, path: str) -> None:
    ticket = filed(world.zhida)
    token = token_for(world.zhida, role)
    described = schemathesis.openapi.from_dict(
        narrowed(world, ticket.number), config=config()
    )
    described.app = application
    operation = described[path][method.upper()]
    headers = {
        "Authorization": f"Bearer {token}",
        "Host": world.zhida.host,
        "Accept-Language": "en",
    }

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES,
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
        max_examples=EXAMPLES,
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
    try:
        negative()
    except hypothesis.errors.Unsatisfiable:
        assert method == "get", "a body can always be wrong"


def test_every_address_is_in_the_schema(world: World) -> None:
    """An endpoint that nobody described would be attacked by nobody."""
    from django.urls import URLPattern

    from servicedesk.api.urls import v1

    described = {path.removeprefix("/api/v1/") for path in schema()["paths"]}
    routes = {
        str(entry.pattern).replace("<str:", "{").replace("<int:", "{").replace(">", "}")
        for entry in v1
        if isinstance(entry, URLPattern)
    }
    assert routes == described
