"""The promise is watched: nobody answers, and those who must know see it on open pages.

The whole way with real processes: a client files in the browser, beat looks, the worker
fires, Redis hints, each page asks and shows. No page is reloaded. Each page notes by itself
when a message appeared on it; times are compared with the instant of receipt in PostgreSQL.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveSite, ready

#: How long after its time an alert may take to be on the page.
PATIENCE = 6.0
#: Who is told, when (seconds after receipt, presets/drill.yaml), and in which words.
TOLD = {
    "engineer": (7.5, "Due soon: First response of"),
    "manager": (10.0, "Missed: First response of"),
    "boss": (20.0, "Escalated: First response of"),
}
NOTE_ARRIVALS = """() => {
  window.arrivals = [];
  const toasts = document.getElementById("toasts");
  new MutationObserver((records) => {
    for (const record of records)
      for (const node of record.addedNodes)
        if (node.nodeType === 1) window.arrivals.push([Date.now() / 1000, node.innerText]);
  }).observe(toasts, { childList: true });
}"""


def file_drill(client: Page) -> str:
    """File a request in the browser; its number."""
    client.get_by_label("Project").select_option(label="Drill")
    client.get_by_text("every limit is seconds long").first.wait_for()
    client.get_by_label("What is wrong, in one line?").fill("The pump stands still")
    client.get_by_role("button", name="File the request").click()
    client.wait_for_url("**?filed=1")
    return client.url.rpartition("/")[2].partition("?")[0]


def check_promise_counts(client: Page) -> None:
    """The client is told the promise right after filing, and sees it run."""
    expect(client.get_by_text("Promised: answered by").first).to_be_visible()
    left = client.locator(".clock", has_text="First response").locator(
        "[data-clock-time]"
    )
    before = left.inner_text()
    expect(left).not_to_have_text(before, timeout=3_000)


def arrival(page: Page, words: str) -> float:
    """When a message with these words appeared on the page."""
    page.locator(".toast-item", has_text=words).first.wait_for(timeout=60_000)
    found = page.evaluate(
        "words => window.arrivals.find(([, text]) => text.includes(words))", words
    )
    assert found, f"{words}: the page was loaded anew"
    return float(found[0])


def received_at(site: LiveSite, number: str) -> float:
    query = "SELECT extract(epoch FROM received_at) FROM tickets_ticket"
    return float(site.one(f"{query} WHERE number = '{number}'"))


def test_nobody_answers_and_everybody_sees_it_in_time(visit, live_site):
    people = {name: ready(visit(name, tenant="drill")) for name in TOLD}
    desk = ready(visit("engineer", "/tickets/", tenant="drill"))
    for page in people.values():
        page.evaluate(NOTE_ARRIVALS)
    client = ready(visit("client", "/tickets/new", tenant="drill"))
    number = file_drill(client)
    check_promise_counts(client)
    desk.goto(f"/tickets/{number}")
    ready(desk).evaluate("window.neverReloaded = true")

    began = received_at(live_site, number)
    late = {
        name: round(
            arrival(page, f"{TOLD[name][1]} {number}") - began - TOLD[name][0], 2
        )
        for name, page in people.items()
    }
    assert all(0 <= seconds <= PATIENCE for seconds in late.values()), late

    # The engineer's open ticket page has turned to missed by itself; so has the client's.
    for page in (desk, client):
        clock = page.locator("#ticket-head .clock", has_text="First response")
        expect(clock).to_have_attribute("data-state", "missed", timeout=10_000)
    assert desk.evaluate("window.neverReloaded") is True
