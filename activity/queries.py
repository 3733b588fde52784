"""Reading the journal page by page, by cursor: newest first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from activity.models import Entry

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some lines, newest first, and the cursors of newer and older ones."""

    rows: Sequence[Entry]
    next: str = ""
    previous: str = ""


def journal_page(
    rows: QuerySet[Entry], *, cursor: str = "", size: int = PAGE_SIZE
) -> JournalPage:
    """The page that a cursor names; the newest lines for one that cannot be read."""
    place = _decode(cursor)
    newer = place is not None and place[2]
    found = rows.order_by(*(("at", "id") if newer else ("-at", "-id")))
    if place is not None:
        at, pk, _newer = place
        word = "gt" if newer else "lt"
        beyond = Q(**{f"at__{word}": at}) | Q(**{"at": at, f"id__{word}": pk})
        found = found.filter(beyond)
    taken = list(found[: size + 1])
    more = len(taken) > size
    taken = taken[:size]
    if newer:
        taken.reverse()
    has_newer = more if newer else place is not None
    has_older = place is not None if newer else more
    return JournalPage(
        taken,
        next=_encode(taken[-1], newer=False) if taken and has_older else "",
        previous=_encode(taken[0], newer=True) if taken and has_newer else "",
    )


def _encode(entry: Entry, *, newer: bool) -> str:
    text = json.dumps([entry.at.isoformat(), entry.pk, int(newer)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, int, bool] | None:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, pk, newer = json.loads(raw)
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error):
        return None
    if type(pk) is not int or not 0 < pk < 2**63 or moment.tzinfo is None:
        return None
    return moment, pk, bool(newer)
