"""The style guide in a real browser: policy, contrast, widths, keyboard, scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.ui import urls

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Only what is wrong is told: describing all that is right takes longer than finding it.
LOOK = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def open_guide(new_context, guide_url):
    """Opens the guide; fails at the end on any error or policy violation."""
    wrong: list[str] = []

    def go(viewport=WIDE, locale="en-US", query="", **options):
        context = new_context(viewport=viewport, locale=locale, **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda message: (
                wrong.append(message.text)
                if message.type in {"error", "warning"}
                and "ERR_INTERNET_DISCONNECTED" not in message.text
                else None
            ),
        )
        page.goto(guide_url + query)
        page.locator("html.js").wait_for()
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        return page

    yield go
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    open_guide, axe, viewport, locale, theme
):
    page = open_guide(viewport, locale, color_scheme=theme, has_touch=viewport is PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.evaluate(axe)
    found = page.evaluate(LOOK, RULES)
    assert [
        (v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]
    ] == []


def test_targets_on_the_phone_are_large_enough_for_a_thumb(open_guide):
    page = open_guide(PHONE, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
             ".btn:not(.btn-sm), .form-control, .form-select, .bottombar-item")]
           .filter(e => e.offsetParent && e.getBoundingClientRect().height < 48)
           .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_wall_fits_its_screen(open_guide, axe):
    page = open_guide({"width": 1920, "height": 1080}, query="?wall=1")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    page.evaluate(axe)
    found = page.evaluate(LOOK, RULES)
    assert [v["id"] for v in found["violations"]] == []


def test_a_clock_counts_and_goes_over_by_itself(open_guide):
    page = open_guide()
    clock = page.locator(".clock-full").nth(1)
    before = clock.locator(".clock-time").inner_text()
    expect(clock.locator(".clock-time")).not_to_have_text(before, timeout=3000)
    page.evaluate(
        """() => {
             const clock = document.querySelectorAll(".clock-full")[0];
             clock.dataset.warn = new Date(Date.now() - 5000).toISOString();
             clock.dataset.due = new Date(Date.now() + 2000).toISOString();
           }"""
    )
    first = page.locator(".clock-full").nth(0)
    expect(first).to_have_attribute("data-state", "warning", timeout=2000)
    expect(first).to_have_attribute("data-state", "missed", timeout=4000)
    expect(first.locator(".clock-state")).to_have_text("Missed")
    expect(first.locator(".clock-time")).to_contain_text("over")


def test_menus_and_dialogs_by_keyboard(open_guide):
    page = open_guide()
    page.get_by_role("button", name="更多 More").press("Enter")
    expect(page.get_by_role("link", name="修改 Edit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="派工 Assign").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="派工 Assign ZD-2026-000123")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("node => node.matches(':modal')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_destructive_button_asks_and_offers_the_way_back_first(open_guide):
    page = open_guide()
    page.get_by_role("button", name="取消工单 Cancel ticket").click()
    dialog = page.get_by_role("dialog", name="取消 ZD-2026-000123？")
    expect(dialog.get_by_role("button", name="Cancel", exact=True)).to_be_focused()


def test_rows_by_keyboard_and_the_bulk_bar(open_guide):
    page = open_guide()
    expect(page.locator(".bulkbar")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-item]").nth(1)).to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_keys_are_listed_and_can_be_switched_off(open_guide):
    page = open_guide()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text("工单 Tickets")).to_be_visible()
    dialog.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()


def test_a_list_that_changed_announces_it_and_stays(open_guide):
    page = open_guide()
    rows = page.locator("[data-row]").count()
    urls.version["queue"] += 1
    link = page.locator(".announcer a")
    expect(link).to_be_visible(timeout=8000)
    expect(link).to_have_text("3 new, 1 changed – show")
    assert page.locator("[data-row]").count() == rows


def test_a_lost_connection_is_a_banner(open_guide):
    page = open_guide()
    page.context.set_offline(True)
    expect(page.locator("[data-connection]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-connection]")).to_be_hidden(timeout=8000)


def test_a_draft_survives_a_reload_and_is_forgotten_once_accepted(
    open_guide, guide_url
):
    page = open_guide()
    form = page.locator("form[data-draft]")
    form.get_by_label("标题 Title").fill("三号窗口")
    page.wait_for_timeout(600)
    page.reload()
    expect(form.get_by_label("标题 Title")).to_have_value("三号窗口")
    expect(page.locator(".draft-notice")).to_be_visible()
    form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.wait_for_url(re.compile("sent"))
    page.goto(guide_url)
    expect(form.get_by_label("标题 Title")).to_have_value("")


def test_a_double_click_sends_once(open_guide):
    page = open_guide()
    urls.sent.clear()
    form = page.locator("form[data-draft]")
    form.evaluate(
        """form => { form.noValidate = true;
             const button = form.querySelector("[type=submit]");
             button.click(); button.click(); }"""
    )
    page.wait_for_url(re.compile("sent"))
    assert len(urls.sent) == 1


def test_files_are_listed_checked_and_removable(open_guide):
    page = open_guide()
    drop = page.locator("form[data-draft] [data-drop]")
    drop.locator("input[type=file]").set_input_files(
        [
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"},
            {"name": "big.bin", "mimeType": "text/plain", "buffer": b"x" * 2_100_000},
        ]
    )
    expect(drop.locator(".tile-name")).to_have_text("a.txt")
    expect(drop.get_by_role("alert")).to_contain_text("big.bin")
    drop.get_by_role("button", name="Remove a.txt").click()
    count = drop.locator("input[type=file]").evaluate("input => input.files.length")
    assert count == 0


def test_charts_are_drawn_from_their_tables(open_guide):
    page = open_guide()
    expect(page.locator(".chart canvas")).to_have_count(2)
    expect(page.locator(".chart table").first).to_be_hidden()


def test_without_scripts_the_navigation_opens(new_context, guide_url):
    context = new_context(java_script_enabled=False, viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(guide_url)
    page.locator(".bottombar button").click()
    expect(page.locator("#nav-drawer")).to_be_visible()
