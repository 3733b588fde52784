"""A customer's own dispatch system drives a work order over REST, from dispatch to signature."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from servicedesk.lib.now import database_now
from tests.api.conftest import Call
from tests.tickets.work.test_signed_on_paper import address, printed, scanned
from tests.world import World
from tickets.models import Ticket, WorkOrder

pytestmark = pytest.mark.django_db


def png(size: tuple[int, int] = (300, 120)) -> bytes:
    data, image = BytesIO(), Image.new("RGBA", size, (0, 0, 0, 0))
    for x in range(20, size[0] - 20):
        image.putpixel((x, 60), (0, 0, 0, 255))
    image.save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def order(call: Call, ticket: Ticket, world: World) -> dict[str, Any]:
    body = {"purpose": "Look at it", "engineer": world.zhida.engineer.pk}
    answer = call("agent").post(f"tickets/{ticket.number}/work-orders", body)
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == f"/api/v1/work-orders/{answer.json()['id']}"
    return answer.json()


def arrived(call: Call, order: dict[str, Any]) -> None:
    for verb in ("accept", "depart", "arrive"):
        answer = call("engineer").post(f"work-orders/{order['id']}/{verb}")
        assert answer.status_code == 200, answer.content


def test_from_dispatch_to_signature(
    call: Call, order: dict[str, Any], ticket: Ticket
) -> None:
    arrived(call, order)
    one, me = f"work-orders/{order['id']}", call("engineer")
    me.post(f"{one}/parts", {"name": "Lamp", "quantity": 2})
    photo = SimpleUploadedFile("after.png", png(), "image/png")
    answer = me.upload(f"{one}/photos", {"files": photo, "stage": "after"})
    assert [p["name"] for p in answer.json()["photos"]] == ["after.png"]
    me.post(f"{one}/finish", {"outcome": "solved", "done": "Replaced both lamps"})
    sheet = me.get(f"{one}/sheet").json()
    assert sheet["content"]["parts"][0]["name"] == "Lamp"
    signed = me.post(
        f"{one}/sign",
        {
            "sha256": sheet["sha256"],
            "name": "Ms Yang",
            "image": base64.b64encode(png()).decode(),
        },
    )
    assert signed.status_code == 200, signed.content
    assert signed.json()["signature"]["state"] == "signed"
    assert call("client").get(f"tickets/{ticket.number}").json()["state"] == "closed"


def test_what_has_changed_since_it_was_read_is_not_overwritten(
    call: Call, order: dict[str, Any]
) -> None:
    me, one = call("engineer"), f"work-orders/{order['id']}"
    tag = me.get(one)["ETag"]
    assert me.post(f"{one}/accept", If_Match=tag).status_code == 200
    assert me.post(f"{one}/depart", If_Match=tag).status_code == 412
    assert me.get(one).json()["state"] == "accepted"


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("arrive", {}, 409),
        ("rate", {"rating": 6}, 400),
        ("sign", {"sha256": "x", "name": "A", "image": "!"}, 400),
        ("extras", {"description": "x", "price": "-1"}, 400),
        ("redispatch", {"engineer": 987654321}, 400),
    ],
)
def test_a_mistake_changes_nothing(
    call: Call,
    order: dict[str, Any],
    world: World,
    verb: str,
    body: dict[str, Any],
    status: int,
) -> None:
    who = "agent" if verb == "redispatch" else "engineer"
    answer = call(who).post(f"work-orders/{order['id']}/{verb}", body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    with world.zhida.scope():
        row = WorkOrder.objects.get(pk=order["id"])
    assert (row.state, row.version) == ("assigned", 0)


def test_who_may_not_see_it_finds_nothing(
    call: Call, order: dict[str, Any], world: World
) -> None:
    one = f"work-orders/{order['id']}"
    for name in ("peer", "rival"):
        assert call(name).get(one).status_code == 404
        assert call(name).get("work-orders").json()["results"] == []
    stranger = call("admin", world.other)
    assert stranger.get(one).status_code == 404
    assert call("client").get(one).status_code == 200
    assert call("client").post(f"{one}/accept").status_code in {403, 404}
    assert call("engineer").post(f"{one}/cancel", {"reason": "x"}).status_code in {
        403,
        404,
    }


def test_the_client_decides_on_extra_work(call: Call, order: dict[str, Any]) -> None:
    arrived(call, order)
    one = f"work-orders/{order['id']}"
    body = {"description": "New cable", "price": "120.50"}
    extra = call("engineer").post(f"{one}/extras", body).json()["extras"][0]
    assert (extra["state"], extra["price"]) == ("asked", "120.50")
    early = call("engineer").post(f"{one}/extras/done", {"extra": extra["id"]})
    assert early.status_code == 422
    said = {"extra": extra["id"], "authorised": True}
    answer = call("client").post(f"{one}/extras/decide", said)
    assert answer.json()["extras"][0]["state"] == "authorised"


def test_the_list_narrows_by_state_and_engineer(
    call: Call, order: dict[str, Any], world: World
) -> None:
    desk = call("agent")
    found = desk.get(
        f"work-orders?state=assigned&engineer={world.zhida.engineer.pk}"
    ).json()
    assert [row["number"] for row in found["results"]] == [order["number"]]
    assert desk.get("work-orders?state=signed").json()["results"] == []


def test_a_sheet_signed_on_paper_is_filed(
    call: Call, order: dict[str, Any], world: World, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    arrived(call, order)
    one, me = f"work-orders/{order['id']}", call("engineer")
    me.post(f"{one}/finish", {"outcome": "solved", "done": "Replaced it"})
    with world.zhida.scope():
        paper = printed(world.zhida, WorkOrder.objects.get(pk=order["id"]))
    body = {"name": "Ms Yang", "signed_at": database_now().isoformat()}
    unread = me.upload(f"{one}/signed-sheet", body | {"files": scanned()})
    assert (unread.status_code, unread.json()["code"]) == (422, "code_unreadable")
    by_hand = {"number": paper.number, "sheet": "x", "files": scanned()}
    assert me.upload(f"{one}/signed-sheet", body | by_hand).status_code == 400
    scan = scanned(address(world.zhida, paper))
    filed = me.upload(f"{one}/signed-sheet", body | {"files": scan})
    assert filed.status_code == 200, filed.content
    assert filed.json()["state"] == "signed"
    told = call("client").get(f"subjects/work_order/{order['id']}/signatures").json()
    assert (told["state"], told["results"][0]["how"]) == ("signed", "paper")
