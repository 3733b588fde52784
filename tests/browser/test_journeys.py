"""A day of each role, in the browser: what people click, and what they then see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import FilePayload, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from servicedesk.local.places import ROOT
from tests.browser.conftest import PHONE, ready

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
PICTURE: FilePayload = {"name": "screen.png", "mimeType": "image/png", "buffer": PNG}


def file_request(client: Page, title: str, *, severity: int = 2) -> str:
    """File a request as a client; the ticket's number."""
    client.goto("/tickets/new")
    project = client.get_by_label("Project")
    if project.is_visible():
        project.select_option(label="Command centre")
        client.wait_for_load_state("networkidle")
    card = client.locator(f".sev-card:has(input[value='{severity}'])")
    expect(card).to_contain_text("Answered within")
    card.click()
    client.get_by_label("What is wrong, in one line?").fill(title)
    client.get_by_label("What do you see?").fill("It went black at nine.")
    client.locator("form [data-drop] input[type=file]").first.set_input_files([PICTURE])
    client.get_by_role("button", name="File the request").click()
    client.wait_for_url("**?filed=1")
    return client.url.rpartition("/")[2].partition("?")[0]


def open_act(page: Page, verb: str) -> Locator:
    """Press a button of the head; its form.

    The head is swapped whenever something has happened: a press in the instant before htmx
    has taken the new button over leads to the plain page of the same form, and back.
    """
    form = page.locator("#act-body form")
    ticket = page.url
    for _ in range(3):
        page.wait_for_timeout(300)
        page.locator(f"#ticket-head a[href$='/{verb}']").first.evaluate(
            "link => link.click()"
        )
        try:
            form.wait_for(timeout=8_000)
        except PlaywrightTimeout:
            page.goto(ticket)
            ready(page)
        else:
            break
    return form


def act(page: Page, verb: str, said: str, **fields: str) -> None:
    """Open a verb of the ticket page, fill its form, send it and read what is said."""
    form = open_act(page, verb)
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    form.locator("button[type=submit]").last.click()
    expect(page.locator(".toast-item", has_text=said).first).to_be_visible()
    expect(page.locator("#act-body form")).to_have_count(0)


def state_is(page: Page, word: str) -> None:
    expect(page.locator("#ticket-head .tk-tags")).to_contain_text(word, timeout=10_000)


def test_a_request_from_filing_to_the_clients_yes(visit):
    client = ready(visit("client", "/tickets/mine"))
    number = file_request(client, "The wall screen stays black")
    expect(client.get_by_text("Your request is with us.")).to_be_visible()
    expect(client.locator(".tile", has_text="screen.png").first).to_be_visible()

    engineer = ready(visit("engineer", f"/tickets/{number}"))
    engineer.get_by_role("tab", name="Answer").click()
    answer = engineer.locator("#panel-answer")
    answer.get_by_label("How will you help").fill("We look from here, then come.")
    answer.get_by_role("button", name="Send the answer").click()
    response = engineer.locator("#ticket-head .clock", has_text="First response")
    expect(response).to_have_attribute("data-state", "met")
    act(engineer, "decide_visit", "Decided.", needed="yes")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    act(engineer, "agree_appointment", "The appointment stands", at=tomorrow)
    act(engineer, "depart", "Departed.")
    act(engineer, "arrive", "Arrived.")
    act(engineer, "resolve", "The client is asked", body="A cable was loose.")
    state_is(engineer, "Resolved")

    # What was done is on the client's open page by itself.
    state_is(client, "Resolved")
    act(client, "refuse", "The work goes on", reason="It is black again.")
    state_is(engineer, "In progress")
    act(engineer, "resolve", "The client is asked", body="The cable is new.")
    state_is(client, "Resolved")
    act(client, "confirm", "Confirmed.")
    state_is(client, "Closed")


def test_the_desk_takes_a_call_from_somebody_new(visit):
    agent = ready(visit("agent", "/tickets/call"))
    caller = agent.get_by_role("combobox", name="Who is calling?")
    caller.fill("Mr Zhou")
    agent.get_by_role("option", name="Somebody new: Mr Zhou").click()
    expect(agent.get_by_label("Name of the caller")).to_have_value("Mr Zhou")
    agent.get_by_label("Client organisation").select_option(
        label="Water works of zhida"
    )
    expect(agent.get_by_label("Project")).to_be_visible()
    expect(agent.get_by_label("Name of the caller")).to_have_value("Mr Zhou")
    agent.get_by_label("Phone", exact=True).fill("0951 777 888")
    agent.get_by_label("What is wrong, in one line?").fill("The gate camera is dark")
    agent.get_by_label("What did the caller say?").fill("Dark since the storm.")
    agent.get_by_role("button", name="File the request").click()
    agent.wait_for_url(re.compile(r"/tickets/ZD-"))
    expect(agent.locator("#ticket-facts")).to_contain_text("Mr Zhou")


def test_a_known_caller_is_picked_by_keyboard_and_outlives_a_reload(visit):
    agent = ready(visit("agent", "/tickets/call"))
    caller = agent.get_by_role("combobox", name="Who is calling?")
    expect(caller).to_be_focused()
    caller.fill("peer")
    expect(agent.get_by_role("option").first).to_contain_text("Water works of zhida")
    caller.press("Enter")
    expect(agent.get_by_label("Client organisation")).not_to_have_value("")
    expect(agent.locator("#call-open")).to_contain_text("ZD-")
    expect(agent.get_by_label("Name of the caller")).to_have_count(0)
    expect(caller).to_have_value(re.compile("Peer"))
    known = caller.input_value()
    agent.get_by_label("What is wrong, in one line?").fill("The gate is stuck")
    agent.wait_for_timeout(600)  # a draft is kept a moment after the last key
    agent.reload()
    expect(agent.locator(".draft-notice")).to_be_visible()
    expect(caller).to_have_value(known)
    expect(agent.get_by_label("Client organisation")).not_to_have_value("")


def test_a_manager_acknowledges_a_miss_with_a_plan(visit):
    manager = ready(visit("manager", "/tickets/?view=missed"))
    manager.get_by_role("link", name="No data from the second pump").first.click()
    ready(manager)
    link = manager.locator("a[href*='/acknowledge']").first
    link.evaluate("a => a.click()")
    form = manager.locator("#act-body form")
    form.get_by_label("What happens now?").fill("A loaner unit is on its way.")
    form.locator("button[type=submit]").last.click()
    said = manager.locator(".toast-item", has_text="Acknowledged.").first
    expect(said).to_be_visible()
    expect(manager.locator("main")).to_contain_text("A loaner unit is on its way.")


def test_a_broken_standard_is_refused_with_its_line_and_a_right_one_taken(visit, watch):
    watch.allow("status of 422")
    text = (ROOT / "sla/presets/software.yaml").read_text()
    admin = ready(visit("admin", "/standards/import/"))
    area = admin.get_by_label("Text of the standard")
    broken = re.sub(r"from: \w+", "from: yesterday", text, count=1)
    area.fill(broken)
    admin.get_by_role("button", name="Publish").click()
    fault = admin.locator(".fault").first
    line = broken[: broken.index("from: yesterday")].count("\n") + 1
    expect(fault).to_contain_text(f"Line {line}")
    assert area.input_value().replace("\r\n", "\n").strip() == broken.strip()
    area.fill(text)
    admin.get_by_role("button", name="Publish").click()
    admin.wait_for_url(re.compile(r"/standards/\d+"))
    expect(admin.locator("h1")).to_be_visible()


def test_language_and_theme_are_one_choice_away(visit):
    page = ready(visit("peer", "/me/"))
    chosen = page.evaluate(
        """async () => {
             const send = (url, values) => fetch(url, {method: "POST", headers: {
               "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
               "Content-Type": "application/x-www-form-urlencoded"},
               body: new URLSearchParams(values)});
             const answers = [await send("/language/", {language: "zh-hans"}),
                              await send("/theme/", {theme: "dark"})];
             return answers.map(answer => answer.ok);
           }"""
    )
    assert chosen == [True, True]
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh"))
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_queue_by_keyboard(visit):
    page = ready(visit("agent", "/tickets/"))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#search").evaluate("field => field.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("[data-row-link]").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")


def test_what_was_typed_survives_an_error_and_a_reload(visit, watch):
    watch.allow("status of 422")
    client = ready(visit("client", "/tickets/new"))
    client.get_by_label("What do you see?").fill("Three lamps blink.")
    client.locator("form[data-file-form]").evaluate(
        "form => { form.noValidate = true; form.requestSubmit(); }"
    )
    expect(client.get_by_text("Say in one line what is wrong.").first).to_be_visible()
    expect(client.get_by_label("What do you see?")).to_have_value("Three lamps blink.")
    client.get_by_label("What is wrong, in one line?").fill("Lamps blink")
    client.wait_for_timeout(700)  # the draft is kept a moment after the last key
    client.reload()
    title = client.get_by_label("What is wrong, in one line?")
    expect(title).to_have_value("Lamps blink")


def test_a_form_that_was_overtaken_shows_what_happened_and_keeps_the_words(
    visit, watch
):
    watch.allow("status of 409", "status of 422")
    client = ready(visit("client", "/tickets/mine"))
    number = file_request(client, "The printer jams", severity=1)
    agent = ready(visit("agent", f"/tickets/{number}"))
    engineer = ready(visit("engineer", f"/tickets/{number}"))
    agent.locator("#ticket-head a[href$='/resolve']").first.evaluate("a => a.click()")
    form = agent.locator("#act-body form")
    form.locator("[name=body]").fill("Paper was damp.")
    act(engineer, "resolve", "The client is asked", body="Rollers cleaned.")
    form.locator("button[type=submit]").last.click()
    expect(agent.get_by_text("This has happened meanwhile:").first).to_be_visible()
    expect(form.locator("[name=body]")).to_have_value("Paper was damp.")


def test_a_client_files_on_a_phone(visit):
    client = ready(
        visit("client", "/tickets/mine", viewport=PHONE, has_touch=True, is_mobile=True)
    )
    number = file_request(client, "No sound in the hall", severity=1)
    expect(client.locator("h1")).to_contain_text(number)
