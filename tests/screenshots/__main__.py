"""``make screenshots``: the pictures of the README, taken from the running demo.

For each language four pictures of one company: a client's ticket, the desk's queue, the
manager's dashboard and the wall. They land in ``docs/images`` with few colours, so that
none is larger than ``LARGEST`` bytes.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

import django

django.setup()

from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from servicedesk.demo import cast
from servicedesk.local import programs, translations
from servicedesk.local.places import ROOT, Home
from servicedesk.local.process import Child
from servicedesk.management.commands import demo
from tests.browser.chromium import CALM, find

HOME = ROOT / ".servicedesk" / "screenshots"
IMAGES = ROOT / "docs" / "images"
LARGEST = 150_000
DESK: ViewportSize = {"width": 1440, "height": 900}
ENGLISH_FAULTS = (
    *cast.HARBOUR.faults,
    ("Login takes two minutes", "Other sites are fast.", "People queue."),
    ("Disk warning on the server", "The second disk blinks amber.", ""),
    ("Link to pier 2 is down", "No data since 8:40.", "All remote data is missing."),
    ("Please add two accounts", "Two colleagues start on Monday.", ""),
)


@dataclass(frozen=True)
class View:
    """One picture: whose page it is and where."""

    name: str
    person: str
    path: str


VIEWS = (
    View("ticket", "client_manager", "/tickets/mine"),
    View("queue", "agent", "/tickets/"),
    View("dashboard", "boss", "/reports/?days=90"),
    View("wall", "boss", "/reports/wall/"),
)
COMPANY = {"en": "harbour", "zh": "zhida"}


def main() -> int:
    """Found the demo, start the site, take the pictures."""
    HOME.mkdir(parents=True, exist_ok=True)
    home = Home(HOME)
    translations.compile_all()
    listener = programs.reserve_port()
    port = listener.getsockname()[1]
    environ = dict(os.environ) | {"BASE_DOMAIN": f"localhost:{port}"}
    programs.migrate(environ)
    programs.collect_static(home, environ)
    first, second = cast.COMPANIES
    demo.COMPANIES = (dressed(first), dressed(second))
    call_command("demo")
    children = [Child(c) for c in programs.programs(home, environ, listener)]
    try:
        programs.wait_for_web(port, children[0])
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=CALM)
            for language in sys.argv[1:] or COMPANY:
                for view in VIEWS:
                    take(browser, view, language, port)
            browser.close()
    finally:
        for child in reversed(children):
            child.stop()
        listener.close()
    return 0


def dressed(company: cast.Company) -> cast.Company:
    """The company with three tiers and a day's variety, whatever hour it is."""
    if company.slug != COMPANY["en"]:
        return company
    projects = tuple(
        project
        if project.standard == "drill"
        else replace(project, standard="reference")
        for project in company.projects
    )
    return replace(company, projects=projects, faults=ENGLISH_FAULTS)


@contextmanager
def signed_in(browser: Browser, view: View, language: str, port: int) -> Iterator[Page]:
    """A page of a person of the company, in light colours."""
    host = COMPANY[language]
    context = browser.new_context(
        viewport=DESK,
        base_url=f"http://{host}.localhost:{port}",
        locale="zh-CN" if language == "zh" else "en-GB",
        color_scheme="light",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", f"{view.person}@{host}.example")
    page.fill("[name=password]", demo.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()


def take(browser: Browser, view: View, language: str, port: int) -> None:
    """Take one picture and keep it small."""
    with signed_in(browser, view, language, port) as page:
        page.goto(view.path)
        if view.name == "ticket":
            rows = page.locator("[data-row]", has=page.locator(".clock"))
            talked = rows.filter(has_text=re.compile("In progress|处理中"))
            row = talked if talked.count() else rows
            row.first.locator("[data-row-link]").click()
            page.wait_for_url("**/tickets/*-*")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(800)  # charts draw themselves
        target = IMAGES / f"{view.name}.{language}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(small(page.screenshot()))
        print(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1000} kB")


def small(picture: bytes) -> bytes:
    """The picture with as few colours as it takes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        buffer = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(
            buffer, "PNG", optimize=True
        )
        if len(buffer.getvalue()) <= LARGEST:
            break
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
