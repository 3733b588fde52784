"""People, departments, absences and sign-ins are managed by programs as in the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from people.models import Invitation, Letter, Membership
from people.roles import Role
from servicedesk.lib.now import database_now
from tests.api.conftest import Call, filed, token_for
from tests.world import World
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_somebody_is_invited_again_and_the_invitation_taken_back(
    call: Call, world: World
) -> None:
    house, admin = world.zhida, call("admin")
    body = {
        "email": "New.One@zhida.example",
        "role": "engineer",
        "department": house.department.pk,
    }
    made = admin.post("people", body)
    assert made.status_code == 201, made.content
    where = made["Location"]
    assert made.json()["email"] == "new.one@zhida.example"
    assert made.json()["is_active"] is False
    with house.scope():
        assert Letter.objects.filter(kind="invitation").count() == 1
    again = admin.post(f"{where}/invite-again")
    assert again.status_code == 200, again.content
    assert admin.post(f"{where}/revoke-invitation").status_code == 200
    with house.scope():
        assert not Invitation.objects.filter(revoked_at=None).exists()
    taken = admin.post("people", body | {"email": house.agent.user.email})
    assert (taken.status_code, taken.json()["code"]) == (422, "already_member")
    assert list(taken.json()["errors"]) == ["email"]


def test_a_person_is_changed_ended_and_let_in_again(call: Call, world: World) -> None:
    house, admin = world.zhida, call("admin")
    path = f"people/{house.colleague.pk}"
    tag = admin.get(path)["ETag"]
    changed = admin.patch(path, {"title": "Lead", "phone": "1"}, If_Match=tag)
    assert changed.status_code == 200, changed.content
    assert (changed.json()["title"], changed.json()["role"]) == ("Lead", "engineer")
    assert admin.patch(path, {"title": "Late"}, If_Match=tag).status_code == 412
    deputy = admin.patch(path, {"deputy": house.engineer.pk})
    assert deputy.json()["deputy"]["id"] == house.engineer.pk
    circle = admin.patch(f"people/{house.engineer.pk}", {"deputy": house.colleague.pk})
    assert circle.json()["code"] == "deputy_cycle"
    assert list(circle.json()["errors"]) == ["deputy"]

    ended = admin.post(f"{path}/deactivate", {"reason": "Left."})
    assert ended.json()["is_active"] is False
    twice = admin.post(f"{path}/deactivate")
    assert twice.json()["code"] == "not_active"
    assert admin.post(f"{path}/reactivate").json()["is_active"] is True


def test_the_token_of_whoever_is_ended_is_dead_at_once(
    call: Call, world: World
) -> None:
    house, admin = world.zhida, call("admin")
    program = call("engineer")
    assert program.get("me").status_code == 200
    admin.post(f"people/{house.engineer.pk}/deactivate")
    assert program.get("me").status_code == 401
    admin.post(f"people/{house.engineer.pk}/reactivate")
    assert program.get("me").status_code == 401


def test_no_program_makes_changes_or_ends_an_administrator(
    call: Call, world: World, sign_in: Any
) -> None:
    house, admin = world.zhida, call("admin")
    invite = {"email": "x@zhida.example", "role": "administrator"}
    refused = [
        admin.post("people", invite),
        admin.patch(f"people/{house.agent.pk}", {"role": "administrator"}),
        admin.patch(f"people/{house.admin.pk}", {"title": "Boss"}),
        admin.post(f"people/{house.admin.pk}/deactivate"),
    ]
    assert {(one.status_code, one.json()["code"]) for one in refused} == {
        (403, "by_token")
    }
    with house.scope():
        admins = Membership.objects.filter(role=Role.ADMINISTRATOR)
        assert [one.pk for one in admins] == [house.admin.pk]
    browser = sign_in(house, "admin")
    by_person = browser.post("/api/v1/people", invite, content_type="application/json")
    assert by_person.status_code == 201, by_person.content


def test_a_department_is_made_changed_closed_and_opened(
    call: Call, world: World
) -> None:
    house, admin = world.zhida, call("admin")
    night = {"name": "Night", "manager": house.manager.pk, "places": "Yinchuan，Helan"}
    made = admin.post("departments", night)
    assert made.status_code == 201, made.content
    where, tag = made["Location"], made["ETag"]
    changed = admin.patch(where, {"second_line": house.department.pk}, If_Match=tag)
    assert changed.json()["name"] == "Night"
    assert changed.json()["manager"]["id"] == house.manager.pk
    assert changed.json()["second_line"]["id"] == house.department.pk
    assert changed.json()["places"] == "Yinchuan, Helan"
    assert admin.patch(where, {"name": "Late"}, If_Match=tag).status_code == 412
    wrong = admin.patch(where, {"manager": house.engineer.pk})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "manager_role")
    assert admin.post(f"{where}/close").json()["is_active"] is False
    assert admin.post(f"{where}/reopen").json()["is_active"] is True
    full = admin.post(f"departments/{house.department.pk}/close")
    assert full.json()["code"] == "has_members"


def test_an_absence_is_said_and_ended(call: Call, world: World) -> None:
    house = world.zhida
    path = f"people/{house.engineer.pk}/absences"
    now = database_now()
    body = {
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(days=2)).isoformat(),
        "note": "Training",
    }
    for name in ("engineer", "manager", "admin"):
        assert call(name).post(path, body).status_code == 201, name
    assert call("colleague").post(path, body).status_code == 403
    listed = call("agent").get(path).json()["results"]
    assert len(listed) == 3
    ended = call("engineer").post(f"{path}/{listed[0]['id']}/end")
    assert len(ended.json()["results"]) == 2
    back = call("engineer").post(path, body | {"ends_at": body["starts_at"]})
    assert (back.status_code, list(back.json()["errors"])) == (422, ["ends_at"])
    other = f"people/{house.colleague.pk}/absences/{listed[1]['id']}/end"
    assert call("admin").post(other).status_code == 404


def test_a_contact_is_let_in_and_shut_out(call: Call, world: World) -> None:
    house, admin = world.zhida, call("admin")
    body = {"client": house.client_org.pk, "name": "Zhao", "email": "zhao@w.example"}
    where = admin.post("contacts", body)["Location"]
    role = {"role": "client_staff"}
    invited = admin.post(f"{where}/invite", role)
    assert invited.status_code == 200, invited.content
    assert invited.json()["person"]
    with house.scope():
        assert Invitation.objects.filter(revoked_at=None).count() == 1
    stale = admin.post(f"{where}/end-sign-in", {}, If_Match='W/"old"')
    assert stale.status_code == 412
    assert admin.post(f"{where}/end-sign-in").status_code == 200
    with house.scope():
        assert not Invitation.objects.filter(revoked_at=None).exists()
    ours = admin.post(f"{where}/invite", {"role": "engineer"})
    assert (ours.status_code, list(ours.json()["errors"])) == (400, ["role"])
    for name in ("agent", "client"):
        assert call(name).post(f"{where}/invite", role).status_code == 404


def test_many_tickets_are_given_out_and_handed_over(call: Call, world: World) -> None:
    house, agent = world.zhida, call("agent")
    numbers = [filed(house, title=f"Fault {i}").number for i in range(3)]
    body = {"tickets": numbers, "assignee": house.engineer.pk}
    assert agent.post("tickets/assign", body).json() == {"count": 3}
    over = {
        "tickets": numbers[:2],
        "from": house.engineer.pk,
        "to": house.colleague.pk,
        "note": "The pump is warm.",
    }
    assert agent.post("tickets/hand-over", over).json() == {"count": 2}
    with house.scope():
        assert Ticket.objects.filter(assignee=house.colleague).count() == 2
    strange = agent.post(
        "tickets/assign", body | {"tickets": [numbers[0], "ZD-2026-999999"]}
    )
    assert strange.status_code == 400
    assert list(strange.json()["errors"]) == ["tickets.1"]
    assert call("client").post("tickets/assign", body).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("people/{}", {"title": "x"}),
        ("people/{}/deactivate", {}),
        ("people/{}/reactivate", {}),
        ("people/{}/invite-again", {}),
        ("people/{}/revoke-invitation", {}),
        ("people/{}/absences", {}),
        ("departments/{}", {"name": "x"}),
        ("departments/{}/close", {}),
        ("departments/{}/reopen", {}),
        ("contacts/{}/invite", {"role": "client_staff"}),
        ("contacts/{}/end-sign-in", {}),
        ("contacts/{}/resume-sign-in", {}),
    ],
)
def test_another_tenants_are_as_absent_and_only_administrators_may(
    call: Call, world: World, path: str, body: Any
) -> None:
    room, admin = path.partition("/")[0], call("admin")
    thing = {"people": "engineer", "departments": "department", "contacts": "contact"}
    strange = getattr(world.other, thing[room]).pk if room != "contacts" else 8_888_888
    method = "PATCH" if path.endswith("{}") else "POST"
    answers = [admin.ask(method, path.format(pk), body) for pk in (strange, 9_999_999)]
    assert answers[0].status_code == 404
    assert answers[0].content == answers[1].content
    own = path.format(getattr(world.zhida, thing[room], world.zhida.engineer).pk)
    for name in ("engineer", "client"):
        answer = call(name).ask(method, own, body)
        assert answer.status_code in {400, 403, 404}, (name, answer.content)


def test_a_reply_minds_the_version_and_severities_are_words(
    call: Call, ticket: Ticket
) -> None:
    agent, path = call("agent"), f"tickets/{ticket.number}"
    tag = agent.get(path)["ETag"]
    said = agent.post(f"{path}/replies", {"body": "One."}, If_Match=tag)
    assert said.status_code == 201
    assert said["ETag"] == agent.get(path)["ETag"]
    stale = agent.post(f"{path}/replies", {"body": "Two."}, If_Match=tag)
    assert stale.status_code == 412
    agent.post(f"{path}/raise", {"to": "urgent", "reason": "Worse."})
    for program in (agent, call("client")):
        events = program.get(f"{path}/events").json()["results"]
        (raised,) = [one for one in events if one["kind"] == "severity_raised"]
        assert (raised["data"]["from"], raised["data"]["to"]) == ("general", "urgent")


def test_a_revoked_token_is_dead_for_the_next_call(call: Call, world: World) -> None:
    from people.models import ApiToken

    program = call("agent")
    assert program.get("me").status_code == 200
    with world.zhida.scope():
        ApiToken.objects.filter(membership=world.zhida.agent).update(
            revoked_at=database_now()
        )
    assert program.get("me").status_code == 401
    assert token_for(world.zhida, "agent") != program.token
