"""Changing, ending and resuming what somebody is."""

import pytest

from activity.models import Entry
from people import services
from people.models import ApiToken, Membership
from people.services.rights import manages
from servicedesk.lib.errors import NotPermitted, ServiceError
from tests.accounts.hands import signed_in
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db


def change(house, name, by="admin", **values):
    membership = Membership.objects.get(pk=house.people[name].pk)
    given = {
        "role": membership.role,
        "department": membership.department,
        "title": membership.title,
        "phone": membership.phone,
    }
    return services.change_member(
        actor=house.actor(by), now=FOUNDED, membership=membership, **(given | values)
    )


def test_a_change_is_kept_journalled_and_versioned(zhida):
    changed = change(zhida, "engineer", title="Senior", role="agent")
    entry = Entry.objects.get(verb="person.changed")
    assert entry.data == {"role": ["engineer", "agent"], "title": ["", "Senior"]}
    version = changed.history.order_by("-history_id").first()
    assert version.role == "agent"
    assert version.history_user_id == zhida.admin.user_id
    assert version.history_date == FOUNDED


def test_no_change_is_no_line(zhida):
    change(zhida, "engineer")
    assert not Entry.objects.filter(verb="person.changed").exists()


def test_client_staff_never_become_staff(zhida):
    with pytest.raises(ServiceError, match="role_kind"):
        change(zhida, "client", role="engineer")
    with pytest.raises(ServiceError, match="role_kind"):
        change(zhida, "engineer", role="client_staff", department=None)


def test_client_staff_belong_to_no_department(zhida):
    with pytest.raises(ServiceError, match="role_department"):
        change(zhida, "client", department=zhida.things.department)


def test_the_last_administrator_stays(zhida):
    with pytest.raises(ServiceError, match="last_administrator"):
        change(zhida, "admin", role="agent")
    with pytest.raises(ServiceError, match="last_administrator"):
        services.deactivate(
            actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.admin
        )
    change(zhida, "agent", role="administrator")
    change(zhida, "admin", role="agent")


def test_a_deputy_stands_in_and_a_circle_is_refused(zhida):
    def deputise(person, deputy):
        return services.set_deputy(
            actor=zhida.actor("admin"),
            now=FOUNDED,
            membership=zhida.people[person],
            deputy=zhida.people[deputy] if deputy else None,
        )

    deputise("engineer", "colleague")
    deputise("colleague", "elsewhere")
    deputise("elsewhere", "manager")
    deputise("manager", "boss")
    with pytest.raises(ServiceError, match="deputy_cycle"):
        deputise("boss", "engineer")
    with pytest.raises(ServiceError, match="deputy_cycle"):
        deputise("engineer", "engineer")
    deputise("colleague", None)
    deputise("boss", "engineer")
    assert Entry.objects.filter(verb="person.deputy_changed").count() == 6


def test_only_active_colleagues_stand_in(zhida):
    def deputise(deputy):
        services.set_deputy(
            actor=zhida.actor("engineer"),
            now=FOUNDED,
            membership=zhida.engineer,
            deputy=deputy,
        )

    with pytest.raises(ServiceError, match="deputy_client"):
        deputise(zhida.client)
    services.deactivate(
        actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.colleague
    )
    with pytest.raises(ServiceError, match="deputy_inactive"):
        deputise(Membership.objects.get(pk=zhida.colleague.pk))


def test_deactivating_ends_tokens_and_reactivating_does_not_bring_them_back(zhida):
    services.deactivate(
        actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer
    )
    with pytest.raises(ServiceError, match="not_active"):
        services.deactivate(
            actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer
        )
    services.reactivate(
        actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer
    )
    assert Membership.objects.get(pk=zhida.engineer.pk).is_active
    assert not ApiToken.objects.filter(
        membership=zhida.engineer, revoked_at=None
    ).exists()
    with pytest.raises(ServiceError, match="already_active"):
        services.reactivate(
            actor=zhida.actor("admin"), now=FOUNDED, membership=zhida.engineer
        )


@pytest.mark.parametrize(
    ("by", "expected"),
    [("admin", True), ("boss", True), ("manager", True), ("colleague", False)],
)
def test_who_speaks_for_a_colleague(zhida, by, expected):
    assert manages(zhida.actor(by), zhida.engineer) is expected


def test_a_manager_speaks_for_their_own_department_only(zhida):
    assert not manages(zhida.actor("manager"), zhida.elsewhere)
    with pytest.raises(NotPermitted):
        services.set_deputy(
            actor=zhida.actor("manager"),
            now=FOUNDED,
            membership=zhida.elsewhere,
            deputy=None,
        )


def test_the_page_names_what_will_happen_before_it_happens(zhida):
    admin = signed_in(zhida, "admin")
    services.set_deputy(
        actor=zhida.actor("admin"),
        now=FOUNDED,
        membership=zhida.engineer,
        deputy=zhida.manager,
    )
    url = f"/people/{zhida.manager.pk}/deactivate/"
    page = admin.get(url).content.decode()
    assert "Field service has no manager then" in page
    assert "Engineer of zhida has a deputy who is not there" in page
    assert Membership.objects.get(pk=zhida.manager.pk).is_active
    admin.post(url)
    assert not Membership.objects.get(pk=zhida.manager.pk).is_active
    assert "No manager" in admin.get("/departments/").content.decode()


def test_the_list_is_searched_and_narrowed(zhida):
    admin = signed_in(zhida, "admin")

    def names(query):
        return {
            one.user.name for one in admin.get(f"/people/?{query}").context["page"].rows
        }

    staff = names("")
    assert "Engineer of zhida" in staff
    assert "Client of zhida" not in staff
    assert names("q=colleague") == {"Colleague of zhida"}
    assert names("role=client_staff") == {"Client of zhida", "Peer of zhida"}
    software = zhida.things.other_department.pk
    assert names(f"department={software}") == {"Elsewhere of zhida"}
    assert (
        names("department=999999&role=nonsense&state=x&sort=password&cursor=%00")
        == staff
    )


def test_the_list_as_a_file(zhida):
    admin = signed_in(zhida, "admin")
    response = admin.get("/people/?export=csv&q=engineer")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Name,E-mail address,Role")
    assert "engineer@zhida.example" in text
    assert Entry.objects.get(verb="list.exported").data["format"] == "csv"
    assert admin.get("/people/?export=exe").status_code == 404
    xlsx = admin.get("/people/?export=xlsx")
    assert b"".join(xlsx.streaming_content)[:2] == b"PK"


def test_an_unknown_or_foreign_person_is_the_same_nothing(world, zhida):
    admin = signed_in(zhida, "admin")
    foreign = world.other.engineer.pk
    for path in ("", "edit/", "deactivate/"):
        assert admin.get(f"/people/{foreign}/{path}").status_code == 404
        assert admin.get(f"/people/999999/{path}").status_code == 404
    for path in ("reactivate/", "resend/", "revoke/", "deputy/", "absences/"):
        assert admin.post(f"/people/{foreign}/{path}").status_code == 404


def test_a_foreign_department_or_deputy_is_refused_like_an_unknown_one(world, zhida):
    admin = signed_in(zhida, "admin")
    url = f"/people/{zhida.engineer.pk}/edit/"
    for pk in (world.other.things.department.pk, 999999, "x", "1; DROP TABLE"):
        response = admin.post(url, {"role": "engineer", "department": pk})
        assert response.status_code == 422
        assert "department" in response.context["form"].errors
    response = admin.post(
        f"/people/{zhida.engineer.pk}/deputy/", {"deputy": world.other.engineer.pk}
    )
    assert response.status_code == 422
