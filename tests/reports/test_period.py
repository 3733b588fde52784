"""The period of a report: whole days of the tenant's zone, and nothing lost at their edges."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from reports.rules import Period
from servicedesk.lib.now import database_now
from tenants import hosts
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("reports:dashboard")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # 23 and 25 hours in Berlin
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def in_zone(zhida, monkeypatch):
    """Moves the tenant to another zone."""

    def move(name):
        tenant = Tenant.objects.get(pk=zhida.tenant.pk)
        tenant.zone = name
        later = time.monotonic() + 3600
        monkeypatch.setitem(hosts._known, tenant.slug, (later, tenant))

    return move


def counted(browser, first, last):
    query = {"days": "dates", "since": first.isoformat(), "until": last.isoformat()}
    page = browser.get(DASHBOARD, query)
    figures = page.context["figures"]
    trend = {
        one.period.first: one.figure.total for one in figures.trend if one.figure.total
    }
    return figures.total.total, trend


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Shanghai", date(2026, 3, 10)),
        ("Asia/Shanghai", date(2026, 2, 28)),
        ("Europe/Berlin", SPRING),
        ("Europe/Berlin", AUTUMN),
        ("America/Santiago", date(2026, 9, 6)),  # midnight does not exist on this day
        ("Pacific/Kiritimati", date(2026, 7, 1)),  # 14 hours ahead
    ],
)
def test_a_day_begins_and_ends_at_the_tenants_midnight(
    browse, work, in_zone, zone, day
):
    in_zone(zone)
    after = day + timedelta(days=1)
    begin, end = (
        datetime(one.year, one.month, one.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for one in (day, after)
    )
    for at in (begin - MICROSECOND, begin, end - MICROSECOND, end):
        work(at, resolve=None)
    boss = browse("boss")
    assert counted(boss, day, day) == (2, {day: 2})
    before = day - timedelta(days=1)
    assert counted(boss, before, after) == (4, {before: 1, day: 2, after: 1})


@pytest.mark.parametrize(
    ("days", "step", "columns"), [(7, "day", 7), (30, "day", 30), (365, "month", 13)]
)
def test_a_period_counts_back_from_today(browse, work, days, step, columns):
    now = database_now()
    work(now - timedelta(days=days - 1), resolve=None, answer=1)
    page = browse("boss").get(DASHBOARD, {"days": str(days)})
    assert page.context["figures"].total.total == 1
    assert page.context["figures"].step == step
    assert len(page.context["figures"].trend) in {columns, columns - 1}
    work(now - timedelta(days=days), resolve=None, answer=1)
    page = browse("boss").get(DASHBOARD, {"days": str(days)})
    assert page.context["figures"].total.total == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 2, 14)),
        (date(2026, 1, 1), date(2026, 2, 15)),
        (date(2025, 12, 31), date(2026, 6, 30)),
        (date(2024, 2, 1), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2027, 2, 28)),
    ],
)
def test_the_steps_of_a_period_are_the_period(first, last):
    steps = Period(first, last).steps()
    days = [
        step.first + timedelta(days=number)
        for step in steps
        for number in range(step.days)
    ]
    assert days == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert len(steps) <= 45
    if Period(first, last).step == "week":
        assert all(step.first.weekday() == 0 for step in steps[1:])
    if Period(first, last).step == "month":
        assert all(step.first.day == 1 for step in steps[1:])


WRONG = [
    ({"since": "2026-05-02", "until": "2026-05-01"}, "before the beginning"),
    ({"since": "2020-01-01", "until": "2026-05-01"}, "three years"),
    ({"since": "soon"}, "valid date"),
    ({"until": "9999-12-31"}, "Choose a day between"),
    ({"since": "0001-01-01"}, "Choose a day between"),
    ({"days": "12"}, "valid choice"),
    ({"department": "987654321"}, "valid choice"),
    ({"assignee": "9" * 40}, "valid choice"),
    ({"client": "٣"}, "valid choice"),
    ({"client": "-1"}, "valid choice"),
]


def test_what_is_wrong_in_the_address_is_named_and_left_out(browse, work):
    work(database_now() - timedelta(hours=30))
    boss = browse("boss")
    for query, said in WRONG:
        page = boss.get(DASHBOARD, query)
        assert page.status_code == 200, query
        assert said in page.content.decode(), query
        assert page.context["figures"].total.total == 2, query
        for name in ("tickets", "open", "unanswered"):
            answer = boss.get(reverse(f"reports:{name}"), query)
            assert answer.status_code == 200, query


def test_a_wrong_figure_in_the_address_is_no_error(browse):
    for query in (
        {"metric": "nonsense"},
        {"tier": "x" * 500},
        {"standard": "9" * 30},
        {"standard": "abc"},
        {"standard": "1", "tier": "nonsense", "result": "maybe"},
        {"cursor": "%00"},
        {"cursor": "bm90aGluZw"},
    ):
        page = browse("boss").get(reverse("reports:tickets"), query)
        assert page.status_code == 200, query
