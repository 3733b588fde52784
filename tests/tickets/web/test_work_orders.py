"""A work order in the browser: dispatched by the desk, done by the engineer, signed."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
from PIL import Image

from tests.tickets.web.conftest import HTMX
from tickets.models import ExtraWork, WorkOrder
from tickets.models.ticket import State


def drawn() -> str:
    data, image = BytesIO(), Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    for x in range(20, 280):
        image.putpixel((x, 60), (0, 0, 0, 255))
    image.save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


@pytest.fixture
def order(browse, ticket, zhida) -> WorkOrder:
    answer = browse("agent").post(
        f"/tickets/{ticket.number}/work/new",
        {"kind": "visit", "purpose": "Look at it", "engineer": zhida.engineer.pk},
    )
    assert answer["Location"] == f"/tickets/{ticket.number}/work/1"
    return WorkOrder.objects.get()


@pytest.fixture
def act(browse, order):
    def perform(verb: str, by: str = "engineer", **data):
        path = f"/tickets/{order.ticket.number}/work/{order.ordinal}/{verb}"
        return browse(by).post(path, data)

    return perform


def test_from_dispatch_to_signature(browse, order, act, ticket):
    page = f"/tickets/{ticket.number}/work/1"
    for verb in ("accept", "depart", "arrive"):
        assert act(verb)["Location"] == page
    act("part", name="Lamp", quantity=2)
    assert "2 × Lamp" in browse("engineer").get(page).content.decode()
    act("finish", outcome="solved", done="Replaced the lamp")
    shown = browse("engineer").get(f"{page}/sign").content.decode()
    assert "Replaced the lamp" in shown
    digest = re.search(r'name="sha256" value="([0-9a-f]{64})"', shown)[1]
    answer = act("sign", sha256=digest, name="Ms Yang", image=drawn())
    assert answer["Location"] == page
    ticket.refresh_from_db()
    order.refresh_from_db()
    assert (order.state, ticket.state) == (WorkOrder.State.SIGNED, State.CLOSED)
    assert "Ms Yang" in browse("client").get(page).content.decode()


def test_what_changed_after_it_was_shown_cannot_be_signed(order, act):
    for verb in ("accept", "depart", "arrive"):
        act(verb)
    act("finish", outcome="solved", done="Replaced the lamp")
    answer = act("sign", sha256="0" * 64, name="Ms Yang", image=drawn())
    assert answer.status_code == 422
    assert "has changed meanwhile" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == WorkOrder.State.FINISHED


@pytest.mark.parametrize("image", ["", "data:image/png;base64,%%%", "data:text/html,x"])
def test_what_is_no_drawing_is_refused_beside_the_form(order, act, image):
    for verb in ("accept", "depart", "arrive"):
        act(verb)
    act("finish", outcome="not_solved", done="Tried")
    answer = act("sign", sha256="0" * 64, name="Ms Yang", image=image)
    assert answer.status_code == 422
    assert "Nothing is drawn yet" in answer.content.decode()


def test_a_step_that_is_not_the_next_one_changes_nothing(order, act):
    answer = act("arrive")
    assert answer.status_code == 422
    assert "can&#x27;t be done while the work order is" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == WorkOrder.State.ASSIGNED


def test_the_client_decides_on_extra_work_and_reads_no_staff_buttons(
    browse, order, act, ticket
):
    for verb in ("accept", "depart", "arrive"):
        act(verb)
    act("extra", description="New cable", price="120.50")
    extra = ExtraWork.objects.get()
    page = browse("client").get(f"/tickets/{ticket.number}/work/1").content.decode()
    assert "120.50" in page
    assert "work/1/finish" not in page
    act("decide", by="client", extra=extra.pk, authorised="yes")
    extra.refresh_from_db()
    assert extra.state == ExtraWork.State.AUTHORISED
    assert act("depart", by="client").status_code == 404


def test_the_ticket_page_lists_its_work_orders(browse, order, ticket):
    part = browse("agent").get(f"/tickets/{ticket.number}/work", **HTMX)
    assert "Look at it" in part.content.decode()
    assert "work/new" in part.content.decode()
    assert (
        "work/new"
        not in browse("client").get(f"/tickets/{ticket.number}/work").content.decode()
    )


def test_a_plan_with_a_mistake_comes_back_with_what_was_typed(browse, ticket):
    answer = browse("agent").post(
        f"/tickets/{ticket.number}/work/new",
        {"kind": "visit", "purpose": "Look at it", "start": "2026-01-01T10:00"},
    )
    assert answer.status_code == 422
    assert "Look at it" in answer.content.decode()
    assert "Give both times." in answer.content.decode()
    assert not WorkOrder.objects.exists()


def test_the_page_costs_the_same_number_of_queries_whatever_is_recorded(
    browse, order, act, ticket, django_assert_max_num_queries
):
    for verb in ("accept", "depart", "arrive"):
        act(verb)
    for number in range(5):
        act("part", name=f"Part {number}", quantity=1)
    browse("engineer").get(f"/tickets/{ticket.number}/work/1")
    with django_assert_max_num_queries(20):
        browse("engineer").get(f"/tickets/{ticket.number}/work/1")


def test_a_checklist_goes_with_each_new_visit_of_its_category(browse, ticket, zhida):
    desk = browse("agent")
    form = {
        "name": "Cameras",
        "category": "",
        "items": "* Badge\nLadder",
        "is_active": "on",
    }
    assert (
        desk.post("/tickets/checklists/new", form)["Location"] == "/tickets/checklists"
    )
    twice = desk.post("/tickets/checklists/new", form)
    assert twice.status_code == 422
    assert "Another checklist has this name" in twice.content.decode()
    desk.post(
        f"/tickets/{ticket.number}/work/new",
        {"kind": "visit", "purpose": "Look", "engineer": zhida.engineer.pk},
    )
    order = WorkOrder.objects.get()
    assert order.checklist == [
        {"text": "Badge", "required": True},
        {"text": "Ladder", "required": False},
    ]
    page = f"/tickets/{ticket.number}/work/1"
    me = browse("engineer")
    me.post(f"{page}/accept", {"version": ""})
    refused = me.post(f"{page}/depart", {"version": ""})
    assert "Not ready yet: Badge" in refused.content.decode()
    me.post(f"{page}/checked", {"item": "0", "done": "1"})
    assert me.post(f"{page}/depart", {"version": ""})["Location"] == page


def test_nobody_is_asked_to_agree_a_time_while_the_engineer_is_on_site(
    browse, file, do, zhida
):
    ticket = file(severity=3)
    do(ticket, "answer", body="We come.")
    page = f"/tickets/{ticket.number}"
    browse("agent").post(
        f"{page}/work/new",
        {"kind": "visit", "purpose": "Look", "engineer": zhida.engineer.pk},
    )
    for verb in ("accept", "depart", "arrive"):
        browse("engineer").post(f"{page}/work/1/{verb}", {"version": ""})
    assert (
        "Agree when somebody comes." not in browse("agent").get(page).content.decode()
    )
