"""The promises behind one figure of the dashboard, and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from people.actors import Actor
from reports.queries.selection import RESULTS, promises_of
from reports.queries.tiers import tier_name
from reports.rules import Question
from tickets.models import TicketClock
from tickets.queries.paging import Sort
from tickets.queries.words import METRICS, metric_name

NEWEST = Sort("received_at", descending=True)
BIG = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Drill:
    """What narrows a question to one figure. What an address says wrongly is ignored."""

    standard: int | None = None
    tier: str = ""
    metric: str = ""
    result: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Drill:
        """Read the address."""
        metric, result = str(given.get("metric", "")), str(given.get("result", ""))
        standard = str(given.get("standard", ""))
        known = standard.isascii() and standard.isdigit() and int(standard) <= BIG
        return cls(
            standard=int(standard) if known else None,
            tier=str(given.get("tier", "")).replace("\0", "")[:40],
            metric=metric if metric in METRICS else "",
            result=result if result in RESULTS else "",
        )


def drilled(drill: Drill, question: Question, actor: Actor) -> QuerySet[TicketClock]:
    """The promises behind a figure; without order."""
    clocks = promises_of(question, actor)
    if drill.standard is not None:
        clocks = clocks.filter(standard_version__standard_id=drill.standard)
    if drill.tier:
        clocks = clocks.filter(tier=drill.tier)
    if drill.metric:
        clocks = clocks.filter(metric=drill.metric)
    if drill.result:
        clocks = clocks.filter(state=drill.result)
    return clocks


def with_tickets(clocks: QuerySet[TicketClock]) -> QuerySet[TicketClock]:
    """With what a row shows of the ticket."""
    return clocks.select_related(
        "ticket", "ticket__client", "ticket__assignee__user"
    ).defer("pauses", "ticket__symptom", "ticket__effect", "ticket__wish")


def words_of(drill: Drill) -> list[Any]:
    """What a figure is of, in words: tier, promise, result."""
    words: list[Any] = []
    if drill.standard is not None and drill.tier:
        words.append(tier_name(drill.standard, drill.tier))
    if drill.metric:
        words.append(metric_name(drill.metric))
    if drill.result:
        words.append({"met": _("kept"), "missed": _("missed")}[drill.result])
    return words


def columns() -> list[str]:
    """The head of the export."""
    return [
        _("Ticket"),
        _("Title"),
        _("Client organisation"),
        _("Assignee"),
        _("Promise"),
        _("Result"),
        _("Received"),
        _("Due"),
        _("Done"),
    ]


def drill_rows(clocks: QuerySet[TicketClock]) -> Iterator[list[Any]]:
    """The rows of the export."""
    words = {"met": _("kept"), "missed": _("missed")}
    for clock in clocks.iterator(chunk_size=500):
        ticket = clock.ticket
        yield [
            ticket.number,
            ticket.title,
            ticket.client.name,
            ticket.assignee.user.name if ticket.assignee else "",
            str(metric_name(clock.metric)),
            words[clock.state],
            clock.received_at,
            clock.due_at,
            clock.finished_at,
        ]
