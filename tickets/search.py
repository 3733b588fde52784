"""Full-text search that finds Chinese words, numbers and serial numbers.

A run of Han characters is indexed as overlapping pairs and as single characters, everything
else as lower-case words; a query of several characters is a phrase of pairs, so that it finds
exactly the contiguous characters. The match runs in ``tickets_search``, a function with the
tenant's filter of its own (row security would keep the index from being used); it yields ids,
which are joined again behind the wall and the actor's own view.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from django.db import connection

from tickets.models import Ticket, TicketEvent

MOST = 1_000
_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[0-9a-zA-ZÀ-ɏ_]+")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
#: More words than this are not looked at: an index entry has its limits.
WORDS_MOST = 6_000


def tokens(text: str) -> Iterator[str]:
    """The words of a text as they are indexed, in order."""
    for run in _RUN.findall(text):
        if _HAN.match(run):
            yield from (run[i : i + 2] for i in range(len(run) - 1))
            if len(run) == 1:
                yield run
        else:
            yield run.lower()


def document(*, heavy: str, light: str) -> str:
    """A tsvector literal: ``heavy`` (number, title, serial) weighs more than ``light``."""
    places: dict[str, list[str]] = {}
    position = 0
    for text, weight in ((heavy, "A"), (light, "")):
        for token in tokens(text):
            position = min(position + 1, 16_383)
            if len(places) >= WORDS_MOST and token not in places:
                continue
            places.setdefault(token[:200], []).append(f"{position}{weight}")
        position = min(position + 10, 16_383)  # no phrase across the seam
    singles = set(_HAN.findall(heavy + light))
    for char in sorted(singles):
        places.setdefault(char, ["16383"])
    return " ".join(f"'{word}':{','.join(at[:100])}" for word, at in places.items())


def query(text: str) -> str:
    """A tsquery literal for what somebody typed; empty for nothing to look for."""
    parts = []
    for run in _RUN.findall(text)[:12]:
        if not _HAN.match(run):
            parts.append(f"'{run.lower()[:200]}':*")
        elif len(run) == 1:
            parts.append(f"'{run}'")
        else:
            pairs = [run[i : i + 2] for i in range(len(run) - 1)][:40]
            parts.append("(" + " <-> ".join(f"'{pair}'" for pair in pairs) + ")")
    return " & ".join(parts)


def ticket_ids(text: str, *, limit: int = MOST) -> list[int]:
    """Tickets of the open tenant that match, newest first. Not yet what an actor may see."""
    wanted = query(text)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ticket_id FROM tickets_search(%s::tsquery, %s)", [wanted, limit]
        )
        return [row[0] for row in cursor.fetchall()]


def index(ticket: Ticket) -> None:
    """Bring the search up to a ticket's words; public words only, notes are not indexed."""
    index_many([ticket.pk])


def index_many(ticket_ids: Collection[int]) -> None:
    """Index tickets by their number, title, device, people and public conversation."""
    tickets = Ticket.objects.filter(pk__in=list(ticket_ids)).select_related(
        "client", "project", "equipment", "contact"
    )
    words: dict[int, list[str]] = {}
    events = TicketEvent.objects.filter(ticket_id__in=list(ticket_ids), internal=False)
    for ticket_id, body in events.exclude(body="").values_list("ticket_id", "body"):
        words.setdefault(ticket_id, []).append(body)
    rows = [
        (ticket.tenant_id, ticket.pk, _document_of(ticket, words.get(ticket.pk, [])))
        for ticket in tickets
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO tickets_ticketsearch (tenant_id, ticket_id, document)
            VALUES (%s, %s, %s::tsvector)
            ON CONFLICT (tenant_id, ticket_id) DO UPDATE SET document = excluded.document
            """,
            rows,
        )


def _document_of(ticket: Ticket, bodies: Collection[str]) -> str:
    equipment, contact = ticket.equipment, ticket.contact
    heavy = [ticket.number, ticket.number.rpartition("-")[2].lstrip("0"), ticket.title]
    if equipment is not None:
        heavy += [equipment.serial_number, equipment.model]
    light = [
        ticket.client.name,
        str(ticket.project or ""),
        ticket.symptom,
        ticket.effect,
    ]
    light += [
        ticket.wish,
        contact.name if contact else "",
        contact.phone if contact else "",
    ]
    return document(heavy=" ".join(heavy), light=" ".join([*light, *bodies]))
