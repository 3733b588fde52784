"""Full-text search that finds Chinese words, numbers and serial numbers.

A run of Han characters is indexed as overlapping pairs and as single characters, everything
else as lower-case words; a query of several characters is a phrase of pairs, so that it finds
exactly the contiguous characters. The match runs in ``tickets_search``, a function with the
tenant's filter of its own (row security would keep the index from being used); it yields ids,
which are joined again behind the wall and the actor's own view.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection

from people.actors import Actor
from tickets.kinds import STAFF_ONLY
from tickets.models import Ticket, TicketEvent

MOST = 1_000
_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[0-9a-zA-ZÀ-ɏ_]+")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
#: So many characters of a serial or phone number are enough to find it by.
PART_LEAST = 4
ENDINGS_MOST = 36
#: More words than this are not looked at: an index entry has its limits.
WORDS_MOST = 6_000
#: The weight of words that only we may read.
OURS = "C"


def tokens(text: str) -> Iterator[str]:
    """The words of a text as they are indexed, in order."""
    for run in _RUN.findall(text):
        if _HAN.match(run):
            yield from (run[i : i + 2] for i in range(len(run) - 1))
            if len(run) == 1:
                yield run
        else:
            yield run.lower()


def document(
    *, heavy: str, light: str, ours: str = "", client_id: int | None = None
) -> str:
    """A tsvector literal: ``heavy`` (number, title, serial) weighs more than ``light``.

    Client staff find nothing by what only we may read (``ours``).
    """
    places: dict[str, list[str]] = {}
    position = 0
    for text, weight in ((heavy, "A"), (light, ""), (ours, OURS)):
        for token in tokens(text):
            position = min(position + 1, 16_383)
            if len(places) >= WORDS_MOST and token not in places:
                continue
            places.setdefault(token[:200], []).append(f"{position}{weight}")
        position = min(position + 10, 16_383)  # no phrase across the seam
    singles = set(_HAN.findall(heavy + light))
    for char in sorted(singles):
        places.setdefault(char, ["16383"])
    words = [f"'{word}':{','.join(at[:100])}" for word, at in places.items()]
    return " ".join([*words, f"'{_mark(client_id)}'"] if client_id else words)


def query(text: str, *, client_id: int | None = None) -> str:
    """A tsquery literal for what somebody typed; empty for nothing to look for.

    With ``client_id`` for that organisation's people: in its own tickets, by what they read.
    """
    parts, weights = [], "" if client_id is None else ":AD"
    for run in _RUN.findall(text)[:12]:
        if not _HAN.match(run):
            parts.append(f"'{run.lower()[:200]}':*{weights[1:]}")
        elif len(run) == 1:
            parts.append(f"'{run}'{weights}")
        else:
            pairs = [run[i : i + 2] for i in range(len(run) - 1)][:40]
            joined = " <-> ".join(f"'{pair}'{weights}" for pair in pairs)
            parts.append(f"({joined})")
    if parts and client_id is not None:
        parts.append(f"'{_mark(client_id)}'")
    return " & ".join(parts)


def _mark(client_id: int) -> str:
    """The word in every ticket of a client organisation. Nobody can type it: see ``_RUN``."""
    return f"#client-{client_id}"


def endings(code: str) -> list[str]:
    """The ends of a serial or phone number: whoever reads the last digits finds it too.

    A query matches the beginning of a word, so with the ends any part of a code is found.
    """
    found = []
    for run in re.findall(r"[0-9a-zA-Z]+", code):
        last = min(len(run) - PART_LEAST, ENDINGS_MOST)
        found += [run[place:] for place in range(1, last + 1)]
    return found


def ticket_ids(text: str, *, actor: Actor, limit: int = MOST) -> list[int]:
    """Tickets of the open tenant that match, newest first. Not yet what an actor may see.

    For client staff those of their organisation: what others have filed since must neither
    push theirs out of the list nor be felt in any other way.
    """
    wanted = query(text, client_id=actor.client_id if actor.is_client else None)
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


def row_of(ticket: Ticket, events: Iterable[TicketEvent]) -> dict[str, Any]:
    """What a ticket that is just being filed is found by, as a row; ``events`` are all it has."""
    bodies = [event.body for event in events if has_words(event)]
    return {
        "tenant_id": ticket.tenant_id,
        "ticket_id": ticket.pk,
        "document": _document_of(ticket, bodies),
    }


def index_many(ticket_ids: Collection[int]) -> None:
    """Index tickets by their number, title, device, people and public conversation."""
    if not ticket_ids:
        return
    tickets = Ticket.objects.filter(pk__in=list(ticket_ids)).select_related(
        "client", "project", "equipment", "contact", "site"
    )
    words: dict[int, list[str]] = {}
    events = TicketEvent.objects.filter(ticket_id__in=list(ticket_ids), internal=False)
    events = events.exclude(body="").exclude(kind__in=STAFF_ONLY).order_by("seq")
    for ticket_id, body in events.values_list("ticket_id", "body"):
        words.setdefault(ticket_id, []).append(body)
    _write([(ticket, words.get(ticket.pk, [])) for ticket in tickets])


def _write(found: Iterable[tuple[Ticket, Collection[str]]]) -> None:
    rows = [
        (ticket.tenant_id, ticket.pk, _document_of(ticket, bodies))
        for ticket, bodies in found
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


def has_words(event: TicketEvent) -> bool:
    """Whether an event brings words that the search may know."""
    return bool(event.body) and not event.internal and event.kind not in STAFF_ONLY


def _document_of(ticket: Ticket, bodies: Collection[str]) -> str:
    heavy = [ticket.number, ticket.number.rpartition("-")[2].lstrip("0"), ticket.title]
    light = [ticket.client.name]
    if ticket.project is not None:
        light += [ticket.project.name, ticket.project.contract_number]
    if ticket.site is not None:
        light.append(ticket.site.name)
    if (device := ticket.equipment) is not None:
        heavy += [device.serial_number, device.model]
        light += [device.category, device.location, *endings(device.serial_number)]
    ours: list[str] = []
    if (contact := ticket.contact) is not None:
        digits = "".join(sign for sign in contact.phone if sign.isdigit())
        light.append(contact.name)
        ours += [contact.phone, digits, *endings(digits)]
    light += [ticket.symptom, ticket.effect, ticket.wish, *bodies]
    return document(
        heavy=" ".join(heavy),
        light=" ".join(light),
        ours=" ".join(ours),
        client_id=ticket.client_id,
    )
