"""Lists as files: CSV that Excel opens with its Chinese intact, and XLSX.

Cells are typed: text stays text ("007", "+86 951"), numbers and times are numbers and
times. Text that a spreadsheet would run as a formula is neutralised.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final, cast

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

#: What a list may be asked for as, and the content type of the answer.
FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What starts a formula: also full-width forms, which Excel takes in a Chinese locale.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CELL_LIMIT: Final = 32_767  # characters that Excel takes in one cell
SHEET_LIMIT: Final = 1_048_575  # rows that Excel takes beside the heading
CHUNK: Final = 64 * 1024

Row = Sequence[Any]
Scope = Callable[[], AbstractContextManager[Any]]


def export_response(
    *,
    name: str,
    columns: Sequence[Any],
    rows: Callable[[], Iterable[Row]],
    format: str,  # noqa: A002 - the word on the wire
    scope: Scope,
) -> StreamingHttpResponse:
    """A list as a downloaded file, streamed row by row.

    The answer is sent after the request's transaction has ended, so it opens a ``scope`` of
    its own (``partial(tenant_scope, actor.tenant_id)``) and calls ``rows`` inside it, in the
    language and time zone of the request. ``rows`` yields one value per column; querysets in
    it should use ``iterator()``. ``name`` is the file name without its ending. Raises
    KeyError for a format that is not in :data:`FORMATS`.
    """
    content_type = FORMATS[format]
    surroundings = _surroundings(scope)
    headings = [str(column) for column in columns]
    stream = _csv if format == "csv" else _xlsx
    response = StreamingHttpResponse(
        stream(headings, rows, surroundings), content_type=content_type
    )
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{file_name(name)}.{format}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_name(name: str) -> str:
    """A name that no file system or header takes amiss."""
    clean = re.sub(r'[\x00-\x20\x7f<>:"/\\|?*]+', " ", name).strip(" .")
    return clean[:100] or "export"


def safe_text(value: str) -> str:
    """Text that a spreadsheet reads as text: a leading apostrophe disarms a formula."""
    if value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _surroundings(scope: Scope) -> Scope:
    language = translation.get_language() or "en"
    zone = timezone.get_current_timezone()

    @contextmanager
    def surroundings() -> Iterator[None]:
        with scope(), translation.override(language), timezone.override(zone):
            yield

    return surroundings


class _Line:
    """What ``csv.writer`` writes to; hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(
    headings: list[str], rows: Callable[[], Iterable[Row]], surroundings: Scope
) -> Iterator[bytes]:
    writer = csv.writer(cast("Any", _Line()))
    yield b"\xef\xbb\xbf"  # without it Excel reads Chinese as Latin-1
    yield writer.writerow([safe_text(heading) for heading in headings]).encode()
    with surroundings():
        zone = timezone.get_current_timezone()
        buffer = bytearray()
        for row in rows():
            cells = [_csv_cell(plain(value, zone)) for value in row]
            buffer += writer.writerow(cells).encode("utf-8", "replace")
            if len(buffer) >= CHUNK:
                yield bytes(buffer)
                buffer.clear()
        yield bytes(buffer)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value


def _xlsx(
    headings: list[str], rows: Callable[[], Iterable[Row]], surroundings: Scope
) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.freeze_panes = "A2"
        for index, heading in enumerate(headings):
            column = chr(ord("A") + index) if index < 26 else None
            if column:
                sheet.column_dimensions[column].width = max(12, 2 * len(heading) + 4)
        sheet.append([_text_cell(sheet, heading, bold=True) for heading in headings])
        with surroundings():
            zone = timezone.get_current_timezone()
            for number, row in enumerate(rows()):
                if number == SHEET_LIMIT:
                    break
                sheet.append([_xlsx_cell(sheet, plain(v, zone)) for v in row])
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if value == "":
        return None
    return _text_cell(sheet, value) if isinstance(value, str) else value


def _text_cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL_LIMIT]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # never a formula, whatever it starts with
    if text.startswith(FORMULA_STARTS):
        cell.quotePrefix = True  # nor after somebody has edited it
    if bold:
        cell.font = Font(bold=True)
    return cell


def plain(value: Any, zone: tzinfo) -> Any:
    """A value as a spreadsheet knows it: text, number, date, local time, or nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        local = value.astimezone(zone) if value.tzinfo else value
        return local.replace(tzinfo=None, microsecond=0)
    if isinstance(value, timedelta):
        return round(value.total_seconds() / 60, 1)  # minutes
    if isinstance(value, (int, float, Decimal, date, time)):
        return value
    return str(value)
