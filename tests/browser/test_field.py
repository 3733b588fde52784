"""The engineer's app without a network: everything is kept, sent once, and signed as shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import PHONE
from tests.browser.phone import Phone, film, picture
from tests.browser.test_every_page import RULES, findings

#: The browser's database as it is on a full phone. (Chromium's own switch for this is without
#: effect since it names the same quota to everybody.)
FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...key) {
    if (value instanceof ArrayBuffer) throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value, ...key);
  };
}"""
ORDER = "(SELECT id FROM tickets_workorder WHERE purpose = %s)"


@pytest.fixture
def phones(playwright: Playwright, live_site, tmp_path: Path) -> Iterator[Callable]:
    """New phones; none is left running, and none has seen an error of a script."""
    made: list[Phone] = []

    def buy(name: str = "phone", camera: Path | None = None) -> Phone:
        address = live_site.address()
        made.append(Phone(playwright, tmp_path / name, address, camera))
        return made[-1]

    yield buy
    for phone in made:
        if phone.context:
            phone.kill()
    assert [wrong for phone in made for wrong in phone.wrong] == []


def go_there(phone: Phone, purpose: str) -> None:
    """Accepted, prepared, left, arrived."""
    page = phone.page
    phone.job(purpose)
    phone.step("Accept")
    page.get_by_role("button", name="Badge needed").click()
    phone.step("I am leaving")
    phone.step("I have arrived")
    # Kept with where the phone is, which takes the phone a moment to know.
    expect(page.locator(".field-big")).to_contain_text("Finished")


def work_there(phone: Phone) -> None:
    """Words, photos, a part, extra work that the customer authorises."""
    page = phone.page
    words = {"found": " A burnt fuse\nand dust ", "done": "Replaced"}
    phone.sheet("Write it down", "Keep", **words)
    phone.photo(picture(1), picture(2), button="Photo before")
    expect(page.locator(".field-photo")).to_have_count(2)
    phone.photo(picture(3))
    expect(page.locator(".field-photo img[src^=blob]")).to_have_count(3)
    phone.sheet("Add a part", "Keep", name="Fuse 5 A", quantity="2", serial_in="A-17")
    phone.sheet("Ask for extra work", "Keep", description="New cable", price="120.5")
    phone.sheet("The customer's word", "Keep", authorised="yes", decided_by="Li Na")


def end_there(phone: Phone) -> None:
    """Finished, signed, rated."""
    page = phone.page
    phone.step("Finished")
    phone.fill("Finished", outcome="solved", done="Replaced both fuses")
    phone.step("Let the customer sign")
    page.get_by_label("Name of who signs").fill("Li Na")
    phone.draw()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator(".field-tags")).to_contain_text("Signed")
    page.get_by_role("button", name="5 of 5 stars").click()
    expect(page.locator(".field-stars [aria-pressed=true]")).to_have_count(5)


def state(live_site: Any, purpose: str) -> str:
    query = f"SELECT state FROM tickets_workorder WHERE id = {ORDER}"
    return live_site.one(query, purpose)


def place(live_site: Any, purpose: str) -> str:
    query = "SELECT place FROM tickets_workorder WHERE purpose = %s"
    return live_site.one(query, purpose)


def counts(live_site: Any, purpose: str) -> dict[str, int]:
    """How many rows there are of what a work order records."""
    tables = ("attachment", "workpart", "worktime", "extrawork", "fielditem")
    query = "SELECT count(*) FROM tickets_{} WHERE work_order_id = {}"
    return {
        table: live_site.one(query.format(table, ORDER), purpose) for table in tables
    }


def signed_with(live_site: Any, item: dict[str, Any]) -> int:
    """How many signatures there are under the act's uid on exactly the text it was shown."""
    query = (
        "SELECT count(*) FROM documents_sheet s JOIN documents_signature g"
        " ON g.sheet_id = s.id WHERE g.uid = %s AND s.sha256 = %s"
    )
    return live_site.one(query, item["uid"], item["values"]["sha256"])


@pytest.mark.timeout(300)
def test_a_days_job_without_a_network_is_signed_and_arrives_once(phones, live_site):
    purpose = "Change the camera at the gate"
    phone = phones()
    phone.open(path="/accounts/login/")
    phone.sign_in("colleague@zhida.example")
    phone.close()

    page = phone.open(offline=True)
    page.reload()
    go_there(phone, purpose)
    clock = page.locator(".field-clocks .clock", has_text="Resolution")
    expect(clock).to_contain_text("Running")
    work_there(phone)
    phone.kill()

    page = phone.open(offline=True)
    expect(page.locator("#field-state")).to_contain_text("to send")
    phone.job(purpose)
    page.get_by_role("button", name="It is done").click()
    end_there(phone)
    before = phone.kept()
    assert {item["state"] for item in before} == {"kept"}
    phone.kill()

    page = phone.open(offline=True, path="/field/#/outbox")
    assert [item["uid"] for item in phone.kept()] == [item["uid"] for item in before]
    phone.offline(yes=False)
    phone.all_sent()
    assert state(live_site, purpose) == "signed"
    assert place(live_site, purpose) == "38.48712, 106.23091 (12 m)"
    assert counts(live_site, purpose) == {
        "attachment": 3,
        "workpart": 1,
        "worktime": 0,
        "extrawork": 1,
        "fielditem": len(before),
    }
    signed = next(item for item in before if item["verb"] == "sign")
    assert signed_with(live_site, signed) == 1


def signed_in(phone: Phone, name: str = "colleague") -> Phone:
    phone.open(path="/accounts/login/")
    phone.sign_in(f"{name}@zhida.example")
    return phone


@pytest.mark.timeout(300)
def test_on_a_phone_of_two_people_each_sends_their_own(phones, live_site):
    """A session ends, somebody else signs in; what was done waits for who did it."""
    purpose = "Two accounts at the desk"
    phone = signed_in(phones())
    page = phone.page
    phone.offline()
    phone.job(purpose)
    phone.step("Accept")
    expect(page.locator("#field-state")).to_contain_text("1 to send")
    phone.context.clear_cookies()
    phone.offline(yes=False)
    bar = page.locator("#field-bars")
    expect(bar).to_contain_text("what you did is kept here (1)")

    phone.sign_in("engineer@zhida.example")
    expect(bar).to_contain_text("1 entries of somebody else")
    expect(page.locator(".field-job", has_text=purpose)).to_have_count(0)
    page.evaluate("location.hash = '#/outbox'")
    expect(page.locator("h1")).to_have_text("What you did here")
    expect(page.locator(".field-item")).to_have_count(0)
    assert state(live_site, purpose) == "assigned"

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.locator("dialog[open]").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    phone.sign_in("colleague@zhida.example")
    phone.all_sent()
    assert state(live_site, purpose) == "accepted"


@pytest.mark.timeout(300)
def test_two_phones_on_one_job_keep_both_words_until_it_is_decided(phones, live_site):
    purpose = "The lock of the laboratory"
    here, there = signed_in(phones("here")), signed_in(phones("there"))
    go_there(here, purpose)
    here.all_sent()
    there.page.reload()
    there.job(purpose)
    # Both have the job as it stands on site.
    expect(there.page.locator(".field-big")).to_contain_text("Finished")
    there.offline()
    there.sheet("Write it down", "Keep", found="A loose hinge")
    here.sheet("Write it down", "Keep", found="A bent key")
    here.all_sent()

    there.offline(yes=False)
    page = there.page
    expect(page.locator("#field-state")).to_contain_text("1 refused", timeout=20_000)
    page.locator("#field-state").click()
    table = page.locator(".field-differences")
    expect(table).to_contain_text("A loose hinge")
    expect(table).to_contain_text("A bent key")
    there.sheet("Choose what stands", "Send again", found="both")
    there.all_sent()
    query = "SELECT found FROM tickets_workorder WHERE purpose = %s"
    assert live_site.one(query, purpose) == "A bent key\nA loose hinge"

    page.evaluate(FULL)
    there.job(purpose)
    page.get_by_role("button", name="Photo after").click()
    expect(page.locator(".field-toast")).to_contain_text("no room on this phone")


@pytest.mark.timeout(200)
def test_two_tabs_send_each_act_once(phones, live_site):
    phone = signed_in(phones(), "manager")
    sent: list[str] = []

    def note(request: Any) -> None:
        if request.method == "POST" and request.url.endswith("/field/items"):
            sent.append(request.headers["idempotency-key"])

    phone.context.on("request", note)
    phone.offline()
    phone.job("Stones in the pump")
    phone.step("Accept")
    phone.step("I am leaving")
    phone.fill("I am leaving", unprepared_reason="Somebody waits")
    second = phone.context.new_page()
    second.goto("/field/")
    second.locator(".field-job").first.wait_for()
    phone.offline(yes=False)
    phone.all_sent()
    assert len(sent) == len(set(sent)) == 2


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("https://labels.example/d?sn=sn-ZHIDA-1", "This is the device of this job."),
        ("Q-404", "Q-404"),
    ],
)
def test_a_label_is_read_by_the_camera_without_a_network(
    phones, tmp_path, label, words
):
    phone = signed_in(phones(camera=film(label, tmp_path / "label.y4m")), "manager")
    phone.offline()
    phone.job("Stones in the pump")
    phone.page.get_by_role("button", name="Scan the label").click()
    expect(phone.page.locator("dialog[open]")).to_contain_text(words, timeout=15_000)


@pytest.mark.timeout(200)
def test_axe_finds_nothing_in_the_app(visit, watch, axe):
    page = visit("engineer", "/field/", viewport=PHONE)
    page.locator(".field-job").first.wait_for()
    wrong = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for place in (
            "#/",
            "#/outbox",
            page.locator(".field-job").first.get_attribute("href"),
        ):
            page.evaluate("hash => { location.hash = hash }", place)
            page.locator("h1").wait_for()
            page.evaluate(axe)
            wrong += findings(page, RULES)
        page.get_by_role("button", name="I can't do it").click()
        page.locator("dialog[open]").wait_for()
        wrong += findings(page, RULES)
        page.keyboard.press("Escape")
        page.evaluate("location.hash = '#/'")
        page.locator(".field-job").first.wait_for()
    assert wrong == [], "\n".join(wrong)
