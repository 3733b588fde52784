"""Lists as files: Chinese that Excel reads, typed cells, disarmed formulas, own scope."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from servicedesk.lib.export import FORMULA_STARTS, export_response, file_name

OPEN: list[bool] = []


@contextmanager
def scope():
    OPEN.append(True)
    try:
        yield
    finally:
        OPEN.pop()


def export(rows, columns=("A", "B"), **kwargs):
    values = {"name": "清单", "format": "csv", "scope": scope} | kwargs
    return export_response(columns=columns, rows=lambda: rows, **values)


def body(answer):
    return b"".join(answer.streaming_content)


def cells(answer):
    return list(csv.reader(StringIO(body(answer).decode("utf-8-sig"))))


def sheet(answer):
    return load_workbook(BytesIO(body(answer))).active


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def test_csv_begins_with_the_mark_by_which_excel_knows_chinese():
    assert body(export([["银川", "二"]])).startswith(b"\xef\xbb\xbf")
    assert cells(export([["银川", "二"]]))[1] == ["银川", "二"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_formulas_are_text_in_both_formats(start):
    text = f"{start}cmd|' /C calc'!A0"
    assert cells(export([[text, ""]]))[1][0] == f"'{text}"
    assert cells(export([[f" {text}", ""]]))[1][0] == f"' {text}"
    cell = sheet(export([[text, ""]], format="xlsx"))["A2"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\r", "\n")
    assert cell.quotePrefix


def test_a_heading_can_be_no_formula_either():
    assert cells(export([], columns=["=1+1", "B"]))[0][0] == "'=1+1"
    assert (
        sheet(export([], columns=["=1+1", "B"], format="xlsx"))["A1"].data_type == "s"
    )


def test_numbers_stay_numbers_and_text_stays_text(english):
    row = [-7, 2.5, "007", "1e5", True, None, date(2026, 11, 22)]
    assert cells(export([row], columns=list("ABCDEFG")))[1] == [
        "-7",
        "2.5",
        "007",
        "1e5",
        "Yes",
        "",
        "2026-11-22",
    ]
    told = sheet(export([row], columns=list("ABCDEFG"), format="xlsx"))[2]
    assert [cell.data_type for cell in told] == ["n", "n", "s", "s", "s", "n", "d"]


def test_instants_are_written_in_the_zone_of_the_request():
    at = datetime(2026, 11, 22, 6, 5, 9, 123456, tzinfo=UTC)
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        text = export([[at, timedelta(hours=2)]])
        table = export([[at, ""]], format="xlsx")
    assert cells(text)[1] == ["2026-11-22 14:05:09", "120.0"]
    assert sheet(table)["A2"].value == datetime(2026, 11, 22, 14, 5, 9)  # noqa: DTZ001


def test_words_are_written_in_the_language_of_the_request():
    with translation.override("de"):
        answer = export([[gettext_lazy("Yes"), True]])
    with translation.override("en"):
        assert cells(answer)[1] == ["Ja", "Ja"]


def test_rows_are_read_inside_the_scope_and_it_is_closed_afterwards():
    def rows():
        assert OPEN
        yield ["x", "y"]

    for name in ("csv", "xlsx"):
        answer = export_response(
            name="n", columns=["A"], rows=rows, format=name, scope=scope
        )
        assert not OPEN  # the request has ended; nothing was read yet
        body(answer)
        assert not OPEN


@pytest.mark.django_db
def test_the_scope_is_closed_when_the_reader_goes_away():
    answer = export([str(n) * 1000, ""] for n in range(10_000))
    stream = iter(answer.streaming_content)
    for _ in range(3):
        next(stream)
    assert OPEN
    answer.close()
    assert not OPEN


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_characters_that_no_cell_can_hold_do_no_harm(name):
    hostile = ["a\x00b\x07c", "\ud800", "x" * 40_000]
    answer = export([hostile], columns=["A", "B", "C"], format=name)
    assert body(answer)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("客户 2026-11-22", "客户 2026-11-22"),
        ("../../etc/passwd", "etc passwd"),
        ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x"),
        ("...", "export"),
        ("x" * 300, "x" * 100),
    ],
)
def test_file_names_are_harmless(name, clean):
    assert file_name(name) == clean
    header = export([], name=name)["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert "\n" not in header


def test_a_chinese_file_name_goes_out_as_rfc_6266_says():
    header = export([], name="客户")["Content-Disposition"]
    assert header == "attachment; filename*=utf-8''%E5%AE%A2%E6%88%B7.csv"


def test_an_unknown_format_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        export([], format="exe")
