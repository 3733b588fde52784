"""A whole site of real processes, and real browsers that report whatever is wrong.

All browser tests share one site (servers, web, worker, beat) in one worker of a parallel
run. A page opened by ``visit`` or ``people`` is watched: at the end of the test any
violation of the policy, error in the console, failed request, request to another host or
sideways scroll on a phone fails it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from servicedesk.local.places import ROOT
from servicedesk.local.process import Command
from servicedesk.local.servers import running
from tests.browser.chromium import CALM, find
from tests.faults.site import Site, wait_for
from tests.faults.stage import PATIENCE
from tests.world import PASSWORD

WIDE = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
FITS = "() => innerWidth === 360 && document.documentElement.scrollWidth <= 360"
TOO_WIDE = """width => [...document.querySelectorAll("main *")]
  .filter(node => node.getBoundingClientRect().right > width)
  .slice(0, 6).map(node => node.outerHTML.slice(0, 90))"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One site, one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _committed_world() -> None:
    """These tests have a database of their own, in servers of their own."""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """The test process itself uses no cache."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> Any:
    """The machine's own Chromium."""
    return {**browser_type_launch_args, "executable_path": find(), "args": CALM}


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, as ``make assets`` fetched it."""
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


class LiveSite(Site):
    """The site of the fault tests, with its web server."""

    def __init__(self, servers: Any, folder: Path) -> None:
        super().__init__(servers, folder)
        self.environ["EMAIL_URL"] = ""  # mail goes to the mailbox page
        self.things: dict[str, dict[str, Any]] = {}

    def address(self, tenant: str = "zhida") -> str:
        """Where a tenant's pages are; Chromium finds *.localhost by itself."""
        return f"http://{tenant}.localhost:{self.port}"

    def _command(self, name: str) -> Command:
        """Static files come straight from the source, and one process is enough."""
        command = super()._command(name)
        if name != "web":
            return command
        swap = {"servicedesk.wsgi:application": "tests.browser.wsgi:application"}
        argv = tuple(swap.get(word, word) for word in command.argv)
        return replace(command, argv=(*argv, "--workers", "1", "--threads", "8"))

    def found(self) -> None:
        """Make the tables, and the people and things of :mod:`tests.browser.scene`."""
        self.migrate()
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.browser.scene"],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        self.things = json.loads(done.stdout.splitlines()[-1])

    def run(self) -> None:
        """Start everything, and return when it works."""
        names = ("web", "worker", "beat")
        for name in names:
            self.start(name)
        wait_for(lambda: all(self.works(name) for name in names), what=self.logs)


@pytest.fixture(scope="package")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """The whole site, running."""
    with running(tmp_path_factory.mktemp("servers"), fast=True) as servers:
        site = LiveSite(servers, tmp_path_factory.mktemp("live"))
        try:
            site.found()
            site.run()
            yield site
        finally:
            site.stop()


class Watch:
    """Opens pages, and collects everything that should not happen on them."""

    def __init__(self, site: LiveSite, browser: Browser) -> None:
        self.site, self.browser = site, browser
        self.wrong: list[str] = []
        self.expected: list[str] = []
        self.contexts: list[BrowserContext] = []

    def allow(self, *texts: str) -> None:
        """Expect messages that contain these, such as the 422 of a refused form."""
        self.expected += texts

    def open(self, state: Any = None, tenant: str = "zhida", **options: Any) -> Page:
        """A page in a browser of its own."""
        given = {
            "viewport": WIDE,
            "locale": "en-GB",
            "base_url": self.site.address(tenant),
        }
        context = self.browser.new_context(**(given | options), storage_state=state)
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        context.on("page", self._watch)
        return context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._note(f"script: {error}", page))
        page.on("console", lambda message: self._console(message, page))
        page.on("requestfailed", lambda request: self._failed(request, page))
        page.on("request", lambda request: self._host(request, page))

    def _note(self, text: str, page: Page) -> None:
        if not any(known in text for known in self.expected):
            self.wrong.append(f"{page.url}: {text}")

    def _console(self, message: Any, page: Page) -> None:
        if message.type in {"error", "warning"}:
            self._note(f"{message.text} ({message.location.get('url')})", page)

    def _failed(self, request: Any, page: Page) -> None:
        if request.failure and "ERR_ABORTED" not in request.failure:  # left the page
            self._note(f"failed: {request.url} {request.failure}", page)

    def _host(self, request: Any, page: Page) -> None:
        host = urlsplit(request.url).hostname or ""
        if request.url.startswith("http") and not host.endswith(".localhost"):
            self._note(f"asks another host: {request.url}", page)

    def finish(self) -> None:
        """Every page left open fits a phone; then close the browsers."""
        for context in self.contexts:
            for page in context.pages:
                if page.url.startswith("http"):
                    self.fits_a_phone(page)
            context.close()

    def fits_a_phone(self, page: Page) -> None:
        """Nothing scrolls sideways at 360 pixels."""
        page.set_viewport_size(PHONE)
        try:
            # The new width is laid out some frames later.
            page.wait_for_function(FITS, timeout=3_000)
        except PlaywrightTimeout:
            wide = page.evaluate(TOO_WIDE, PHONE["width"])
            self._note(f"scrolls sideways on a phone: {wide}", page)


@pytest.fixture
def watch(live_site: LiveSite, browser: Browser) -> Iterator[Watch]:
    """Opens watched pages; fails the test on anything that should not happen."""
    watching = Watch(live_site, browser)
    yield watching
    watching.finish()
    assert watching.wrong == [], "\n".join(watching.wrong)


@pytest.fixture(scope="package")
def _sessions() -> dict[tuple[str, str], Any]:
    return {}


@pytest.fixture
def visit(watch: Watch, _sessions: dict[tuple[str, str], Any]) -> Callable[..., Page]:
    """Opens an address as a person by the name in :mod:`tests.world`."""

    def go(
        name: str, path: str = "/me/", *, tenant: str = "zhida", **options: Any
    ) -> Page:
        key = (tenant, name)
        if key not in _sessions:
            page = watch.open(tenant=tenant)
            page.goto("/accounts/login/")
            page.get_by_label("E-mail").fill(f"{name}@{tenant}.example")
            page.locator("[name=password]").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(lambda url: "/accounts/" not in url)
            _sessions[key] = page.context.storage_state()
            page.context.close()
            watch.contexts.remove(page.context)
        page = watch.open(_sessions[key], tenant, **options)
        page.goto(path)
        return page

    return go


def ready(page: Page) -> Page:
    """The page when its scripts have begun."""
    page.locator("html.js").wait_for()
    return page


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
