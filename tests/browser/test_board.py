"""The dispatch board with a mouse and without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.conftest import ready


@pytest.mark.timeout(400)  # the site is founded in it where it is the first
def test_a_job_is_dragged_onto_an_engineer_and_planned_with_the_keyboard(visit):
    day = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    board = f"/tickets/board?day={day}"
    agent = ready(visit("agent", board))
    waiting = agent.locator(
        ".bd-wait[draggable=true]", has_text="Canary of zhida"
    ).first
    lane = agent.locator("tr[data-engineer]", has_text="Colleague of zhida")
    nine = lane.locator(f"[data-at='{day}T09:00']")
    waiting.drag_to(nine, target_position={"x": 2, "y": 20})
    expect(agent.locator(".toast-item", has_text="Planned.").first).to_be_visible()
    planned = lane.locator(".bd-card", has_text="Canary of zhida")
    expect(planned).to_contain_text("09:00–11:00", timeout=10_000)

    form = agent.locator("#act-body form")
    for _ in range(3):
        # The board is fetched anew after a change: a key in that instant leads to the page.
        agent.wait_for_timeout(1_000)
        planned.locator("a").press("Enter")
        try:
            form.wait_for(timeout=20_000)
        except PlaywrightTimeout:
            agent.goto(board)
            ready(agent)
        else:
            break
    expect(form).to_contain_text("Suggested")
    form.get_by_label("From").fill(f"{day}T13:00")
    form.get_by_label("Until").fill(f"{day}T14:30")
    form.get_by_label("From").focus()
    form.locator("button[type=submit]").focus()
    agent.keyboard.press("Enter")
    expect(planned).to_contain_text("13:00–14:30", timeout=10_000)
