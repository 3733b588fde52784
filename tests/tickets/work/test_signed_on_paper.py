"""Customers who sign on paper: the sheet that is printed, and the scan that comes back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from PIL import Image

from documents.models import Document, Signature
from documents.press import Press
from documents.registry import paper_of
from documents.rules import read
from documents.scans import BadScan, codes_of
from documents.services import request_document, signature_state
from documents.services.printing import print_once
from people.links import absolute
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from servicedesk.lib.vault import keep, read_kept
from tests.documents.conftest import same_connection  # noqa: F401 - a fixture
from tests.tickets.work.conftest import at
from tests.world import House, World
from tickets.kinds import PaperName
from tickets.models import Ticket, TicketEvent, WorkOrder
from tickets.models.ticket import State
from tickets.services import work

A4 = (1240, 1754)  # 150 to the inch


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A place for files; words in English, whatever an earlier test has left."""
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def finished(zhida: House, on_site: WorkOrder) -> WorkOrder:
    me: dict[str, Any] = {"actor": zhida.actor("engineer"), "order": on_site}
    work.add_part(**me, now=at(9, 50), name="Power supply", serial_in="PS-2")
    work.add_time(**me, now=at(10), start=at(9, 40), end=at(10))
    return work.finish_work(**me, now=at(10), outcome="solved", done="Replaced it")


def printed(
    house: House, order: WorkOrder, *, version: int = 1, **more: Any
) -> Document:
    """The sheet of a work order as it stands, as if it had been printed."""
    sheet = work.shown_sheet(order, actor=house.actor("engineer"), now=at(10, 1))
    file = keep(b"%PDF-1.7", tenant_id=house.tenant.pk)
    Document.objects.filter(subject_id=order.pk, is_current=True).update(
        is_current=False
    )
    return Document.objects.create(
        **{
            "kind": PaperName.SHEET,
            "subject_kind": "work_order",
            "subject_id": order.pk,
            "language": "en",
            "number": f"ZD-DOC-2026-{order.pk:06d}",
            "version": version,
            "state": "ready",
            "is_current": True,
            "token": f"t{version}-{order.pk}".ljust(22, "x"),
            "sheet": sheet,
            "stored": file.stored,
            "sha256": file.sha256,
            "size": file.size,
            "pages": 1,
            "requested_at": at(10, 1),
            "made_at": at(10, 1),
            "wake_at": at(10, 1),
        }
        | more
    )


def scanned(*addresses: str, turned: float = 0, side: int = 150) -> SimpleUploadedFile:
    """A photo of a sheet with these codes on it."""
    sheet = Image.new("L", A4, 244)
    for place, address in enumerate(addresses):
        target = io.BytesIO()
        segno.make(address, error="m", micro=False).save(
            target, kind="png", border=4, scale=8
        )
        code = Image.open(target).convert("L").resize((side, side))
        sheet.paste(code, (80 + 300 * place, 1500))
    sheet = sheet.rotate(turned, fillcolor=128)
    data = io.BytesIO()
    sheet.save(data, "JPEG", quality=60)
    return SimpleUploadedFile("scan.jpg", data.getvalue(), "image/jpeg")


def address(house: House, paper: Document) -> str:
    return absolute(house.tenant, "check:paper", paper.token)


@pytest.fixture
def back(zhida: House) -> Callable[..., WorkOrder]:
    """Files a scan at 11:00, signed at 10:30 by Ms Yang."""

    def file(scan: SimpleUploadedFile, **more: Any) -> WorkOrder:
        given: dict[str, Any] = {
            "actor": zhida.actor("engineer"),
            "now": at(11),
            "name": "Ms Yang",
            "signed_at": at(10, 30),
        }
        return work.file_scan(files=[scan], **(given | more))

    return file


def refusal(call: Callable[..., Any], *args: Any, **more: Any) -> str:
    with pytest.raises(ServiceError) as refused:
        call(*args, **more)
    return refused.value.code


def test_a_scan_finds_its_work_order_and_counts_as_the_signature(
    zhida: House, finished: WorkOrder, ticket: Ticket, back: Any
) -> None:
    paper = printed(zhida, finished)
    scan = scanned(address(zhida, paper), turned=7)
    found = back(scan)
    assert found.pk == finished.pk
    assert (found.state, found.signed_at) == (WorkOrder.State.SIGNED, at(10, 30))
    standing = signature_state(subject_kind="work_order", subject_id=found.pk)
    signature = standing.signature
    assert (standing.state, signature.how, signature.name) == (
        "signed",
        Signature.How.PAPER,
        "Ms Yang",
    )
    assert signature.sheet_id == paper.sheet_id
    assert (signature.signed_at, signature.recorded_at) == (at(10, 30), at(11))
    scan.seek(0)
    assert read_kept(signature.stored) == scan.read(), "the evidence is kept as it came"
    ticket.refresh_from_db()
    assert ticket.state == State.CLOSED
    event = TicketEvent.objects.get(ticket=ticket, kind="work_signed")
    assert (event.data["how"], event.happened_at) == ("paper", at(10, 30))


def test_the_scan_of_another_work_orders_sheet_is_refused(
    zhida: House, finished: WorkOrder, send: Any, back: Any
) -> None:
    other = WorkOrder.objects.create(
        ticket=finished.ticket,
        ordinal=9,
        kind="visit",
        state="finished",
        purpose="Another",
        engineer=zhida.engineer,
        arrived_at=at(9, 41),
        finished_at=at(9, 59),
        outcome="solved",
        created_at=at(9, 5),
        updated_at=at(9, 59),
    )
    scan = scanned(address(zhida, printed(zhida, other)))
    assert refusal(back, scan, order=finished) == "other_sheet"
    assert not Signature.objects.exists()


def test_a_changed_work_order_needs_a_new_sheet_and_a_new_signature(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    old = printed(zhida, finished)
    finished.parts.update(serial_in="PS-3")
    with pytest.raises(Conflict) as refused:
        back(scanned(address(zhida, old)))
    assert refused.value.code == "sheet_outdated"
    assert "version 1" in str(refused.value.message)
    finished.refresh_from_db()
    assert finished.state == WorkOrder.State.FINISHED
    new = printed(zhida, finished, version=2)
    assert new.sheet_id != old.sheet_id
    assert back(scanned(address(zhida, new))).state == WorkOrder.State.SIGNED


def test_a_reprint_of_the_same_text_does_not_make_the_first_sheet_void(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    first = printed(zhida, finished)
    printed(zhida, finished, version=2)  # with another logo, say
    assert back(scanned(address(zhida, first))).state == WorkOrder.State.SIGNED


def test_the_sheet_of_another_company_is_none_of_ours(
    world: World, zhida: House, finished: WorkOrder, back: Any
) -> None:
    stranger = absolute(world.other.tenant, "check:paper", "y" * 22)
    assert refusal(back, scanned(stranger)) == "not_ours"


def test_who_may_not_see_the_work_order_learns_nothing(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    scan = scanned(address(zhida, printed(zhida, finished)))
    assert refusal(back, scan, actor=zhida.actor("elsewhere")) == "not_ours"
    with pytest.raises(NotPermitted):
        back(scan, actor=zhida.actor("client"))


def test_the_code_of_another_kind_of_paper_is_told(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    paper = printed(zhida, finished, kind=PaperName.WORK_ORDER)
    assert refusal(back, scanned(address(zhida, paper))) == "other_paper"


def test_several_sheets_in_one_scan_are_refused(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    first, second = printed(zhida, finished), printed(zhida, finished, version=2)
    scan = scanned(address(zhida, first), address(zhida, second))
    assert refusal(back, scan) == "several_papers"


def test_a_foreign_code_beside_ours_does_not_matter(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    paper = printed(zhida, finished)
    scan = scanned("https://example.com/device/7", address(zhida, paper))
    assert back(scan).state == WorkOrder.State.SIGNED


def test_where_the_code_can_t_be_read_number_and_version_say_which_sheet(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    paper = printed(zhida, finished)
    blank = scanned
    assert refusal(back, blank()) == "code_unreadable"
    assert refusal(back, blank(), number=paper.number, sheet=2) == "number_unknown"
    assert refusal(back, blank(), number="ZD-DOC-2026-9", sheet=1) == "number_unknown"
    by_hand = back(blank(), number=f" {paper.number.lower()}", sheet=1)
    assert by_hand.state == WorkOrder.State.SIGNED


def test_a_number_that_contradicts_the_code_is_refused(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    first, second = printed(zhida, finished), printed(zhida, finished, version=2)
    scan = scanned(address(zhida, first))
    said = refusal(back, scan, number=second.number, sheet=2)
    assert said == "contradiction"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not a picture at all", "not_a_picture"),
        (b"", "not_a_picture"),
        (b"%PDF-1.7 torn", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not_a_picture"),
    ],
)
def test_what_is_no_scan_is_refused(
    zhida: House, finished: WorkOrder, back: Any, data: bytes, code: str
) -> None:
    printed(zhida, finished)
    assert refusal(back, SimpleUploadedFile("scan.pdf", data)) == code
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("when", "code"), [(at(9, 59), "before_sheet"), (at(11, 3), "in_the_future")]
)
def test_nobody_signs_before_the_sheet_was_made_or_in_the_future(
    zhida: House, finished: WorkOrder, back: Any, when: Any, code: str
) -> None:
    scan = scanned(address(zhida, printed(zhida, finished)))
    assert refusal(back, scan, signed_at=when) == code


def test_one_sheet_is_filed_once(zhida: House, finished: WorkOrder, back: Any) -> None:
    paper = printed(zhida, finished)
    back(scanned(address(zhida, paper)))
    again = refusal(back, scanned(address(zhida, paper)))
    assert again == "state_does_not_allow"
    assert Signature.objects.count() == 1


# -- the paper -------------------------------------------------------------------------------------


def compose(house: House, order: WorkOrder, language: str = "en") -> Any:
    with translation.override(language), timezone.override(house.tenant.zone):
        return paper_of(PaperName.SHEET).compose(
            tenant=house.tenant, subject_id=order.pk, language=language, now=at(10, 1)
        )


def test_the_sheet_says_what_is_signed_and_nothing_else(
    zhida: House, finished: WorkOrder
) -> None:
    composed = compose(zhida, finished)
    sheet = work.shown_sheet(finished, actor=zhida.actor("engineer"), now=at(10, 2))
    assert composed.sheet_id == sheet.pk
    assert composed.context["sha256"] == sheet.sha256
    content, said = read(sheet.content), composed.context["order"]
    assert composed.context["lead"] == content["title"]
    assert ["Work done", content["done"]] in said["words"]
    assert ["Arrived or begun", "2026-03-02 17:40"] in said["facts"]
    assert said["parts"] == [["Power supply", "", "1", "PS-2", ""]]
    assert said["total"] == "20 min"


def test_it_is_printed_only_while_the_work_waits_for_the_signature(
    zhida: House, on_site: WorkOrder, ticket: Ticket
) -> None:
    me = zhida.actor("engineer")
    wanted: dict[str, Any] = {
        "kind": PaperName.SHEET,
        "subject_id": on_site.pk,
        "language": "en",
    }
    with pytest.raises(NotPermitted):
        request_document(**wanted, actor=me, now=at(9, 50))
    work.finish_work(
        actor=me, now=at(10), order=on_site, outcome="solved", done="Replaced it"
    )
    assert request_document(**wanted, actor=me, now=at(10, 1)).state == "queued"
    with pytest.raises(NotPermitted):
        request_document(**wanted, actor=zhida.actor("client"), now=at(10, 2))


@pytest.mark.usefixtures("same_connection")
def test_what_the_press_prints_comes_back_as_the_same_sheet(
    zhida: House, finished: WorkOrder, back: Any
) -> None:
    me = zhida.actor("engineer")
    asked = request_document(
        kind=PaperName.SHEET,
        subject_id=finished.pk,
        language="zh-hans",
        actor=me,
        now=at(10, 1),
    )
    press = Press()
    try:
        assert print_once(now=at(10, 1), with_press=press)
    finally:
        press.close()
    paper = Document.objects.get(pk=asked.pk)
    assert paper.state == "ready", paper.last_error
    pdf = read_kept(paper.stored)
    assert codes_of(pdf, "application/pdf") == [address(zhida, paper)]
    scan = SimpleUploadedFile("scan.pdf", pdf, "application/pdf")
    assert back(scan, order=finished).state == WorkOrder.State.SIGNED


def test_a_scan_that_would_take_too_much_is_not_opened() -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    with pytest.raises(BadScan):
        codes_of(bomb.getvalue(), "image/png")
