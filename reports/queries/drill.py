"""The promises behind one figure of the dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from people.actors import Actor
from reports.queries.now import tickets_of
from reports.rules import Question
from tickets.models import TicketClock
from tickets.queries.words import METRICS, metric_name

RESULTS = ("met", "missed")


@dataclass(frozen=True, slots=True)
class Drill:
    """A question narrowed to one figure. What an address says wrongly is ignored."""

    MOST: ClassVar[int] = 500

    question: Question
    metric: str = ""
    tier: str = ""
    result: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any], question: Question) -> Drill:
        """Read the address."""
        metric, result = str(given.get("metric", "")), str(given.get("result", ""))
        return cls(
            question=_on_day(
                question, str(given.get("day", "")), str(given.get("span", "1"))
            ),
            metric=metric if metric in METRICS else "",
            tier=str(given.get("tier", ""))[:40],
            result=result if result in RESULTS else "",
        )


def _on_day(question: Question, day: str, span: str) -> Question:
    try:
        begin = datetime.combine(
            date.fromisoformat(day), time(0), tzinfo=timezone.get_current_timezone()
        )
        length = timedelta(days=7 if span == "7" else 1)
    except ValueError:
        return question
    return Question(
        start=begin,
        end=begin + length,
        departments=question.departments,
        assignee=question.assignee,
        client=question.client,
    )


def drilled(drill: Drill, actor: Actor) -> QuerySet[TicketClock]:
    """The clocks behind a figure, those missed by most first."""
    question = drill.question
    clocks = TicketClock.objects.filter(
        counts=True,
        state__in=[drill.result] if drill.result else RESULTS,
        received_at__gte=question.start,
        received_at__lt=question.end,
        ticket__in=tickets_of(question, actor).values("pk"),
    )
    if drill.metric:
        clocks = clocks.filter(metric=drill.metric)
    if drill.tier:
        clocks = clocks.filter(tier=drill.tier)
    related = clocks.select_related(
        "ticket", "ticket__client", "ticket__assignee__user"
    )
    return related.order_by("-received_at", "-pk")


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


def drill_rows(clocks: Iterable[TicketClock]) -> Iterator[list[Any]]:
    """The rows of the export."""
    words = {"met": _("kept"), "missed": _("missed")}
    for clock in clocks:
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
