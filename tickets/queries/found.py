"""The search: tickets that match, of those a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from people.actors import Actor
from tickets.models import Ticket
from tickets.queries.queue import Row, for_list, rows_of
from tickets.search import ticket_ids

SHOWN = 50
#: So many matches are looked at; more words find fewer.
LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    rows: list[Row]
    more: bool = False
    exact: Ticket | None = None
    order: str = ""


def search(actor: Actor, words: str, *, order: str = "", now: datetime) -> Found:
    """The matches, the best (or with ``order="new"`` the newest) first; three queries."""
    if not words:
        return Found([])
    visible = for_list(Ticket.objects.visible_to(actor))
    ids = ticket_ids(words, limit=LOOKED_AT)
    tickets = (
        {ticket.pk: ticket for ticket in visible.filter(pk__in=ids)} if ids else {}
    )
    ranked = [tickets[pk] for pk in ids if pk in tickets]
    if order == "new":
        ranked.sort(key=lambda ticket: (ticket.received_at, ticket.pk), reverse=True)
    exact = next((t for t in ranked if t.number.lower() == words.lower()), None)
    shown = ranked[:SHOWN]
    return Found(rows_of(shown, now), len(ranked) > SHOWN, exact, order)
