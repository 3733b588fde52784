"""What a phone sends arrives once, at the time it happened; or is refused and changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from servicedesk.lib.now import database_now
from tests.field.conftest import PHOTO, on_site, whole
from tickets.models import (
    Attachment,
    Checklist,
    FieldItem,
    TicketClock,
    TicketEvent,
    WorkOrder,
    WorkPart,
)
from tickets.services import work


def test_the_day_has_the_jobs_with_everything_that_is_needed_on_site(phone, job):
    day = phone.day()
    assert day["me"]["pk"] == phone.member
    found = day["jobs"][0]
    assert found["number"] == job.number
    assert found["sheet"]["client"] == job.ticket.client.name
    assert found["device"]["serial"] == job.ticket.equipment.serial_number
    assert {clock["metric"] for clock in found["clocks"]} >= {"arrival", "resolution"}
    assert [device["serial"] for device in day["devices"]] == ["SN-zhida-1"]
    assert day["rules"]["next"]["assigned"] == ["accept", "accept"]


def test_a_colleagues_jobs_and_another_tenants_are_not_in_the_day(zhida, job, sign_in):
    assert sign_in(zhida, "colleague").get("/field/day").json()["jobs"] == []


def test_the_cost_of_a_day_does_not_grow_with_its_jobs(
    zhida, phone, job, django_assert_max_num_queries
):
    for _ in range(4):
        work.dispatch(
            actor=zhida.actor("agent"),
            now=database_now(),
            ticket=job.ticket,
            purpose="Again",
            engineer=zhida.engineer,
        )
    with django_assert_max_num_queries(20):
        assert len(phone.day()["jobs"]) == 5


def test_what_happened_hours_ago_counts_from_then_whatever_the_phones_clock(
    phone, job, ticket
):
    on_site(phone, job)
    job.refresh_from_db()
    now = database_now()
    assert abs(now - timedelta(minutes=60) - job.arrived_at) < timedelta(seconds=5)
    resolution = TicketClock.objects.get(
        ticket=ticket, metric="resolution", counts=True
    )
    assert resolution.due_at == job.arrived_at + timedelta(hours=2)
    arrival = TicketEvent.objects.get(ticket=ticket, kind="arrived")
    assert arrival.data["time_reason"] == "Recorded on the phone without a network."
    row = FieldItem.objects.get(verb="arrive")
    assert (row.ahead_ms, row.by_hand) == (40 * 60_000, False)
    assert row.happened_at == whole(row.device_at + phone.ahead)


def test_sent_twice_it_is_done_once_and_answered_the_same(phone, job):
    on_site(phone, job)
    item = phone.item(job, "photo", values={"stage": "after"})
    first = phone.post(item, PHOTO).json()
    later = item | {"sent_at": phone.item(job, "photo")["sent_at"]}
    second = phone.post(later, PHOTO).json()
    assert (first["again"], second["again"]) == (False, True)
    assert first["made"] == second["made"]
    assert Attachment.objects.filter(work_order=job).count() == 1
    assert phone.job(job.pk)["uids"].count(item["uid"]) == 1


def test_another_act_under_the_same_uid_is_refused(phone, job):
    item = phone.item(job, "accept")
    assert phone.post(item).status_code == 200
    other = phone.post(item | {"verb": "depart"})
    assert (other.status_code, other.json()["code"]) == (409, "uid_reused")


def test_what_has_arrived_has_arrived_though_the_job_was_given_away_since(
    zhida, phone, job, monkeypatch
):
    item = phone.item(job, "accept")
    phone.post(item)
    monkeypatch.setattr(
        "tickets.views.field.orders_visible_to",
        lambda _actor: WorkOrder.objects.none(),
    )
    again = phone.post(item)
    assert (again.status_code, again.json()["again"]) == (200, True)
    fresh = phone.post(phone.item(job, "depart"))
    assert (fresh.status_code, fresh.json()["code"]) == (404, "not_found")


def test_the_acts_of_somebody_else_are_not_sent_as_ones_own(zhida, phone, job):
    item = phone.item(job, "accept") | {"member": zhida.colleague.pk}
    answer = phone.post(item)
    assert (answer.status_code, answer.json()["code"]) == (409, "another_person")
    job.refresh_from_db()
    assert job.state == WorkOrder.State.ASSIGNED


def test_a_job_of_another_tenant_is_not_there(world, phone, job):
    item = phone.item(job, "accept") | {"order": 987_654_321}
    assert phone.post(item).status_code == 404


def test_steps_come_in_their_order(phone, job):
    answer = phone.post(phone.item(job, "arrive"))
    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "state_does_not_allow")
    assert said["job"]["state"] == "assigned"
    assert not FieldItem.objects.exists()


@pytest.mark.parametrize(
    ("ago", "code"),
    [(-10, "in_the_future"), (60 * 4, "before_received")],
)
def test_an_impossible_time_is_refused_in_words(phone, job, ago, code):
    answer = phone.post(phone.item(job, "accept", ago=ago))
    said = answer.json()
    assert (answer.status_code, said["code"]) == (422, code)
    assert said["message"]
    assert said["field"] == "happened_at"


def test_a_phone_whose_clock_was_set_in_between_asks_for_the_time(phone, job):
    item = phone.item(job, "accept", ago=30)
    item["ahead_ms"] -= 3_600_000  # measured before somebody set the clock
    answer = phone.post(item)
    assert (answer.status_code, answer.json()["code"]) == (422, "clock_changed")
    at = whole(database_now() - timedelta(minutes=20))
    mended = item | {"entered_at": at.isoformat(), "reason": "As I wrote it down"}
    assert phone.post(mended).status_code == 200
    job.refresh_from_db()
    assert job.accepted_at == at
    assert FieldItem.objects.get().by_hand


def test_two_phones_that_wrote_different_things_keep_both_until_it_is_decided(
    phone, job
):
    on_site(phone, job)
    base = {"found": "", "done": ""}
    phone.do(job, "record", found="A burnt fuse", base=base)
    other = phone.item(
        job,
        "record",
        values={"found": "A loose cable", "done": "Fastened", "base": base},
    )
    answer = phone.post(other)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "differs")
    assert said["theirs"] == {"found": "A burnt fuse"}
    job.refresh_from_db()
    assert (job.found, job.done) == ("A burnt fuse", "")
    other["values"] |= {
        "found": "A burnt fuse\nA loose cable",
        "base": {"found": "A burnt fuse", "done": ""},
    }
    assert phone.post(other).status_code == 200
    job.refresh_from_db()
    assert (job.found, job.done) == ("A burnt fuse\nA loose cable", "Fastened")


def test_words_that_only_one_phone_changed_are_joined_without_a_question(phone, job):
    on_site(phone, job)
    phone.do(job, "record", found="A burnt fuse", base={"found": ""})
    phone.do(job, "record", done="Replaced", base={"done": ""})
    job.refresh_from_db()
    assert (job.found, job.done) == ("A burnt fuse", "Replaced")


def test_a_tick_of_the_checklist_has_the_time_it_was_made(phone, zhida, ticket):
    Checklist.objects.create(name="All", items=[{"text": "Badge", "required": True}])
    job = work.dispatch(
        actor=zhida.actor("agent"),
        now=database_now() - timedelta(hours=2),
        ticket=ticket,
        purpose="Look",
        engineer=zhida.engineer,
    )
    phone.do(job, "accept", ago=60)
    refused = phone.post(phone.item(job, "depart", ago=50))
    assert refused.json()["code"] == "not_prepared"
    phone.do(job, "check", ago=55, item=0, done=True)
    phone.do(job, "depart", ago=50)
    job.refresh_from_db()
    assert (
        job.checklist[0]["done_at"]
        < (database_now() - timedelta(minutes=54)).isoformat()
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "[" * 30_000,
        '{"uid": 1}',
        json.dumps({"verb": "\ud800"}),
    ],
)
def test_what_can_t_be_read_is_refused(phone, job, text):
    answer = phone.browser.post("/field/items", {"item": text})
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


@pytest.mark.parametrize(
    "changes",
    [
        {"verb": "cancel"},
        {"at": "9999-12-31T23:59:59Z"},
        {"at": "2026-03-02T09:00:00"},
        {"ahead_ms": 10**15},
        {"ahead_ms": "x"},
        {"order": 2**70},
        {"values": {"item": 0, "done": "yes"}, "verb": "check"},
        {"values": {"found": "x", "base": [1]}, "verb": "record"},
        {"values": {"found": "x\u0000", "base": {}}, "verb": "record"},
        {"values": "no", "verb": "part"},
    ],
)
def test_an_act_of_the_wrong_shape_is_refused(phone, job, changes):
    answer = phone.post(phone.item(job, "accept") | changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert not FieldItem.objects.exists()


def test_without_the_key_against_forgery_nothing_is_taken(zhida, phone, job):
    browser = Client(
        enforce_csrf_checks=True, SERVER_NAME=zhida.host, HTTP_HOST=zhida.host
    )
    browser.cookies = phone.browser.cookies
    item = {"item": json.dumps(phone.item(job, "accept"))}
    assert browser.post("/field/items", item).status_code == 403
    key = browser.get("/field/day").json()["csrf"]
    done = browser.post("/field/items", item, headers={"X-CSRFToken": key})
    assert done.status_code == 200


def test_a_client_has_no_such_app(zhida, sign_in, job):
    client = sign_in(zhida, "client")
    assert client.get("/field/").status_code == 404
    assert client.get("/field/day").status_code == 404


def test_sent_three_times_a_part_is_used_once(phone, job):
    item = phone.item(job, "part", values={"name": "Fuse", "quantity": 1})
    on_site(phone, job)
    for _ in range(3):
        assert phone.post(item).status_code == 200
    assert WorkPart.objects.filter(work_order=job).count() == 1


def test_signing_out_leaves_what_was_not_sent(phone):
    answer = phone.browser.post("/accounts/logout/", {"unsent": "2"})
    assert "Clear-Site-Data" not in answer


def test_a_phone_is_a_phone_of_one_company_only(world, phone, job):
    other = phone.browser.get("/field/day", headers={"host": world.other.host})
    assert other.status_code == 302


def test_nothing_that_arrived_can_be_changed(phone, job):
    phone.do(job, "accept")
    with pytest.raises(DatabaseError), transaction.atomic():
        FieldItem.objects.update(verb="depart")


def test_a_miss_that_the_phone_takes_back_is_withdrawn_with_its_trail(
    zhida, phone, job, ticket
):
    """Arrived in time, without a network: the clock says so once it has arrived here."""
    phone.do(job, "accept", ago=168)
    phone.do(job, "depart", ago=165)
    now = database_now()
    due = TicketClock.objects.get(ticket=ticket, metric="arrival", counts=True).due_at
    assert due < now  # missed by now, as far as anybody knew
    phone.do(job, "arrive", ago=140)
    clock = TicketClock.objects.get(ticket=ticket, metric="arrival", counts=True)
    assert (clock.state, clock.finished_at) == (
        "met",
        FieldItem.objects.get(verb="arrive").happened_at,
    )
