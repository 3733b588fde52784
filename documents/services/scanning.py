"""A scanned paper finds its way back to what was printed, by the QR code on it."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from documents.models import Document
from documents.registry import paper_title
from documents.scans import BadScan, codes_of
from documents.services.signing import sniff_scan
from servicedesk.lib.errors import ServiceError

#: The address in our QR codes, whatever the host was called when it was printed.
CHECK: Final = re.compile(r"https?://[^/]+/check/([A-Za-z0-9_-]{16,32})")


def scanned_paper(
    scan: bytes, *, kind: str, number: str = "", version: int | None = None
) -> Document:
    """The paper of a kind that a scan shows: by its QR code, else by number and version.

    Raises ServiceError ``not_a_picture``, ``too_large`` or ``broken`` of the file; ``code_unreadable``
    where nobody says which it is; ``several_papers``, ``not_ours``, ``other_paper``,
    ``contradiction`` for what the code says; ``number_unknown``.
    """
    media_type = sniff_scan(scan)
    try:
        codes = codes_of(scan, media_type)
    except BadScan as error:
        message = _("This file can't be opened. Scan the sheet again.")
        raise _refused("broken", message) from error
    tokens = {match[1] for text in codes if (match := CHECK.match(text))}
    if len(tokens) > 1:
        raise _refused(
            "several_papers",
            _("There are several sheets on this scan. Scan each by itself."),
        )
    named = _named(kind, number, version) if number.strip() else None
    if not tokens:
        return named or _unreadable()
    found = _coded(tokens.pop(), kind)
    if named is not None and named.pk != found.pk:
        raise _refused(
            "contradiction",
            _("The code on the scan is that of %(number)s, version %(version)s.")
            % {"number": found.number, "version": found.version},
            field="number",
        )
    return found


def _coded(token: str, kind: str) -> Document:
    found = Document.objects.ready().filter(token=token).first()
    if found is None:
        raise not_ours()
    if found.kind != kind:
        raise _refused(
            "other_paper",
            _("The code is that of another document: %(title)s %(number)s.")
            % {"title": paper_title(found.kind), "number": found.number},
        )
    return found


def not_ours() -> ServiceError:
    """The refusal of a sheet of another company, and of one that may not be seen."""
    return _refused(
        "not_ours", _("The code on the scan belongs to no sheet that you can file.")
    )


def _named(kind: str, number: str, version: int | None) -> Document:
    rows = Document.objects.ready().filter(kind=kind, number=number.strip().upper())
    found = rows.filter(version=version or 0).first()
    if found is None:
        raise _refused(
            "number_unknown",
            _("There is no sheet to sign with this number and version."),
            field="number",
        )
    return found


def _unreadable() -> Document:
    raise _refused(
        "code_unreadable",
        _(
            "The code on the scan can't be read. Enter number and version: they stand at the"
            " foot of the sheet."
        ),
        field="number",
    )


def _refused(code: str, message: str, *, field: str = "files") -> ServiceError:
    return ServiceError(code, message, field=field)
