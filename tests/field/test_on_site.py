"""What is recorded on site and signed there: photos, words, parts, hours, signatures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from documents.models import Signature
from documents.rules import canonical, sha256
from servicedesk.lib.now import database_now
from tests.documents.conftest import drawing
from tests.field.conftest import PHOTO, finished, on_site, whole
from tickets.models import (
    Attachment,
    WorkOrder,
)


def test_finishing_with_words_seen_long_ago_leaves_what_others_wrote_since(phone, job):
    on_site(phone, job)
    phone.do(job, "record", done="Replaced", base={"done": ""})
    phone.do(job, "record", done="Replaced and tested", base={"done": "Replaced"})
    seen = {"done": "Replaced"}
    phone.do(job, "finish", outcome="not_solved", done="Replaced", base=seen)
    job.refresh_from_db()
    assert (job.state, job.done) == ("finished", "Replaced and tested")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("photo.jpg", b"<html>no picture</html>", "type_refused"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"x" * 50, "not_an_image"),
        ("notes.txt", b"plain words", "not_an_image"),
        ("photo.jpg", b"", "empty"),
    ],
)
def test_a_photo_that_is_none_is_refused(phone, job, name, data, code):
    on_site(phone, job)
    item = phone.item(job, "photo", values={"stage": "after"})
    answer = phone.post(item, (name, data, "image/jpeg"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Attachment.objects.exists()


def test_a_photo_keeps_the_time_at_which_the_camera_took_it(phone, job):
    on_site(phone, job)
    taken = database_now() - phone.ahead - timedelta(minutes=30)
    phone.do(job, "photo", file=PHOTO, stage="before", taken_at=taken.isoformat())
    photo = Attachment.objects.get(work_order=job)
    assert photo.stage == "before"
    assert photo.taken_at == taken + phone.ahead


def test_the_customer_signs_exactly_what_the_phone_has_shown(phone, job, ticket):
    finished(phone, job)
    shown = phone.job(job.pk)["sheet"]
    digest = sha256(canonical(shown))
    item = phone.item(job, "sign", ago=10, values={"sha256": digest, "name": "Li Na"})
    first = phone.post(item, ("signature.png", drawing(), "image/png"))
    again = phone.post(item, ("signature.png", drawing(), "image/png"))
    assert (first.status_code, again.json()["again"]) == (200, True)
    signature = Signature.objects.get()
    assert (signature.name, str(signature.uid)) == ("Li Na", item["uid"])
    assert abs(
        database_now() - timedelta(minutes=10) - signature.signed_at
    ) < timedelta(seconds=5)
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    phone.do(job, "rate", rating=5)


def test_a_signature_on_what_has_changed_since_is_refused_with_both(phone, job):
    finished(phone, job)
    digest = sha256(canonical(phone.job(job.pk)["sheet"] | {"done": "Nothing"}))
    item = phone.item(job, "sign", values={"sha256": digest, "name": "Li Na"})
    answer = phone.post(item, ("signature.png", drawing(), "image/png"))
    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "changed")
    assert said["job"]["sheet"]["done"] == "Fuse replaced"


def test_a_signature_before_the_end_of_the_work_is_refused(phone, job):
    finished(phone, job)
    digest = sha256(canonical(phone.job(job.pk)["sheet"]))
    item = phone.item(job, "sign", ago=40, values={"sha256": digest, "name": "Li Na"})
    answer = phone.post(item, ("signature.png", drawing(), "image/png"))
    assert answer.json()["code"] == "before_finish"


def test_extra_work_asked_for_without_a_network_is_decided_and_done_by_its_uid(
    phone, job
):
    on_site(phone, job)
    item = phone.item(
        job, "extra", values={"description": "New cable", "price": "120.5"}
    )
    assert phone.post(item).status_code == 200
    of = {"asked_by": item["uid"]}
    phone.do(job, "decide", **of, authorised=True, decided_by="Li Na")
    phone.do(job, "extra_done", **of)
    assert phone.job(job.pk)["sheet"]["extras"] == [
        {
            "description": "New cable",
            "price": "120.50",
            "currency": "CNY",
            "state": "authorised",
            "by": "Li Na",
            "done": True,
        }
    ]


def test_parts_and_hours_stand_as_the_phone_shows_them(phone, job):
    on_site(phone, job)
    now = whole(database_now())
    phone.do(job, "part", name=" Fuse ", quantity=2, part_number="", serial_in="A1")
    phone.do(
        job,
        "time",
        kind="work",
        start=(now - timedelta(minutes=30)).isoformat(),
        end=now.isoformat(),
    )
    sheet = phone.job(job.pk)["sheet"]
    assert sheet["parts"][0]["name"] == "Fuse"
    assert sheet["hours"][0]["until"] == now.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_refusal_by_the_customer_reopens_the_question(phone, job, ticket):
    finished(phone, job)
    phone.do(job, "refuse", ago=5, name="Li Na", reason="The screen is still dark")
    job.refresh_from_db()
    assert job.state == WorkOrder.State.REFUSED
    ticket.refresh_from_db()
    assert ticket.is_working
    phone.do(job, "resume")


def test_a_job_declined_on_site_goes_back_on_the_board(phone, job):
    phone.do(job, "decline", reason="Ill")
    job.refresh_from_db()
    assert job.engineer is None
