"""An urgent request from the client's browser to a paper that proves it was kept.

Filed by a client, triaged and planned by the desk on the dispatch board, driven to, begun and
signed on a phone that has no network for half of it; then the report is opened, read, checked
by its QR code, and caught when one byte of it is another.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import PHONE, LiveSite, Watch, ready
from tests.browser.test_journeys import act, file_request, state_is
from tests.faults.site import wait_for

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "The command centre has no picture at all"
FOUND = "The power supply of the wall was burnt."
DONE = "Put in another power supply."


@pytest.fixture
def printer(live_site: LiveSite) -> Iterator[None]:
    """The process that makes papers."""
    live_site.start("printer")
    wait_for(lambda: live_site.works("printer"), what=live_site.logs)
    yield
    live_site.kill("printer")


def photo() -> FilePayload:
    target = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(target, "JPEG")
    return {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def plan_on_the_board(agent: Page) -> None:
    """The waiting job is given to the engineer, from in ten minutes on."""
    agent.goto("/tickets/board")
    ready(agent)
    waiting = agent.locator(".bd-wait", has_text=TITLE)
    waiting.locator("[data-act]").evaluate("link => link.click()")
    form = agent.locator("#act-body form")
    start = datetime.now(SHANGHAI) + timedelta(minutes=10)
    form.locator("[data-choose]", has_text="Engineer of zhida").click()
    form.get_by_label("From").fill(f"{start:%Y-%m-%dT%H:%M}")
    form.get_by_label("Until").fill(f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    form.locator("button[type=submit]").last.click()
    expect(agent.locator(".toast-item", has_text="Dispatched.").first).to_be_visible()


def step(phone: Page, word: str) -> None:
    """Press the one large button."""
    button = phone.locator(".field-big")
    expect(button).to_have_text(word)
    button.click()


def sheet(phone: Page, opener: Locator, **values: str) -> None:
    """Fill in the sheet that a button opens, and keep it."""
    opener.click()
    form = phone.locator("dialog.field-sheet[open] form")
    for name, value in values.items():
        field = form.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


def work_without_a_network(phone: Page) -> None:
    """Words, a photo, the end and the signature; the app is opened anew in between."""
    phone.context.set_offline(True)
    expect(phone.locator("#field-state")).to_have_text("No network")
    sheet(phone, phone.locator("[data-focus=words]"), found=FOUND, done=DONE)
    with phone.expect_file_chooser() as chosen:
        phone.locator("[data-focus=after]").click()
    chosen.value.set_files([photo()])
    expect(phone.locator(".field-photo")).to_have_count(1)
    phone.reload()
    expect(phone.locator(".field-main")).to_contain_text(FOUND)
    expect(phone.locator(".field-photo")).to_have_count(1)
    sheet(phone, phone.locator("[data-focus=step]"), outcome="solved")
    step(phone, "Let the customer sign")
    shown = phone.locator(".field-sheet-shown")
    expect(shown).to_contain_text(FOUND)
    expect(shown).to_contain_text(DONE)
    phone.locator("#sign-name").fill("Li Na")
    sign(phone)
    phone.locator("form .field-big").click()
    expect(phone.locator(".field-tags")).to_contain_text("Signed")


def sign(phone: Page) -> None:
    """Draw with a finger."""
    canvas = phone.locator("canvas.field-signature")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    phone.mouse.move(box["x"] + 30, box["y"] + 60)
    phone.mouse.down()
    for place in range(1, 9):
        phone.mouse.move(box["x"] + 30 + 25 * place, box["y"] + 60 - 20 * (place % 3))
    phone.mouse.up()


def report_of(page: Page) -> bytes:
    """The service report, as soon as it is made."""
    link = page.locator("#papers .doc-row", has_text="Service report").get_by_role(
        "link", name="Download"
    )
    link.first.wait_for(timeout=60_000)
    with page.expect_download() as coming:
        link.first.click()
    return Path(coming.value.path()).read_bytes()


def code_of(paper: bytes) -> str:
    """What the QR code of a paper says."""
    pages = pypdfium2.PdfDocument(paper)
    for page in pages:
        found = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        if found:
            return found[0].text
    raise AssertionError("no QR code on the paper")


def check(watch: Watch, address: str, paper: bytes) -> None:
    """Whoever has the paper asks whether it is genuine; then with one byte changed."""
    stranger = watch.open()
    stranger.goto(urlsplit(address).path)
    ready(stranger)
    main = stranger.locator("main")
    expect(main).to_contain_text("This paper is genuine and current.")
    expect(main).not_to_contain_text(TITLE)
    picked = stranger.locator("input[type=file]")
    answer = stranger.locator("[data-check-answer]")
    middle = len(paper) // 2
    altered = paper[:middle] + bytes([paper[middle] ^ 1]) + paper[middle + 1 :]
    for data, words in ((paper, "byte for byte"), (altered, "one byte differs")):
        file: FilePayload = {
            "name": "report.pdf",
            "mimeType": "application/pdf",
            "buffer": data,
        }
        picked.set_input_files([file])
        expect(answer).to_contain_text(words)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("printer")
def test_an_urgent_request_is_kept_signed_and_proved(visit, watch):
    watch.allow("ERR_INTERNET_DISCONNECTED")
    client = ready(visit("client", "/tickets/mine"))
    number = file_request(client, TITLE, severity=3)
    agent = ready(visit("agent", f"/tickets/{number}"))
    act(agent, "triage", "Triaged")
    act(agent, "decide_visit", "Decided.", needed="yes")
    plan_on_the_board(agent)

    phone = visit("engineer", "/field/", viewport=PHONE, has_touch=True, is_mobile=True)
    phone.evaluate("navigator.serviceWorker.ready")
    phone.locator(".field-job", has_text=TITLE).click()
    step(phone, "Accept")
    step(phone, "I am leaving")
    clock = client.locator("#ticket-head .clock", has_text="Resolution")
    expect(clock).to_have_attribute("data-state", "pending")
    step(phone, "I have arrived")
    here = phone.locator(".clock", has_text="Resolution")
    expect(here).to_have_attribute("data-state", "running")
    # The two hours to the solution run from here on, on the client's open page as well.
    expect(clock).to_have_attribute("data-state", "running", timeout=15_000)
    expect(phone.locator("#field-state")).to_have_text("All sent")

    work_without_a_network(phone)
    state_is(client, "In progress")
    phone.context.set_offline(False)
    expect(phone.locator("#field-state")).to_have_text("All sent", timeout=30_000)
    state_is(client, "Closed")

    paper = report_of(client)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages]
    text = re.sub(r"\s+", " ", " ".join(pages))
    for words in (number, TITLE, FOUND, DONE, "Li Na"):
        assert words in text, f"{words!r} is not in the report"
    check(watch, code_of(paper), paper)
