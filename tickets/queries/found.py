"""The search: tickets that match, of those a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, FloatField, Func, QuerySet, TextField, Value

from people.actors import Actor
from tickets.models import Ticket, TicketSearch
from tickets.queries.queue import Row, for_list, rows_of
from tickets.search import query, ticket_ids

SHOWN = 50
#: So many matches, the newest, are looked at; more words find fewer.
LOOKED_AT = 1000
NEWEST = "new"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    rows: list[Row]
    more: bool = False
    order: str = ""
    cut: bool = False  # more matched than were looked at: the oldest were not


def search(actor: Actor, words: str, *, order: str = "", now: datetime) -> Found:
    """The best matches first, or with ``order="new"`` the newest; four queries.

    A word in number, title or device weighs more than one in the conversation.
    """
    order = NEWEST if order == NEWEST else ""
    ids = ticket_ids(words, actor=actor, limit=LOOKED_AT) if words else []
    if not ids:
        return Found([], order=order)
    seen = Ticket.objects.visible_to(actor).filter(pk__in=ids).values("pk")
    matches = TicketSearch.objects.filter(ticket_id__in=seen)
    ranked = list(_ordered(matches, words, order)[: SHOWN + 1])
    rows = {row.pk: row for row in for_list(Ticket.objects.filter(pk__in=ranked))}
    shown = [rows[pk] for pk in ranked[:SHOWN]]
    return Found(
        rows_of(shown, now), len(ranked) > SHOWN, order, cut=len(ids) >= LOOKED_AT
    )


def _ordered(
    matches: QuerySet[TicketSearch], words: str, order: str
) -> QuerySet[TicketSearch, int]:
    if order == NEWEST:
        places = matches.order_by("-ticket__received_at", "-ticket_id")
    else:
        wanted = Func(
            Value(query(words), output_field=TextField()),
            template="%(expressions)s::tsquery",
        )
        rank = Func(
            F("document"), wanted, function="ts_rank", output_field=FloatField()
        )
        places = matches.order_by(rank.desc(), "-ticket_id")
    return places.values_list("ticket_id", flat=True)
