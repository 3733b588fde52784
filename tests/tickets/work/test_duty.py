"""The roster where it matters: appointments are made in it, and it says who is sent."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.utils import timezone, translation

from people.models import Absence, Shift, ShiftMember, Skill
from servicedesk.lib.errors import ServiceError
from tests.tickets.work.conftest import at
from tickets import services
from tickets.queries.suggestions import advice_for


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        yield


@pytest.fixture
def shift(zhida):
    """Every day from eight to eighteen in Shanghai: midnight to ten in UTC."""
    row = Shift.objects.create(
        department=zhida.department,
        name="Day shift",
        weekdays=list(range(1, 8)),
        starts=time(8),
        ends=time(18),
        from_on=date(2026, 1, 1),
    )
    ShiftMember.objects.create(shift=row, membership=zhida.people["colleague"])
    return row


def agree(zhida, ticket, when):
    services.agree_appointment(
        actor=zhida.actor("engineer"), now=at(9, 5), ticket=ticket, at=when
    )


def test_an_appointment_in_a_break_is_refused_and_names_the_next_shift(
    zhida, ticket, shift
):
    with pytest.raises(ServiceError) as refused:
        agree(zhida, ticket, at(12))
    assert (refused.value.code, refused.value.field) == ("roster_break", "at")
    assert "Field service" in str(refused.value.message)
    assert "Day shift, begins on 2026-03-03" in str(refused.value.message)
    ticket.refresh_from_db()
    assert ticket.appointment_at is None
    agree(zhida, ticket, at(2, day=1))
    assert ticket.appointment_at == at(2, day=1)


def test_a_shift_whose_people_are_all_away_is_a_break_too(zhida, ticket, shift):
    Absence.objects.create(
        membership=zhida.people["colleague"],
        starts_at=at(0, day=1),
        ends_at=at(0, day=2),
    )
    with pytest.raises(ServiceError) as refused:
        agree(zhida, ticket, at(2, day=1))
    assert "2026-03-04" in str(refused.value.message)


def test_without_a_roster_any_time_can_be_agreed(zhida, ticket):
    agree(zhida, ticket, at(22))
    assert ticket.appointment_at == at(22)


def test_whom_to_send_and_why(zhida, ticket, shift):
    Skill.objects.create(membership=zhida.people["colleague"], category="camera")
    first, second = advice_for(ticket, at(9, 5))
    assert first.membership_id == zhida.engineer.pk
    assert first.why == (
        "the project’s own engineer, not on duty, nothing else that day, near the site"
    )
    assert second.membership_id == zhida.people["colleague"].pk
    assert second.why == (
        "on duty until 18:00, knows Camera, nothing else that day, near the site"
    )


def test_a_shift_around_the_clock_has_no_end(zhida, ticket, shift):
    shift.starts = shift.ends = time(0)
    shift.save()
    why = {one.membership_id: one.why for one in advice_for(ticket, at(9, 5))}
    assert why[zhida.people["colleague"].pk].startswith("on duty, ")


def test_who_has_a_job_then_comes_last_and_who_is_away_not_at_all(zhida, ticket, send):
    send(start=at(9), end=at(10))
    assert advice_for(ticket, at(9, 5))[-1].why.startswith("has another job then")
    Absence.objects.create(membership=zhida.engineer, starts_at=at(0), ends_at=at(23))
    names = [one.membership_id for one in advice_for(ticket, at(9, 5))]
    assert names == [zhida.people["colleague"].pk]


def test_a_branch_whose_places_name_the_site_is_near(zhida, ticket):
    zhida.other_department.places = "Pump house"
    zhida.other_department.save()
    zhida.department.places = "Harbour"
    zhida.department.save()
    ticket.site = zhida.site
    ticket.save()
    found = {one.membership_id: one.why for one in advice_for(ticket, at(9, 5))}
    assert "near the site" in found[zhida.people["elsewhere"].pk]
    assert "near the site" not in found[zhida.engineer.pk]
