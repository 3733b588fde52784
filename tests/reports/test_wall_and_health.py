"""The wall counts what the dashboard counts; the health page says when nobody watches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from deadlines.models import Deadline, Sweep
from notifications.models import Delivery, Message
from people.models import Letter
from reports.queries.health import health
from servicedesk.lib.now import database_now
from tests.tickets.web.conftest import HTMX

pytestmark = pytest.mark.django_db
WALL, HEALTH = reverse("reports:wall"), reverse("reports:health")


def test_the_wall_has_the_numbers_of_the_dashboard_and_the_ten_nearest(browse, past):
    boss = browse("boss")
    wall = boss.get(WALL).context
    week = boss.get(reverse("reports:dashboard"), {"days": "7"}).context
    assert wall["standing"] == week["standing"]
    assert wall["kept"] == week["figures"].total
    due = [row.ticket.next_due_at for row in wall["nearest"]]
    assert due == sorted(due)
    assert {past["at risk"], past["over"]} <= {row.ticket for row in wall["nearest"]}


def test_the_wall_renews_a_part_of_itself(browse, past):
    boss = browse("boss")
    part = boss.get(WALL, **HTMX).content.decode()
    assert part.lstrip().startswith('<div id="wall"')
    assert 'data-topic="queue"' in part
    assert "<html" in boss.get(WALL).content.decode()


def test_a_managers_wall_is_of_their_department(browse, past):
    shown = browse("manager").get(WALL).context["nearest"]
    assert {row.ticket.department_id for row in shown} == {past["over"].department_id}


def test_nobody_watching_is_said(browse, zhida):
    admin, now = browse("admin"), database_now()
    Sweep.objects.all().delete()
    said = "Nobody is watching the clocks."
    assert said in admin.get(HEALTH).content.decode()
    Sweep.objects.create(worker="one", ran_at=now)
    assert said not in admin.get(HEALTH).content.decode()
    Sweep.objects.update(ran_at=now - timedelta(seconds=61))
    assert said in admin.get(HEALTH).content.decode()


def test_what_is_behind_waits_and_was_late_is_counted(past, zhida):
    now = database_now()
    before = health(now=now, queues={"deadlines": 3})
    assert before.size == Deadline.objects.filter(fired_at=None).count() > 0
    assert [length for _name, length in before.queues] == [3]
    later = now + timedelta(days=30)
    assert health(now=later, queues=None).overdue == before.size
    assert health(now=later, queues=None).queues is None
    Delivery.objects.update(state=Delivery.State.DEAD)
    assert health(now=now, queues=None).dead == Delivery.objects.count() > 0
    assert health(now=now, queues=None).queued == 0
    assert Message.objects.exists()


def test_a_step_that_fired_late_shows_by_how_much(past):
    now = database_now()
    one, two = Deadline.objects.filter(fired_at=None)[:2]
    for row, seconds in ((one, 1), (two, 9)):
        Deadline.objects.filter(pk=row.pk).update(
            fired_at=now, lateness=timedelta(seconds=seconds)
        )
    found = health(now=now, queues=None)
    assert found.fired == 2
    assert found.lateness["max"] == timedelta(seconds=9)
    assert found.lateness["p50"] == timedelta(seconds=5)


def test_who_watches_a_department_has_no_health_page(browse):
    assert browse("manager").get(HEALTH).status_code == 404
    assert browse("boss").get(HEALTH).status_code == 404


def test_letters_about_signing_in_are_counted_too(browse, zhida):
    now = database_now()
    letter = {"kind": "invitation", "language": "en", "created_at": now, "wake_at": now}
    for name, state in (("a", "queued"), ("b", "queued"), ("c", "dead"), ("d", "sent")):
        Letter.objects.create(address=f"{name}@zhida.example", state=state, **letter)
    found = health(now=now, queues=None)
    assert (found.letters_queued, found.letters_dead) == (2, 1)
    page = browse("admin").get(HEALTH).content.decode()
    assert "Sign-in letters waiting" in page
    assert "Sign-in letters given up" in page


def test_workers_that_were_replaced_are_no_news(zhida):
    now = database_now()
    Sweep.objects.all().delete()
    for name, minutes in (("new", 0), ("beside it", 1), ("replaced", 30)):
        Sweep.objects.create(worker=name, ran_at=now - timedelta(minutes=minutes))
    shown = [one.worker for one in health(now=now, queues=None).sweeps]
    assert shown == ["new", "beside it"]
    alone = health(now=now + timedelta(hours=5), queues=None).sweeps
    assert [one.worker for one in alone] == ["new"]
