"""Lists go out as CSV and XLSX: what the filter shows, what the person may see."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from clients import services
from clients.models import Client, Equipment
from tests.world import FOUNDED

pytestmark = pytest.mark.django_db
LISTS = ["list", "sites", "contacts", "projects", "equipment"]


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_goes_out_in_both_formats(zhida, sign_in, name):
    browser = sign_in(zhida, "engineer")
    table = rows_of(browser.get(reverse(f"clients:{name}"), {"export": "csv"}))
    answer = browser.get(reverse(f"clients:{name}"), {"export": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active

    assert [cell.value for cell in sheet[1]] == table[0]
    assert sheet.max_row == len(table)
    assert "attachment" in answer["Content-Disposition"]


def test_the_file_holds_what_the_filter_shows(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    for name in ("银川一中", "银川二中", "School"):
        services.create_client(actor=zhida.actor("admin"), now=FOUNDED, name=name)
    query = {"q": "银川", "export": "csv", "sort": "-name"}
    table = rows_of(browser.get(reverse("clients:list"), query))
    assert [row[0] for row in table[1:]] == ["银川一中", "银川二中"]


def test_a_file_is_written_in_its_own_scope_and_holds_no_other_tenant(world, sign_in):
    browser = sign_in(world.zhida, "admin")
    answer = browser.get(reverse("clients:equipment"), {"export": "csv"})
    serials = [row[2] for row in rows_of(answer)[1:]]  # no scope is open here
    assert serials == [world.zhida.things.equipment.serial_number]


def test_formulas_in_names_are_disarmed(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    Equipment.objects.filter(pk=zhida.equipment.pk).update(
        model="=HYPERLINK(1)", serial_number="+86", location="@x"
    )
    table = rows_of(browser.get(reverse("clients:equipment"), {"export": "csv"}))
    assert {"'=HYPERLINK(1)", "'+86", "'@x"} <= set(table[1])


def test_an_unknown_format_is_not_found_and_clients_get_none(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    for name in LISTS:
        url = reverse(f"clients:{name}")
        assert browser.get(url, {"export": "exe"}).status_code == 404
        theirs = sign_in(zhida, "client_manager")
        assert theirs.get(url, {"export": "csv"}).status_code == 404


def test_a_list_of_thousands_is_streamed_whole(zhida, sign_in):
    browser = sign_in(zhida, "admin")
    Client.objects.bulk_create(
        Client(name=f"C{n:04}", sort_key=f"c{n:04}") for n in range(2500)
    )
    table = rows_of(browser.get(reverse("clients:list"), {"q": "C", "export": "csv"}))
    names = [row[0] for row in table[1:]]
    assert len(set(names)) == len(names) >= 2500
