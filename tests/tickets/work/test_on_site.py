"""What is recorded on site, and how a work order ends."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from documents.services import signature_state
from servicedesk.lib.errors import Conflict, ServiceError
from tests.tickets.work.conftest import at
from tickets.models import Attachment, TicketClock, WorkOrder, WorkPart
from tickets.models.ticket import State
from tickets.services import work
from tickets.sheets import sheet_content


def picture(name="photo.png"):
    data = BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue())


def test_parts_hours_photos_and_words_are_kept(zhida, on_site):
    me = {"actor": zhida.actor("engineer"), "order": on_site}
    part = work.add_part(**me, now=at(9, 50), name="Power supply", serial_in="PS-2")
    work.add_part(**me, now=at(9, 51), name="Fan", quantity=2)
    work.take_back(**me, now=at(9, 52), row=part)
    work.add_time(**me, now=at(10), start=at(9, 40), end=at(10))
    work.add_photos(**me, now=at(10), files=[picture()], stage="before")
    work.record_work(**me, now=at(10), found="Burnt", advice="Clean the filter")
    work.record_work(**me, now=at(10, 5), done="Replaced the fan")
    on_site.refresh_from_db()
    assert (on_site.found, on_site.done) == ("Burnt", "Replaced the fan")
    standing = WorkPart.objects.standing().values_list("name", "quantity")
    assert list(standing) == [("Fan", 2)]
    assert Attachment.objects.get(work_order=on_site).stage == "before"


def test_a_photo_that_is_no_picture_is_refused_and_none_is_kept(zhida, on_site):
    fake = SimpleUploadedFile("photo.png", b"not a picture at all")
    note = SimpleUploadedFile("note.txt", b"words")
    for files in ([picture(), fake], [note]):
        with pytest.raises(ServiceError):
            work.add_photos(
                actor=zhida.actor("engineer"), now=at(10), order=on_site, files=files
            )
        # As a request would: what a refusal leaves behind is rolled back with it.
    assert not Attachment.objects.filter(work_order=on_site).exists()


def test_nothing_is_recorded_before_the_arrival(zhida, send):
    order = send()
    with pytest.raises(Conflict):
        work.record_work(
            actor=zhida.actor("engineer"), now=at(9, 10), order=order, done="Done"
        )


def test_extra_work_needs_the_customers_word_first(zhida, on_site):
    me = {"actor": zhida.actor("engineer"), "order": on_site}
    extra = work.ask_extra(
        **me, now=at(10), description="New cable", price=Decimal("120.50")
    )
    with pytest.raises(ServiceError) as refused:
        work.do_extra(**me, now=at(10, 1), extra=extra)
    assert refused.value.code == "not_authorised"
    with pytest.raises(ServiceError) as refused:
        work.finish_work(**me, now=at(10, 2), outcome="solved", done="Done")
    assert refused.value.code == "extra_undecided"
    work.decide_extra(
        actor=zhida.actor("client"),
        order=on_site,
        now=at(10, 5),
        extra=extra,
        authorised=True,
    )
    done = work.do_extra(**me, now=at(10, 20), extra=extra)
    assert (done.decided_by, done.done_at) == (zhida.client.user.name, at(10, 20))


def test_a_declined_extra_is_not_done(zhida, on_site):
    me = {"actor": zhida.actor("engineer"), "order": on_site}
    extra = work.ask_extra(**me, now=at(10), description="Paint", price=Decimal(9))
    work.decide_extra(
        **me, now=at(10, 5), extra=extra, authorised=False, decided_by="Ms Yang"
    )
    with pytest.raises(ServiceError):
        work.do_extra(**me, now=at(10, 6), extra=extra)
    with pytest.raises(Conflict):
        work.decide_extra(
            **me, now=at(10, 7), extra=extra, authorised=True, decided_by="Ms Yang"
        )


def test_solved_resolves_the_ticket_at_the_time_it_happened(zhida, on_site, ticket):
    work.finish_work(
        actor=zhida.actor("engineer"),
        now=at(11),
        order=on_site,
        outcome="solved",
        done="Replaced the power supply",
        happened_at=at(10, 30),
        reason="No network in the basement",
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.resolved_at) == (State.RESOLVED, at(10, 30))
    clock = TicketClock.objects.get(ticket=ticket, metric="resolution", counts=True)
    assert (clock.state, clock.finished_at) == ("met", at(10, 30))


def test_not_solved_leaves_the_ticket_open_for_another_round(zhida, on_site, ticket):
    work.finish_work(
        actor=zhida.actor("engineer"),
        now=at(10),
        order=on_site,
        outcome="not_solved",
        done="The spare part does not fit",
    )
    ticket.refresh_from_db()
    assert ticket.state == State.IN_PROGRESS


def test_a_refused_signature_reopens_the_question_instead_of_closing(
    zhida, on_site, ticket
):
    me = {"actor": zhida.actor("engineer"), "order": on_site}
    work.finish_work(**me, now=at(10), outcome="solved", done="Replaced it")
    hand = work.Hand(name="Ms Yang", signed_at=at(10, 10))
    work.refuse_work(**me, now=at(10, 10), reason="Still flickers", hand=hand)
    ticket.refresh_from_db()
    assert (ticket.state, on_site.state) == (
        State.IN_PROGRESS,
        WorkOrder.State.REFUSED,
    )
    work.resume_work(**me, now=at(10, 12))
    assert (on_site.state, on_site.outcome) == (WorkOrder.State.ARRIVED, "")


def drawing():
    data, image = BytesIO(), Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    for x in range(20, 280):
        image.putpixel((x, 60), (0, 0, 0, 255))
    image.save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def finished(zhida, on_site):
    me = {"actor": zhida.actor("engineer"), "order": on_site}
    work.add_part(**me, now=at(9, 50), name="Power supply", serial_in="PS-2")
    work.add_time(**me, now=at(10), start=at(9, 40), end=at(10))
    return work.finish_work(**me, now=at(10), outcome="solved", done="Replaced it")


HAND = work.Hand(name="Ms Yang", signed_at=at(10, 5))


def test_the_customers_signature_ends_the_work_and_closes_the_ticket(
    zhida, finished, ticket
):
    me = {"actor": zhida.actor("engineer"), "order": finished}
    sheet = work.shown_sheet(finished, actor=me["actor"], now=at(10, 4))
    work.sign_work(**me, now=at(10, 6), sha256=sheet.sha256, image=drawing(), hand=HAND)
    ticket.refresh_from_db()
    assert (finished.state, finished.signed_at) == (WorkOrder.State.SIGNED, at(10, 5))
    assert ticket.state == State.CLOSED
    standing = signature_state(subject_kind="work_order", subject_id=finished.pk)
    assert (standing.state, standing.signature.name) == ("signed", "Ms Yang")


def test_a_signature_holds_for_exactly_what_was_shown(zhida, finished, ticket):
    me = {"actor": zhida.actor("engineer"), "order": finished}
    sheet = work.shown_sheet(finished, actor=me["actor"], now=at(10, 4))
    WorkPart.objects.update(serial_in="PS-3")  # whatever changes it
    with pytest.raises(Conflict) as refused:
        work.sign_work(
            **me, now=at(10, 6), sha256=sheet.sha256, image=drawing(), hand=HAND
        )
    assert refused.value.code == "changed"
    finished.refresh_from_db()
    assert finished.state == WorkOrder.State.FINISHED


def test_the_sheet_says_everything_in_its_canonical_form(zhida, finished):
    content = sheet_content(finished)
    assert content == {
        "kind": "work_order",
        "number": finished.number,
        "title": "The control room is dark",
        "client": "Water works of zhida",
        "engineer": "Engineer of zhida",
        "purpose": "Look at the power supply",
        "departed_at": "2026-03-02T09:10:00Z",
        "arrived_at": "2026-03-02T09:40:00Z",
        "finished_at": "2026-03-02T10:00:00Z",
        "found": "",
        "done": "Replaced it",
        "advice": "",
        "outcome": "solved",
        "parts": [
            {
                "name": "Power supply",
                "part_number": "",
                "quantity": 1,
                "serial_in": "PS-2",
                "serial_out": "",
            }
        ],
        "hours": [
            {
                "person": "Engineer of zhida",
                "kind": "work",
                "from": "2026-03-02T09:40:00Z",
                "until": "2026-03-02T10:00:00Z",
            }
        ],
        "extras": [],
        "photos": [],
    }


def test_an_end_before_the_beginning_is_refused(zhida, on_site):
    with pytest.raises(ServiceError) as refused:
        work.finish_work(
            actor=zhida.actor("engineer"),
            now=at(10),
            order=on_site,
            outcome="solved",
            done="Done",
            happened_at=at(9, 30),
            reason="slip",
        )
    assert refused.value.code == "before_arrival"


def test_the_customer_rates_it_once_it_is_finished(zhida, on_site):
    customer = {"actor": zhida.actor("client"), "order": on_site}
    with pytest.raises(Conflict):
        work.rate_work(**customer, now=at(10), rating=5)
    work.finish_work(
        actor=zhida.actor("engineer"),
        now=at(10),
        order=on_site,
        outcome="solved",
        done="Done",
    )
    work.rate_work(**customer, now=at(10, 30), rating=4, words="Quick")
    assert (on_site.rating, on_site.rating_words) == (4, "Quick")
    with pytest.raises(ServiceError):
        work.rate_work(**customer, now=at(10, 31), rating=6)


def test_client_and_neighbours_see_what_they_may(zhida, on_site):
    def seen(name):
        return WorkOrder.objects.visible_to(zhida.actor(name)).count()

    assert [seen(name) for name in ("client", "client_manager", "engineer")] == [1] * 3
    assert [seen(name) for name in ("peer", "rival", "elsewhere")] == [0] * 3
