"""The documentation in a real browser, under the site's own policy: nothing is violated.

The browser's requests are answered by Django in this very process, headers and all.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.api.conftest import Call
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def answered_by(page: Page, browser: Client) -> None:
    """Let Django answer what the page asks for."""

    def answer(route: Route) -> None:
        path = route.request.url.split("localhost", 1)[1].partition(":")[2]
        path = "/" + path.partition("/")[2] if path else "/"
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert found, path
            route.fulfill(path=Path(str(found)))
            return
        said = browser.get(path)
        body = b"".join(said.streaming_content) if said.streaming else said.content
        route.fulfill(status=said.status_code, headers=dict(said.items()), body=body)

    page.route("**/*", answer)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_documentation_works_under_the_strict_policy(
    chromium: Browser, world: World, sign_in: Any, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    told: list[str] = []
    page.on(
        "console", lambda line: told.append(line.text) if line.type == "error" else None
    )
    page.on("pageerror", lambda error: told.append(str(error)))
    answered_by(page, sign_in(world.zhida, "engineer"))
    page.goto("http://zhida.localhost:8080/api/docs/")
    page.wait_for_selector(".opblock-tag", timeout=30_000)
    page.get_by_text("File a ticket").first.click()
    page.wait_for_selector(".opblock-body", timeout=30_000)
    page.wait_for_timeout(500)
    assert told == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    page.close()


def test_the_documentation_is_for_members(
    call: Call, world: World, sign_in: Any
) -> None:
    stranger = Client(HTTP_HOST=world.zhida.host)
    asked = stranger.get("/api/docs/")
    assert asked.status_code == 302
    assert "/accounts/login" in asked["Location"]
    assert stranger.get("/api/v1/schema").status_code == 401
    for name in ("client", "admin"):
        assert sign_in(world.zhida, name).get("/api/docs/").status_code == 200
        assert call(name).get("schema").status_code == 200


def test_the_schema_is_given_as_json_and_as_yaml(call: Call) -> None:
    program = call("client")
    as_json = program.get("schema")
    assert as_json["Content-Type"] == "application/vnd.oai.openapi+json"
    assert as_json.json()["openapi"] == "3.1.0"
    assert program.get("schema.json").content == as_json.content
    as_yaml = program.get("schema.yaml")
    assert as_yaml.content.startswith(b"openapi: 3.1.0")


def test_the_generator_has_nothing_to_complain_of() -> None:
    from drf_spectacular.drainage import GENERATOR_STATS

    from servicedesk.api.schema import schema

    schema.cache_clear()
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        schema()
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
