"""The dispatch board: the desk sees a day and what waits, and moves jobs by form or by drag."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import Absence
from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import HTMX, text
from tickets.models import WorkOrder
from tickets.services import work

BOARD = "/tickets/board"
TOMORROW = timedelta(days=1)


def noon(days: int = 1):
    """Midday of a day to come, in the tenant's zone."""
    with timezone.override("Asia/Shanghai"):
        local = timezone.localtime(database_now()) + timedelta(days=days)
    return local.replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def send(zhida, ticket):
    def dispatch(of=None, **values):
        given = {"purpose": "Look at it", "engineer": zhida.engineer}
        return work.dispatch(
            actor=zhida.actor("agent"),
            now=database_now(),
            ticket=of or ticket,
            **(given | values),
        )

    return dispatch


@pytest.fixture
def plan(browse):
    def post(order, by="agent", **data):
        path = f"/tickets/{order.ticket.number}/work/{order.ordinal}/plan"
        for name in ("start", "end"):
            if name in data:
                data[name] = f"{data[name]:%Y-%m-%dT%H:%M}"
        return browse(by).post(path, data, **HTMX)

    return post


def day_of(browse, by="agent", **query):
    return text(browse(by).get(BOARD, {"day": f"{noon():%Y-%m-%d}"} | query))


def test_a_job_without_anybody_waits_beside_the_day_with_its_clock(browse, send):
    send(engineer=None, purpose="Nobody has this")
    page = day_of(browse)
    waiting, _, day = page.partition('id="bd-title"')
    assert "Nobody has this" in waiting
    assert "Nobody has this" not in day
    assert "clock-compact" in waiting


def test_a_visit_that_was_decided_waits_until_somebody_is_sent(browse, do, ticket):
    do(ticket, "decide_visit", needed=True)
    assert ticket.title in day_of(browse)
    path = f"/tickets/{ticket.number}/work/new"
    start = noon()
    answer = browse("agent").post(
        path,
        {
            "kind": "visit",
            "purpose": ticket.title,
            "engineer": ticket.project.engineer_id,
            "start": f"{start:%Y-%m-%dT%H:%M}",
            "end": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        },
        **HTMX,
    )
    assert answer.status_code == 204
    order = WorkOrder.objects.get()
    assert order.planned_start_at == start
    assert f'data-version="{order.version}"' in day_of(browse)


def test_a_job_is_put_onto_another_engineer_and_time(browse, plan, send, zhida):
    order = send(engineer=None)
    start, end = noon(), noon() + timedelta(hours=1)
    answer = plan(
        order,
        engineer=zhida.people["colleague"].pk,
        start=start,
        end=end,
        version=order.version,
    )
    assert answer.status_code == 204
    assert "HX-Refresh" in answer  # not from the board
    order.refresh_from_db()
    assert order.engineer == zhida.people["colleague"]
    assert (order.planned_start_at, order.planned_end_at) == (start, end)


def test_the_board_fetches_itself_instead_of_the_page(browse, send, zhida):
    order = send(engineer=None)
    answer = browse("agent").post(
        f"/tickets/{order.ticket.number}/work/1/plan",
        {"engineer": zhida.engineer.pk},
        **HTMX,
        HTTP_HX_CURRENT_URL=f"http://{zhida.host}{BOARD}?day=2026-03-02",
    )
    assert answer.status_code == 204
    assert "HX-Refresh" not in answer
    assert "ticket:moved" in answer["HX-Trigger"]


@pytest.mark.parametrize("who", ["engineer", "colleague"])
def test_what_was_agreed_with_the_customer_moves_only_with_consent(
    plan, send, do, ticket, zhida, who
):
    do(ticket, "agree_appointment", at=noon())
    order = send(start=noon(), end=noon() + timedelta(hours=2))
    later = {"start": noon(2), "end": noon(2) + timedelta(hours=2)}
    answer = plan(order, engineer=zhida.people[who].pk, **later)
    assert answer.status_code == 422
    assert "This time was agreed with the customer" in text(answer)
    order.refresh_from_db()
    assert (order.planned_start_at, order.engineer) == (noon(), zhida.engineer)
    plan(order, engineer=zhida.people[who].pk, consent="Ms Yang, by phone", **later)
    order.refresh_from_db()
    ticket.refresh_from_db()
    assert order.planned_start_at == ticket.appointment_at == noon(2)
    assert ticket.appointment_moves == 1


def test_two_jobs_at_one_time_are_shown_as_a_clash(browse, send, file):
    at = {"start": noon(), "end": noon() + timedelta(hours=2)}
    send(**at)
    assert "clash" not in day_of(browse)
    send(of=file(), start=noon() + timedelta(hours=1), end=noon() + timedelta(hours=3))
    assert "2 jobs clash" in day_of(browse)


def test_somebody_who_is_away_all_day_is_shown_so(browse, zhida):
    Absence.objects.create(
        membership=zhida.engineer,
        starts_at=noon() - TOMORROW,
        ends_at=noon() + TOMORROW,
    )
    assert "bd-away" in day_of(browse)


def test_another_departments_job_takes_time_and_says_no_more(browse, send, file, zhida):
    elsewhere = file(project=None, title="Secret of the others")
    order = send(
        of=elsewhere,
        purpose="Secret of the others",
        start=noon(),
        end=noon() + timedelta(hours=1),
    )
    elsewhere.refresh_from_db()
    elsewhere.department = zhida.other_department
    elsewhere.save()
    assert "Secret of the others" in day_of(browse, hours="all")
    page = day_of(browse, by="manager")
    assert "Secret of the others" not in page
    assert "Another department" in page
    assert order.ticket.number not in page


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-40", "0001-01-01"])
def test_a_day_that_is_none_shows_today(browse, day):
    answer = browse("agent").get(BOARD, {"day": day, "department": "x²"})
    assert answer.status_code == 200


def test_the_part_alone_comes_for_htmx_and_keeps_the_day(browse):
    part = text(browse("agent").get(BOARD, {"day": "2026-03-02", "q": "x"}, **HTMX))
    assert "<html" not in part
    assert f'{BOARD}?day=2026-03-02"' in part
