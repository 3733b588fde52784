"""Whose tickets the reports are of: a manager's own department; a client's never."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from people.models import Department, Membership
from servicedesk.lib.now import database_now
from tickets import services

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("reports:dashboard")
PAGES = ("dashboard", "tickets", "open", "at_risk", "missed", "unanswered", "wall")


def departments(response):
    """What the figures by department are of."""
    rows = response.context["figures"].departments.rows
    return {str(row.name) for row in rows if row.query != "department=none"}


def test_a_department_manager_sees_their_own_department(browse, past):
    manager, boss = browse("manager"), browse("boss")
    assert departments(boss.get(DASHBOARD)) == {"Field service", "Software"}
    assert departments(manager.get(DASHBOARD)) == {"Field service"}


@pytest.mark.parametrize("field", ["department", "assignee"])
def test_an_address_does_not_open_another_department(browse, past, zhida, field):
    asked = {
        "department": zhida.other_department.pk,
        "assignee": zhida.elsewhere.pk,
    }[field]
    manager = browse("manager")
    for name in ("tickets", "open", "missed"):
        page = manager.get(reverse(f"reports:{name}"), {field: asked, "days": "90"})
        assert past["elsewhere"].title not in page.content.decode(), name
    assert "Software" not in departments(manager.get(DASHBOARD, {field: asked}))


def test_what_a_manager_follows_elsewhere_is_not_their_departments(browse, past, zhida):
    ticket = past["elsewhere"]
    services.follow(
        actor=zhida.actor("boss"),
        now=database_now(),
        ticket=ticket,
        membership=zhida.manager,
    )
    manager = browse("manager")
    assert manager.get(f"/tickets/{ticket.number}").status_code == 200
    assert departments(manager.get(DASHBOARD)) == {"Field service"}


def test_a_manager_chooses_among_their_own_people(browse, past, zhida):
    form = browse("manager").get(DASHBOARD).context["form"]
    offered = {value for value, _name in form.fields["assignee"].choices}
    assert str(zhida.engineer.pk) in offered
    assert str(zhida.elsewhere.pk) not in offered
    departments = [value for value, _name in form.fields["department"].choices]
    assert departments == ["", str(zhida.department.pk)]


def test_a_manager_without_a_department_sees_an_empty_page(browse, past, zhida):
    Department.objects.update(manager=None)
    Membership.objects.filter(pk=zhida.manager.pk).update(department=None)
    for name in PAGES:
        assert browse("manager").get(reverse(f"reports:{name}")).status_code == 200
    figures = browse("manager").get(DASHBOARD).context["figures"]
    assert figures.total.total == 0


@pytest.mark.parametrize("name", ["client", "client_manager", "engineer", "agent"])
def test_nobody_else_has_reports(browse, name):
    for page in (*PAGES, "health"):
        assert browse(name).get(reverse(f"reports:{page}")).status_code == 404, page


def test_who_left_is_still_found_behind_their_figure(browse, work, zhida):
    work(database_now() - timedelta(days=1), assignee=zhida.colleague)
    Membership.objects.filter(pk=zhida.colleague.pk).update(is_active=False)
    boss = browse("boss")
    page = boss.get(DASHBOARD, {"assignee": zhida.colleague.pk})
    assert page.context["figures"].total.total == 2
    assert zhida.colleague.user.name in page.content.decode()


def test_another_tenants_figures_are_never_among_ours(browse, world):
    with world.other.scope():
        services.file_ticket(
            actor=world.other.actor("client"),
            now=database_now() - timedelta(hours=3),
            client=world.other.client_org,
            project=world.other.project,
            title="Canary of the neighbour",
            requester=world.other.client,
        )
    for name in PAGES:
        page = browse("boss").get(reverse(f"reports:{name}"), {"days": "365"})
        assert "Canary of the neighbour" not in page.content.decode(), name
