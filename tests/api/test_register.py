"""Master data, people and standards over REST."""

from __future__ import annotations

from typing import Any

import pytest

from sla.standards import preset_text
from tests.api.conftest import Call
from tests.world import World

pytestmark = pytest.mark.django_db

NEW: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("clients", {"name": "Museum", "code": "M1"}, {"phone": "1234"}),
    ("sites", {"client": 0, "name": "Roof"}, {"address": "North"}),
    ("contacts", {"client": 0, "name": "Li Na", "phone": "1"}, {"phone": "2"}),
    (
        "projects",
        {"client": 0, "name": "Gate", "accepted_on": "2026-01-31"},
        {"contract_number": "C-1", "accepted_on": None},
    ),
    (
        "equipment",
        {"client": 0, "category": "Camera", "model": "X1", "serial_number": "S-77"},
        {"location": "Door"},
    ),
]


@pytest.mark.parametrize(("kind", "new", "change"), NEW)
def test_a_record_is_made_read_changed_and_retired(
    call: Call, world: World, kind: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    admin = call("admin")
    body = new | ({"client": world.zhida.client_org.pk} if "client" in new else {})
    made = admin.post(kind, body)
    assert made.status_code == 201, made.content
    where = made["Location"]
    for name, value in new.items():
        if name != "client":
            assert made.json()[name] == value
    read = admin.get(where)
    assert read["ETag"] == made["ETag"]
    assert admin.get(where, If_None_Match=read["ETag"]).status_code == 304
    changed = admin.patch(where, change, If_Match=read["ETag"])
    assert changed.status_code == 200, changed.content
    assert {name: changed.json()[name] for name in change} == change
    lost = admin.patch(where, change, If_Match=read["ETag"])
    assert lost.status_code == 412
    gone = admin.post(f"{where}/deactivate")
    assert gone.json()["is_active"] is False
    back = admin.post(f"{where}/reactivate")
    assert back.json()["is_active"] is True
    listed = admin.get(f"{kind}?is_active=true&q={next(iter(new.values())) or ''}")
    assert listed.status_code == 200
    ids = [one["id"] for one in admin.get(kind).json()["results"]]
    assert made.json()["id"] in ids
    for other in ("agent", "client", "boss"):
        assert call(other).patch(where, change).status_code == 404
        assert call(other).post(f"{where}/deactivate").status_code == 404


def test_what_is_taken_is_said_beside_the_field(call: Call, world: World) -> None:
    answer = call("admin").post("clients", {"name": world.zhida.client_org.name})
    assert answer.status_code == 422
    assert answer.json()["code"] == "taken"
    assert list(answer.json()["errors"]) == ["name"]


def test_the_desk_registers_a_caller_but_no_client(call: Call, world: World) -> None:
    agent = call("agent")
    body = {"client": world.zhida.client_org.pk, "name": "Caller"}
    assert agent.post("contacts", body).status_code == 201
    assert agent.post("clients", {"name": "New"}).status_code == 404


def test_clients_see_their_own_things_and_less_of_them(
    call: Call, world: World
) -> None:
    client = call("client")
    projects = client.get("projects").json()["results"]
    assert [one["id"] for one in projects] == [world.zhida.project.pk]
    assert not {"engineer", "department", "pinned_version"} & set(projects[0])
    assert client.get("clients").status_code == 404
    strange = client.get(f"projects/{world.zhida.rival_project.pk}")
    absent = client.get("projects/99999")
    assert (strange.status_code, strange.content) == (404, absent.content)


def test_people_and_departments_are_for_staff(call: Call, world: World) -> None:
    agent, house = call("agent"), world.zhida
    people = agent.get("people?role=engineer").json()["results"]
    assert {one["role"] for one in people} == {"engineer"}
    person = agent.get(f"people/{house.engineer.pk}")
    assert person.json()["department"]["name"] == "Field service"
    known = agent.get(f"people/{house.engineer.pk}", If_None_Match=person["ETag"])
    assert known.status_code == 304
    departments = agent.get("departments").json()["results"]
    assert len(departments) == 2
    assert agent.get(f"departments/{departments[0]['id']}").status_code == 200
    assert agent.get(f"people/{world.other.engineer.pk}").status_code == 404
    for path in ("people", "departments", f"people/{house.engineer.pk}"):
        assert call("client").get(path).status_code == 404


def test_a_standard_is_imported_and_its_next_version_published(
    call: Call, world: World
) -> None:
    admin = call("admin")
    text = preset_text("drill")
    checked = admin.post("standards/check", {"text": text})
    assert checked.status_code == 200, checked.content
    made = admin.post("standards", {"text": text, "note": "For practice."})
    assert made.status_code == 201, made.content
    version = made.json()
    assert version["number"] == 1
    assert version["tiers"][0]["targets"]
    assert admin.get(made["Location"]).json() == version
    where = f"standards/{version['standard']}"
    same = admin.post(f"{where}/versions", {"text": text})
    assert (same.status_code, same.json()["code"]) == (422, "unchanged")
    other = admin.post(f"{where}/versions", {"text": preset_text("reference")})
    assert other.json()["code"] == "other_key"
    default = admin.post(f"{where}/make-default")
    assert default.json()["is_default"] is True
    listed = admin.get("standards").json()["results"]
    assert [one["is_default"] for one in listed].count(True) == 1
    assert len(admin.get(f"{where}/versions").json()["results"]) == 1
    seen = call("client").get(f"{where}/versions/1")
    assert seen.status_code == 200
    assert "text" not in seen.json()
    assert call("agent").post("standards", {"text": text}).status_code == 404


def test_a_broken_standard_names_line_key_and_reason(call: Call) -> None:
    text = preset_text("reference").replace("severities:", "severitis:", 1)
    for path in ("standards", "standards/check"):
        answer = call("admin").post(path, {"text": text})
        assert answer.status_code == 422
        body = answer.json()
        assert body["code"] == "standard_broken"
        assert body["problems"]
        assert {"line", "key", "reason", "code"} <= set(body["problems"][0])
