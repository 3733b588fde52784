"""The dashboard's figures: each is the number of what its link opens."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

import sla
from clients.models import Project
from reports.queries.promises import Figure
from servicedesk.lib.now import database_now
from sla.services import import_standard
from tests.world import FOUNDED
from tickets import services
from tickets.engine import working_on
from tickets.models import TicketClock

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("reports:dashboard")
BEHIND = reverse("reports:tickets")
LISTS = ("open", "at_risk", "missed", "unanswered")
#: A link to what is behind a figure, and the number it shows; in a tile the number is a span.
LINK = re.compile(r'<a[^>]*href="(/reports/[a-z-]+/\?[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
TILE = re.compile(r'stat-value">(\d+)(?=<)')


def shown(browser, **query):
    """The page as text."""
    return browser.get(DASHBOARD, query).content.decode()


def figures(page):
    """Every (address, number) of the page, as a person would see it."""
    for url, inner in LINK.findall(page):
        tile = TILE.search(inner)
        plain = re.sub(r"<[^>]+>", "", inner).strip()
        if tile and "stat-unit" not in inner:
            yield unescape(url), int(tile[1])
        elif plain.isdigit():
            yield unescape(url), int(plain)


def lead_to_what_they_count(browser, **query):
    """How many figures the page has; each is the number of rows behind it."""
    found = list(figures(shown(browser, **query)))
    for url, number in found:
        page = browser.get(url)
        assert page.context["total"] == number, url
        assert len(page.context["page"].rows) == min(number, 50), url
    return len(found)


def test_a_figure_is_the_number_of_what_it_opens(browse, past, zhida):
    today = database_now().astimezone(ZoneInfo(zhida.tenant.zone)).date()
    own, engineer = zhida.department.pk, zhida.engineer.pk
    ours, rival = zhida.client_org.pk, zhida.rival_org.pk
    dates = {
        "since": (today - timedelta(days=10)).isoformat(),
        "until": (today - timedelta(days=2)).isoformat(),
    }
    for query in (
        {},
        {"days": "7"},
        {"days": "365"},
        {"department": own},
        {"department": "none"},
        {"assignee": engineer},
        {"assignee": "none", "days": "90"},
        {"client": rival},
        {"assignee": engineer, "client": ours, "days": "90"},
        {"days": "dates", **dates},
    ):
        assert lead_to_what_they_count(browse("boss"), **query) >= 3, query


def test_the_columns_of_the_trend_add_up(browse, past):
    figures = browse("boss").get(DASHBOARD, {"days": "90"}).context["figures"]
    assert figures.step == "week"
    assert sum(one.figure.total for one in figures.trend) == figures.total.total
    for one in figures.trend:
        assert one.figure.total == behind(browse("boss"), one.query)


def behind(browser, query):
    return browser.get(f"{BEHIND}?{query}").context["total"]


def test_every_grouping_counts_every_promise(browse, past):
    figures = browse("boss").get(DASHBOARD, {"days": "90"}).context["figures"]
    total = TicketClock.objects.filter(counts=True, state__in=["met", "missed"]).count()
    assert figures.total.total == total > 10
    tiers = [figure for tier in figures.tiers for _metric, figure in tier.metrics]
    assert sum(figure.total for figure in tiers) == total
    for group in (figures.departments, figures.engineers, figures.clients):
        assert sum(row.figure.total for row in group.rows) == total, group.title


def test_a_tier_says_what_was_kept_and_missed_of_each_metric(browse, past):
    figures = browse("boss").get(DASHBOARD, {"days": "30"}).context["figures"]
    found = {
        (tier.tier, metric): (figure.kept, figure.missed)
        for tier in figures.tiers
        for metric, figure in tier.metrics
    }
    assert found["general", "first_response"] == (1, 0)
    assert found["general", "resolution"] == (1, 0)
    counted = {
        name
        for name, ticket in past.items()
        if ticket.severity_asked == 2 and name != "long ago"
    }
    late = {"late answer", "late both", "rival", "nowhere"}
    open_yet = {"at risk", "over"}
    kept = len(counted - late - open_yet)
    assert found["serious", "first_response"] == (kept, len(late))


@pytest.mark.parametrize(
    ("kept", "missed", "share"), [(0, 0, None), (3, 0, 100), (999, 1, 99), (0, 4, 0)]
)
def test_a_share_is_rounded_so_that_a_miss_stays_seen(kept, missed, share):
    assert Figure(kept, missed).share == share


def test_a_promise_counts_once_by_its_final_result(browse, work, do):
    yesterday = database_now() - timedelta(days=1)
    ticket = work(yesterday, answer=10, resolve=60)
    do(ticket, "reopen", 70, by="client", reason="It is dark again.")
    do(ticket, "resolve", 600, body="Now it is mended.")
    figures = browse("boss").get(DASHBOARD).context["figures"]
    found = {
        metric: (figure.kept, figure.missed)
        for tier in figures.tiers
        if tier.tier == "serious"
        for metric, figure in tier.metrics
    }
    assert found["resolution"] == (0, 1)


def test_what_a_cancelled_ticket_kept_stays_counted(browse, work, do):
    ticket = work(database_now() - timedelta(days=1), answer=10, resolve=None)
    do(ticket, "cancel", 20, reason="Filed by mistake.")
    figures = browse("boss").get(DASHBOARD).context["figures"]
    metrics = [metric for tier in figures.tiers for metric, _figure in tier.metrics]
    assert metrics == ["first_response"]


def test_a_ticket_that_moves_takes_its_promises_along(browse, work, do, zhida):
    ticket = work(database_now() - timedelta(days=1), assignee=zhida.engineer)
    do(ticket, "reopen", 90, by="client", reason="It is dark again.")
    there = {"assignee": zhida.elsewhere, "department": zhida.other_department}
    do(ticket, "assign", 91, **there)
    do(ticket, "resolve", 92, body="The plug was loose.")
    for name, pk in (("department", "other_department"), ("assignee", "elsewhere")):
        query = {name: getattr(zhida, pk).pk}
        figures = browse("boss").get(DASHBOARD, query).context["figures"]
        assert figures.total.total == 2, name


def test_two_standards_with_a_tier_of_one_name_are_kept_apart(browse, work, zhida):
    text = (Path(sla.__file__).parent / "presets" / "office-hours.yaml").read_text()
    admin = zhida.actor("admin")
    version = import_standard(
        actor=admin, now=FOUNDED, text=text, in_force_from=FOUNDED
    )
    rivals = Project.objects.filter(pk=zhida.rival_project.pk)
    rivals.update(standard=version.standard)
    day = database_now() - timedelta(days=1)
    work(day)
    work(day, by="rival", project=rivals.get())
    figures = browse("boss").get(DASHBOARD).context["figures"]
    names = {tier.name for tier in figures.tiers}
    assert len(names) == 2
    assert all(name.endswith(" · Serious") for name in names)
    assert lead_to_what_they_count(browse("boss")) >= 4


def test_what_stands_now_agrees_with_the_queue(browse, past):
    boss = browse("boss")
    for name, tab in (("open", "all"), ("at_risk", "risk"), ("missed", "missed")):
        page = boss.get(reverse(f"reports:{name}"))
        listed = {row.ticket.pk for row in page.context["nearest"]}
        queue = boss.get(f"{reverse('tickets:queue')}?tab={tab}").context["shown"]
        assert listed == {row.ticket.pk for row in queue.rows}, name
        assert f"?tab={tab}" in page.content.decode()


def test_at_risk_is_past_the_warning_and_before_the_miss(browse, past):
    rows = browse("boss").get(reverse("reports:at_risk")).context["nearest"]
    assert [row.ticket for row in rows] == [past["at risk"]]
    rows = browse("boss").get(reverse("reports:missed")).context["nearest"]
    missed = {row.ticket for row in rows}
    assert past["over"] in missed
    assert past["at risk"] not in missed


def test_an_acknowledged_escalation_waits_no_longer(browse, past, zhida):
    url, boss, now = reverse("reports:unanswered"), browse("boss"), database_now()
    ticket = past["over"]
    with working_on([ticket.pk], now=now):  # as the sweep does
        pass
    waiting = {row.ticket for row in boss.get(url).context["page"].rows}
    assert ticket in waiting
    services.acknowledge(
        actor=zhida.actor("manager"),
        now=now,
        escalation=ticket.escalations.get(),
        plan="Two engineers are on the way.",
    )
    assert ticket not in {row.ticket for row in boss.get(url).context["page"].rows}


def test_the_file_has_the_rows_of_the_list(browse, past):
    boss, query = browse("boss"), {"days": "90", "result": "missed"}
    rows = boss.get(BEHIND, query).context["page"].rows
    answer = boss.get(BEHIND, query | {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))[1:]
    assert [line[0] for line in lines] == [clock.ticket.number for clock in rows]
    assert {line[5] for line in lines} == {"missed"}


def test_a_long_list_comes_in_pages_without_gaps(browse, work, monkeypatch):
    monkeypatch.setattr("reports.views.ROWS", 2)
    at = database_now() - timedelta(days=1)
    for _turn in range(3):
        work(at)  # all at one instant
    boss, seen, cursor = browse("boss"), [], ""
    for _page in range(3):
        page = boss.get(BEHIND, {"cursor": cursor}).context["page"]
        seen += [clock.pk for clock in page.rows]
        cursor = page.next_cursor
    assert cursor == ""
    assert len(seen) == len(set(seen)) == 6


def test_the_dashboard_costs_the_same_whatever_there_is(
    browse, past, work, django_assert_max_num_queries
):
    boss = browse("boss")
    shown(boss)  # what a process learns once
    with django_assert_max_num_queries(40) as before:
        shown(boss)
    for minutes in range(5):
        work(database_now() - timedelta(days=3, minutes=minutes))
    with django_assert_max_num_queries(len(before)):
        shown(boss)
