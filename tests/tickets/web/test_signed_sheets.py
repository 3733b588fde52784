"""Signed sheets in the browser: printed on the page of a work order, filed there or as a pile."""

# ruff: noqa: F811 - arguments of tests are the fixtures that are imported

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import Document, Signature
from tests.tickets.web.test_work_orders import act, order  # noqa: F401 - fixtures
from tests.tickets.work.test_signed_on_paper import address, printed, scanned
from tickets.models import WorkOrder


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sheet(zhida, act, order) -> Document:
    """Printed while the work waits for the customer."""
    for verb in ("accept", "depart", "arrive"):
        act(verb)
    act("finish", outcome="solved", done="Replaced it")
    order.refresh_from_db()
    return printed(zhida, order)


def moment() -> str:
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def test_the_page_offers_the_sheet_and_where_it_is_filed(
    browse,
    act,
    order,
    ticket,
) -> None:
    url = f"/tickets/{ticket.number}/work/1"
    papers = f"/documents/of/work_order/{order.pk}/"
    assert "Signing sheet" not in browse("engineer").get(papers).content.decode()
    for verb in ("accept", "depart", "arrive"):
        act(verb)
    act("finish", outcome="solved", done="Replaced it")
    shown = browse("engineer").get(papers).content.decode()
    assert "Signing sheet" in shown
    assert f"{url}/scan" in shown
    assert "Signing sheet" not in browse("client").get(papers).content.decode()
    assert (
        "Scan or photo of the sheet"
        in browse("engineer").get(f"{url}/scan").content.decode()
    )
    assert browse("client").get(f"{url}/scan").status_code == 404


def test_it_is_filed_on_the_page_of_its_work_order(
    zhida,
    browse,
    act,
    order,
    sheet,
    ticket,
) -> None:
    scan = scanned(address(zhida, sheet))
    answer = act("scan", files=scan, name="Ms Yang", signed_at=moment())
    assert answer["Location"] == f"/tickets/{ticket.number}/work/1"
    order.refresh_from_db()
    assert order.state == WorkOrder.State.SIGNED
    shown = browse("client").get(answer["Location"]).content.decode()
    assert "Signed on paper" in shown
    kept = f"/documents/signatures/{Signature.objects.get().pk}"
    assert kept in shown
    scan.seek(0)
    assert browse("client").get(kept).content == scan.read()


def test_of_a_pile_each_finds_its_own(zhida, browse, order, sheet) -> None:
    data = {"name": "Ms Yang", "signed_at": moment()}
    desk = browse("agent")
    for wrong, said in (
        ({"files": scanned()}, "can&#x27;t be read"),
        ({"files": SimpleUploadedFile("x.pdf", b"no scan")}, "no readable picture"),
        ({"files": scanned(), "number": "ZD-DOC-1", "sheet": 1}, "no sheet to sign"),
        ({}, "This field is required"),
    ):
        answer = desk.post("/tickets/scans", data | wrong)
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Signature.objects.exists()
    scan = scanned(address(zhida, sheet))
    answer = desk.post("/tickets/scans", data | {"files": scan}, follow=True)
    assert f"Filed with {order.number}" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == WorkOrder.State.SIGNED
