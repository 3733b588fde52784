"""The documentation in a real browser, under the site's own policy: nothing is violated.

The browser's requests are answered by Django in this very process, headers and all.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Route, sync_playwright

from tests.api.conftest import Call
from tests.browser.chromium import CALM, find
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]

Said = dict[str, tuple[int, dict[str, str], bytes]]


def look(said: Said, width: int) -> tuple[list[str], int]:
    """Open the page and one operation; what the console told, and how wide the page is."""
    told: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CALM)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda line: told.append(f"{line.type}: {line.text}"))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.route("**/*", lambda route: answer(route, said))
        page.goto("http://zhida.localhost:8080/api/docs/")
        page.get_by_role("link", name="File a ticket").click()
        page.wait_for_url("**/api/docs/console/#/Tickets/*")
        page.get_by_role("button", name="Load").click()
        page.wait_for_selector(".opblock-body", timeout=30_000)
        page.wait_for_timeout(500)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if place := os.environ.get("SHOTS"):
            page.screenshot(path=f"{place}/api-console-{width}.png")
        browser.close()
    return told, wide


def answer(route: Route, said: Said) -> None:
    """What Django said, with its headers; static files from where they lie."""
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        assert found, path
        route.fulfill(path=Path(str(found)))
        return
    # The page itself asks whether anything is new.
    status, headers, body = said.get(path, (204, {}, b""))
    route.fulfill(status=status, headers=headers, body=body)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_documentation_works_under_the_strict_policy(
    world: World, sign_in: Any, width: int
) -> None:
    member = sign_in(world.zhida, "engineer")
    said: Said = {}
    for path in ("/api/docs/", "/api/docs/console/", "/api/v1/schema.json"):
        one = member.get(path, HTTP_ACCEPT_LANGUAGE="en")
        said[path] = (one.status_code, dict(one.items()), one.content)
    for path in ("/api/docs/", "/api/docs/console/"):
        assert "unsafe" not in said[path][1]["Content-Security-Policy"]
    # In a thread of its own: the browser's event loop would give this one other
    # connections to the database.
    with ThreadPoolExecutor(1) as pool:
        told, wide = pool.submit(look, said, width).result(timeout=120)
    assert told == []
    assert wide <= width


def test_the_documentation_is_for_members(
    call: Call, world: World, sign_in: Any
) -> None:
    stranger = Client(HTTP_HOST=world.zhida.host)
    asked = stranger.get("/api/docs/")
    assert asked.status_code == 302
    assert "/accounts/login" in asked["Location"]
    assert stranger.get("/api/v1/schema").status_code == 401
    for name in ("client", "admin"):
        for path in ("/api/docs/", "/api/docs/console/"):
            assert sign_in(world.zhida, name).get(path).status_code == 200
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
