"""A name of one long word is nobody's mistake: it breaks, and the page stays as wide as it is."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch, ready

LATIN = "W" * 120
FITS = "() => document.documentElement.scrollWidth <= innerWidth"


def test_a_name_without_spaces_makes_no_page_wider(
    visit: Callable[..., Page], watch: Watch
) -> None:
    page = ready(visit("admin", "/register/clients/new/"))
    page.locator("main [name=name]").fill(LATIN)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text(LATIN)
    for address in (page.url, "/register/clients/"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        page.wait_for_function(FITS, timeout=3_000)
        table = page.locator(".table-responsive")
        if table.count():
            assert table.first.evaluate("one => one.scrollWidth <= one.clientWidth")
        watch.fits_a_phone(page)
