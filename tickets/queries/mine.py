"""A client's own list of requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from tickets.models import Ticket
from tickets.models.ticket import ENDED_STATES, State
from tickets.queries.paging import Sort
from tickets.queries.queue import COUNT_LIMIT, SORTS, bounded
from tickets.search import ticket_ids


@dataclass(frozen=True, slots=True)
class MineTab:
    """One part of the list."""

    label: Any
    condition: Q
    sort: Sort
    tone: str = ""


#: It is the client's turn: we wait for their answer, or for their word that it is solved.
YOURS = Q(state=State.RESOLVED) | Q(state=State.WAITING, wait_reason="customer")

#: Never by the last change, which may be a note of ours.
MINE_TABS: dict[str, MineTab] = {
    "open": MineTab(
        pgettext_lazy("requests", "Open"), ~Q(state__in=ENDED_STATES), SORTS["due"]
    ),
    "yours": MineTab(_("Waiting for you"), YOURS, SORTS["-received"], tone="warn"),
    "ended": MineTab(
        pgettext_lazy("requests", "Ended"),
        Q(state__in=ENDED_STATES),
        Sort("closed_at", descending=True, nullable=True),
    ),
}


def select_mine(actor: Actor, *, tab: str, words: str = "") -> QuerySet[Ticket]:
    """The requests of a tab; those that match where words are given."""
    tickets: QuerySet[Ticket] = Ticket.objects.visible_to(actor).filter(
        MINE_TABS[tab].condition
    )
    return tickets.filter(pk__in=ticket_ids(words, actor=actor)) if words else tickets


def mine_counts(actor: Actor) -> dict[str, str]:
    """How many there are behind the tabs of what is open; one query."""
    seen = Ticket.objects.visible_to(actor)
    parts = [
        seen.filter(MINE_TABS[key].condition)
        .order_by()
        .values_list(Value(key, output_field=CharField()))[:COUNT_LIMIT]
        for key in ("open", "yours")
    ]
    numbers = Counter(key for (key,) in parts[0].union(parts[1], all=True))
    return {key: bounded(number) for key, number in numbers.items()}
