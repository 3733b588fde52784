"""Departments with their managers; when people are away."""

from datetime import timedelta

import pytest

from activity.models import Entry
from people import directory, services
from people.models import Absence, Department
from servicedesk.lib.errors import NotPermitted, ServiceError
from servicedesk.lib.now import database_now
from tests.accounts.hands import signed_in
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_department_with_its_manager(zhida):
    made = services.create_department(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        name="  North \u200b ",
        manager=zhida.manager,
    )
    assert made.name == "North"
    assert made.history.first().history_user_id == zhida.admin.user_id
    assert Entry.objects.get(verb="department.created").data["name"] == ["", "North"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Software"])
def test_a_name_is_needed_and_given_once(zhida, name):
    with pytest.raises(ServiceError) as caught:
        services.create_department(actor=zhida.actor("admin"), now=FOUNDED, name=name)
    assert caught.value.field == "name"


def test_two_tenants_may_use_one_name(world, zhida):
    with world.other.scope():
        assert Department.objects.filter(name="Software").exists()
    assert Department.objects.filter(name="Software").exists()


def test_only_who_can_be_told_leads(zhida):
    with pytest.raises(ServiceError, match="manager_role"):
        services.change_department(
            actor=zhida.actor("admin"),
            now=FOUNDED,
            department=zhida.things.department,
            name="Field service",
            manager=zhida.engineer,
            second_line=None,
            places="",
        )


def test_a_department_with_people_is_not_closed(zhida):
    with pytest.raises(ServiceError, match="has_members"):
        services.close_department(
            actor=zhida.actor("admin"),
            now=FOUNDED,
            department=zhida.things.department,
        )
    empty = services.create_department(
        actor=zhida.actor("admin"), now=FOUNDED, name="Empty"
    )
    services.close_department(actor=zhida.actor("admin"), now=FOUNDED, department=empty)
    assert not Department.objects.get(pk=empty.pk).is_active
    services.reopen_department(
        actor=zhida.actor("admin"), now=FOUNDED, department=empty
    )
    assert Department.objects.get(pk=empty.pk).is_active


def test_departments_on_the_page(zhida):
    admin = signed_in(zhida, "admin")
    response = admin.post("/departments/new/", {"name": "West", "manager": ""})
    assert response["Location"] == "/departments/"
    page = admin.get("/departments/").content.decode()
    assert "West" in page
    assert "No manager" in page
    west = Department.objects.get(name="West")
    again = admin.post("/departments/new/", {"name": "West", "manager": ""})
    assert again.status_code == 422
    assert b"There is a department of this name." in again.content
    admin.post(
        f"/departments/{west.pk}/", {"name": "West 2", "manager": zhida.manager.pk}
    )
    assert Department.objects.get(pk=west.pk).manager_id == zhida.manager.pk


def add(house, by, person, start, end, **extra):
    now = database_now()
    return services.add_absence(
        actor=house.actor(by),
        now=now,
        membership=house.people[person],
        starts_at=now + start,
        ends_at=now + end,
        **extra,
    )


def test_everybody_enters_their_own_absence(zhida):
    add(zhida, "engineer", "engineer", HOUR, 2 * HOUR, note="dentist")
    assert Entry.objects.get(verb="absence.added").data["note"] == "dentist"


@pytest.mark.parametrize("by", ["admin", "boss", "manager"])
def test_managers_and_administrators_enter_others(zhida, by):
    add(zhida, by, "engineer", HOUR, 2 * HOUR)


def test_a_colleague_does_not(zhida):
    with pytest.raises(NotPermitted):
        add(zhida, "colleague", "engineer", HOUR, 2 * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (2 * HOUR, HOUR, "absence_order"),
        (HOUR, HOUR, "absence_order"),
        (-2 * HOUR, -HOUR, "absence_past"),
        (HOUR, timedelta(days=400), "absence_long"),
    ],
)
def test_a_period_must_make_sense(zhida, start, end, code):
    with pytest.raises(ServiceError, match=code) as caught:
        add(zhida, "engineer", "engineer", start, end)
    assert caught.value.field == "ends_at"


def test_coming_back_early(zhida):
    absence = add(zhida, "manager", "manager", -HOUR, 5 * HOUR)
    now = database_now()
    people = directory.load(now=now)
    assert not people.is_present(zhida.manager.pk, now)
    services.end_absence(actor=zhida.actor("manager"), now=now, absence=absence)
    assert directory.load(now=now).is_present(zhida.manager.pk, now)


def test_not_going_after_all(zhida):
    absence = add(zhida, "engineer", "engineer", HOUR, 5 * HOUR)
    services.end_absence(
        actor=zhida.actor("engineer"), now=database_now(), absence=absence
    )
    assert not Absence.objects.exists()


def test_the_absence_page(zhida):
    client = signed_in(zhida, "engineer")
    start = database_now() + timedelta(days=2)
    data = {
        "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "note": "holiday",
    }
    assert client.post("/me/absences/", data).status_code == 302
    absence = Absence.objects.get()
    assert absence.starts_at.astimezone().utcoffset() is not None
    page = client.get("/me/absences/").content.decode()
    assert "holiday" in page
    wrong = client.post("/me/absences/", data | {"ends_at": data["starts_at"]})
    assert wrong.status_code == 422
    assert "The end must be after the beginning." in wrong.content.decode()
    client.post("/me/deputy/", {"deputy": zhida.colleague.pk})
    assert "Colleague of zhida" in client.get("/me/absences/").content.decode()
    client.post(f"/me/absences/{absence.pk}/end/")
    assert not Absence.objects.exists()


def test_times_are_entered_in_the_tenants_zone(zhida):
    client = signed_in(zhida, "engineer")
    client.post(
        "/me/absences/",
        {"starts_at": "2027-03-01T09:00", "ends_at": "2027-03-01T18:00"},
    )
    absence = Absence.objects.get()
    assert absence.starts_at.isoformat() == "2027-03-01T01:00:00+00:00"


def test_client_staff_have_no_absences(zhida):
    client = signed_in(zhida, "client")
    assert client.get("/me/absences/").status_code == 404
    assert client.post("/me/deputy/", {"deputy": ""}).status_code == 404


def test_a_colleagues_absence_ends_only_through_their_own_page(zhida):
    absence = add(zhida, "engineer", "engineer", HOUR, 5 * HOUR)
    other = signed_in(zhida, "colleague")
    assert other.post(f"/me/absences/{absence.pk}/end/").status_code == 404
    url = f"/people/{zhida.engineer.pk}/absences/{absence.pk}/end/"
    assert other.post(url).status_code == 404
    wrong_person = f"/people/{zhida.elsewhere.pk}/absences/{absence.pk}/end/"
    admin = signed_in(zhida, "admin")
    assert admin.post(wrong_person).status_code == 404
    assert admin.post(url).status_code == 302
