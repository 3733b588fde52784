"""Calendars: immutable revisions; new tickets follow at once, open ones by an event."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from activity.models import Entry
from servicedesk.lib.errors import ServiceError
from sla import holidays, services
from sla.clock import advance, is_provisional
from sla.models import Calendar, CalendarRevision, StandardVersion
from sla.signals import calendar_revised
from sla.standards import preset_text
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = FOUNDED + 30 * DAY
OFFICE = preset_text("office-hours")
MORNING = ((time(9), time(12)),)
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def office(zhida):
    """The office-hours standard, with its calendar as only 2025 and 2026 are known."""
    services.forget_standards()
    services.import_standard(actor=zhida.actor("admin"), now=FOUNDED, text=OFFICE)
    yield Calendar.objects.get()
    services.forget_standards()


@pytest.fixture
def revise(zhida, office):
    def call(**values):
        values = {"calendar": office, "now": LATER} | values
        return services.revise_calendar(actor=zhida.actor("admin"), **values)

    return call


@pytest.fixture
def newer_library(monkeypatch):
    """The holiday library of a year later."""
    known = holidays.library()["CN"]
    table = replace(
        known,
        closed=known.closed | {NEXT_YEAR},
        make_up=known.make_up | {date(2027, 1, 3)},
        known_until=date(2027, 12, 31),
    )
    monkeypatch.setattr(holidays, "library", lambda: {"CN": table})
    return table


def newest(office):
    return services.newest_revision(office)


def test_a_day_is_set_in_a_new_revision_and_the_old_one_stays(office, revise):
    before = newest(office)
    revision = revise(days={date(2026, 3, 9): ()}, note="Moving house")

    assert (revision.number, revision.note) == (2, "Moving house")
    assert services.calendar_of(revision).exceptions[date(2026, 3, 9)] == ()
    kept = CalendarRevision.objects.get(pk=before.pk)
    assert date(2026, 3, 9) not in services.calendar_of(kept).exceptions
    lines = Entry.objects.filter(verb="calendar.revised", object_id=office.pk)
    assert lines.count() == 2


def test_standards_that_count_in_it_get_a_next_version_at_once(zhida, office, revise):
    standard = StandardVersion.objects.latest("pk").standard
    revision = revise(days={date(2026, 3, 9): ()})

    version = services.version_for(standard=standard, at=LATER)

    assert version.number == 2
    assert version.data["revisions"][office.key] == revision.pk
    told = services.standard_of(version.pk).calendars[office.key]
    assert told == services.calendar_of(revision)
    earlier = services.version_for(standard=standard, at=LATER - DAY)
    assert earlier.number == 1
    assert zhida.standard.versions.count() == 1  # it does not count in this calendar


def test_a_scheduled_version_keeps_its_date_and_gets_the_new_days(
    zhida, office, revise
):
    standard = StandardVersion.objects.latest("pk").standard
    text = OFFICE.replace("limit: 2h", "limit: 1h").replace("limit: 4h", "limit: 3h")
    services.import_standard(
        actor=zhida.actor("admin"),
        now=LATER,
        text=text,
        in_force_from=LATER + 10 * DAY,
    )
    revision = revise(days={date(2026, 3, 9): ()})

    for at in (LATER, LATER + 10 * DAY):
        version = services.version_for(standard=standard, at=at)
        assert version.data["revisions"][office.key] == revision.pk
    assert version.in_force_from == LATER + 10 * DAY
    assert version.text == text
    assert standard.versions.count() == 4


def test_going_back_to_the_week_takes_the_special_day_away(office, revise):
    revise(days={date(2026, 3, 9): MORNING})
    revision = revise(days={date(2026, 3, 9): None})
    assert date(2026, 3, 9) not in services.calendar_of(revision).exceptions


def test_what_changes_nothing_is_refused(revise):
    for nothing in ({}, {"renew": True}, {"days": {date(2026, 3, 9): None}}):
        with pytest.raises(ServiceError) as refused:
            revise(**nothing)
        assert refused.value.code == "unchanged"


def test_known_until_goes_forward_only(office, revise):
    until = newest(office).known_until
    assert revise(known_until=until + DAY).known_until == until + DAY
    with pytest.raises(ServiceError) as refused:
        revise(known_until=until)
    assert (refused.value.code, refused.value.field) == ("known_earlier", "known_until")


def test_the_next_years_holidays_are_copied(office, revise, newer_library):
    before = services.calendar_of(newest(office))
    assert services.renewable(before)

    revision = revise(renew=True)

    after = services.calendar_of(revision)
    assert revision.known_until == date(2027, 12, 31)
    assert after.exceptions[NEXT_YEAR] == ()
    assert after.exceptions[date(2027, 1, 3)] == after.make_up_hours
    assert not services.renewable(after)


def test_days_set_by_hand_survive_the_next_import_of_the_file(zhida, office, revise):
    revise(days={date(2026, 3, 9): ()})
    text = OFFICE.replace("limit: 2h", "limit: 1h")

    version = services.import_standard(
        actor=zhida.actor("admin"), now=LATER + DAY, text=text
    )

    told = services.standard_of(version.pk).calendars[office.key]
    assert told.exceptions[date(2026, 3, 9)] == ()
    assert version.data["revisions"][office.key] == newest(office).pk
    assert office.revisions.count() == 2


def test_other_hours_in_a_file_are_a_next_revision(zhida, office):
    text = OFFICE.replace("09:00-12:00", "08:00-12:00")
    assert text != OFFICE
    services.import_standard(actor=zhida.actor("admin"), now=LATER, text=text)
    week = services.calendar_of(newest(office)).week
    assert (newest(office).number, week[0][0]) == (2, (time(8), time(12)))


def test_an_open_ticket_counts_in_the_revision_that_has_reached_it(
    office, revise, newer_library
):
    version = StandardVersion.objects.latest("pk")
    revision = revise(renew=True, days={date(2026, 3, 9): ()})
    key = services.calendar_key(office.key, revision.pk)

    plain = services.standard_of(version.pk)
    reached = services.standard_of(version.pk, revisions=[revision.pk])

    assert key not in plain.calendars
    assert services.standard_of(version.pk, revisions=[revision.pk]) is reached
    before, after = plain.calendars[office.key], reached.calendars[key]
    start = datetime(2026, 12, 31, 9, 30, tzinfo=UTC)  # 17:30 in Shanghai
    due = advance(calendar=before, start=start, amount=timedelta(hours=1))
    moved = advance(calendar=after, start=start, amount=timedelta(hours=1))
    assert is_provisional(before, due)
    assert not is_provisional(after, moved)
    assert moved > due  # 1 January is a holiday, as is known now
    # What was known stays as it was, although the revision says otherwise.
    assert date(2026, 3, 9) not in after.exceptions


def test_rooms_above_are_told_of_a_revision(zhida, office, revise):
    told = []

    def listen(sender, revision, actor, now, **_more):
        told.append((revision.calendar.key, actor.name, now))

    calendar_revised.connect(listen)
    try:
        revise(days={date(2026, 3, 9): ()})
    finally:
        calendar_revised.disconnect(listen)
    assert told == [(office.key, zhida.actor("admin").name, LATER)]


def test_the_month_shows_what_each_day_is(zhida, office, sign_in):
    browser = sign_in(zhida, "admin")
    url = reverse("sla:calendar", args=[office.pk])

    answer = browser.get(url, {"month": "2026-10"})

    days = {day.on: day.kind for week in answer.context["month"].weeks for day in week}
    assert days[date(2026, 10, 1)] == "holiday"
    assert days[date(2026, 10, 10)] == "make_up"
    assert days[date(2026, 10, 12)] == "work"
    assert days[date(2026, 10, 18)] == "off"
    assert "Make-up day" in answer.content.decode()


@pytest.mark.parametrize(
    "month", ["", "2026-13", "x", "9999-01", "2026-1", "２０２６-10"]
)
def test_a_month_that_is_none_shows_the_present_one(zhida, office, sign_in, month):
    browser = sign_in(zhida, "admin")
    url = reverse("sla:calendar", args=[office.pk])
    assert browser.get(url, {"month": month}).status_code == 200


def test_days_are_set_in_the_browser(zhida, office, sign_in):
    browser = sign_in(zhida, "admin")
    url = reverse("sla:calendar_revise", args=[office.pk])
    typed = {
        "first_on": "2026-03-09",
        "last_on": "2026-03-10",
        "what": "worked",
        "hours": "13:30-18:00，09:00-12:00",
        "note": "Fair",
    }

    answer = browser.post(url, typed)

    assert answer.status_code == 302
    days = services.calendar_of(newest(office)).exceptions
    hours = ((time(9), time(12)), (time(13, 30), time(18)))
    assert days[date(2026, 3, 9)] == days[date(2026, 3, 10)] == hours


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours": ""}, "hours"),
        ({"hours": "nine to five"}, "hours"),
        ({"hours": "09:00-12:00, 11:00-13:00"}, "hours"),
        ({"first_on": "yesterday"}, "first_on"),
        ({"last_on": "2026-03-08"}, "last_on"),
        ({"last_on": "2036-03-08"}, "last_on"),
        ({"what": "sometimes"}, "what"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_wrong_days_are_told_beside_their_field(zhida, office, sign_in, wrong, field):
    browser = sign_in(zhida, "admin")
    url = reverse("sla:calendar_revise", args=[office.pk])
    typed = {"first_on": "2026-03-09", "what": "worked", "hours": "09:00-12:00"}

    answer = browser.post(url, typed | wrong)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert office.revisions.count() == 1


def test_only_the_administrator_manages_calendars(world, zhida, office, sign_in):
    urls = [
        reverse("sla:calendars"),
        reverse("sla:calendar", args=[office.pk]),
        reverse("sla:calendar_revise", args=[office.pk]),
    ]
    for url in urls:
        assert sign_in(zhida, "admin").get(url).status_code == 200
        for person in ("client_manager", "engineer", "boss"):
            assert sign_in(zhida, person).get(url).status_code == 404
    neighbour = sign_in(world.other, "admin")
    assert [neighbour.get(url).status_code for url in urls] == [200, 404, 404]
    renew = reverse("sla:calendar_renew", args=[office.pk])
    assert neighbour.post(renew).status_code == 404
