"""The list as a file: one row a ticket, with how its promises stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from servicedesk.lib.ui.words import CLOCK_STATES
from tickets.models import Ticket, TicketClock
from tickets.queries.clocks import clocks_of
from tickets.queries.queue import for_list
from tickets.queries.words import metric_name

BATCH = 500
Clocks = dict[str, TicketClock]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its value, and whether clients get it."""

    label: Any
    value: Callable[[Ticket, Clocks], Any]
    internal: bool = False

    def shown_to(self, actor: Actor) -> bool:
        """Whether the column is for this person."""
        return not (self.internal and actor.is_client)


def _state_of(metric: str) -> Callable[[Ticket, Clocks], Any]:
    def value(_ticket: Ticket, clocks: Clocks) -> Any:
        clock = clocks.get(metric)
        return CLOCK_STATES[clock.state][0] if clock else ""

    return value


def _due_of(metric: str) -> Callable[[Ticket, Clocks], Any]:
    return lambda _ticket, clocks: clocks[metric].due_at if metric in clocks else None


def _done_of(metric: str) -> Callable[[Ticket, Clocks], Any]:
    return lambda _ticket, clocks: (
        clocks[metric].finished_at if metric in clocks else None
    )


COLUMNS: tuple[Column, ...] = (
    Column(_("Number"), lambda ticket, _clocks: ticket.number),
    Column(_("Title"), lambda ticket, _clocks: ticket.title),
    Column(_("Client organisation"), lambda ticket, _clocks: ticket.client.name),
    Column(_("Project"), lambda ticket, _clocks: ticket.project or ""),
    Column(_("Equipment"), lambda ticket, _clocks: ticket.equipment or ""),
    Column(_("Kind"), lambda ticket, _clocks: ticket.get_kind_display()),
    Column(_("Severity"), lambda ticket, _clocks: ticket.get_severity_display()),
    Column(_("State"), lambda ticket, _clocks: ticket.get_state_display()),
    Column(_("Waiting for"), lambda ticket, _clocks: ticket.get_wait_reason_display()),
    Column(
        _("Channel"),
        lambda ticket, _clocks: ticket.get_channel_display(),
        internal=True,
    ),
    Column(
        _("Department"), lambda ticket, _clocks: ticket.department or "", internal=True
    ),
    Column(
        _("Assignee"),
        lambda ticket, _c: ticket.assignee.user.name if ticket.assignee else "",
    ),
    Column(_("Received"), lambda ticket, _clocks: ticket.received_at),
    Column(_("Next promise"), lambda ticket, _c: metric_name(ticket.next_metric)),
    Column(_("Next due"), lambda ticket, _clocks: ticket.next_due_at),
    Column(_("Response due"), _due_of("first_response")),
    Column(pgettext_lazy("column", "Answered"), _done_of("first_response")),
    Column(pgettext_lazy("column", "Response"), _state_of("first_response")),
    Column(pgettext_lazy("column", "Arrived"), _done_of("arrival")),
    Column(pgettext_lazy("column", "Arrival"), _state_of("arrival")),
    Column(_("Solution due"), _due_of("resolution")),
    Column(pgettext_lazy("column", "Solved"), _done_of("resolution")),
    Column(pgettext_lazy("column", "Solution"), _state_of("resolution")),
    Column(pgettext_lazy("column", "Closed"), lambda ticket, _clocks: ticket.closed_at),
)


def export_rows(
    tickets: QuerySet[Ticket], actor: Actor, now: datetime
) -> Iterator[list[Any]]:
    """The rows of the list, read in batches, with two queries for each batch."""
    del now
    columns = [column for column in COLUMNS if column.shown_to(actor)]
    rows = for_list(tickets).iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        by_ticket = clocks_of(batch)
        for ticket in batch:
            clocks = {clock.metric: clock for clock in by_ticket.get(ticket.pk, [])}
            yield [column.value(ticket, clocks) for column in columns]
