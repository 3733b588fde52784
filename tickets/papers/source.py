"""What the papers of a ticket are made from: what its client may see of it, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from people.actors import Actor
from people.roles import Role
from tenants.models import Tenant
from tickets.kinds import STAFF_ONLY
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.queries.detail import RELATED
from tickets.queries.feed import corrected_times
from tickets.queries.promise import Promise, read_promise
from tickets.queries.sentences import Words, words_of
from tickets.rules.facts import FactKind


@dataclass(frozen=True, slots=True)
class Line:
    """One public event: when it happened, in words."""

    event: TicketEvent
    at: datetime
    words: Words


@dataclass(frozen=True)
class Source:
    """A ticket as its client sees it, read when it is asked for."""

    tenant: Tenant
    ticket: Ticket
    language: str
    now: datetime
    #: Somebody of the client's, so to speak: what they may not see is on no paper.
    reader: Actor = field(repr=False)

    @cached_property
    def promise(self) -> Promise:
        """Every clock, derived and explained as of now, with no "you" in it."""
        return read_promise(self.ticket, neutral(self.tenant), self.now)

    @cached_property
    def moved(self) -> dict[int, datetime]:
        """When corrected events happened, by sequence number."""
        return corrected_times(self.ticket)

    @cached_property
    def lines(self) -> list[Line]:
        """What happened, oldest first; corrected times are those that count."""
        events = (
            TicketEvent.objects.visible_to(self.reader)
            .filter(ticket_id=self.ticket.pk)
            .exclude(kind__in=STAFF_ONLY)
            .select_related("actor")
            .order_by("seq")
        )
        moved = self.moved
        lines = [
            Line(
                event,
                moved.get(event.seq, event.happened_at),
                words_of(event, self.reader),
            )
            for event in events
            if event.kind not in {FactKind.CORRECTED, FactKind.VOIDED}
        ]
        return sorted(lines, key=lambda line: (line.at, line.event.seq))

    @cached_property
    def files(self) -> Sequence[Attachment]:
        """What was sent along, but for what only colleagues see, oldest first."""
        found = Attachment.objects.filter(ticket_id=self.ticket.pk, internal=False)
        return list(found.select_related("added_by__user").order_by("pk"))


def read_source(
    tenant: Tenant, ticket_id: int, *, language: str, now: datetime
) -> Source:
    """The source of a ticket's papers. Raises LookupError where there is no such ticket."""
    ticket = Ticket.objects.filter(pk=ticket_id).select_related(*RELATED).first()
    if ticket is None:
        raise LookupError(f"There is no ticket {ticket_id}.")
    reader = Actor(
        tenant_id=tenant.pk,
        membership_id=None,
        user_id=None,
        name="",
        role=Role.CLIENT_MANAGER,
        permissions=frozenset(),
        client_id=ticket.client_id,
        language=language,
        zone=tenant.zone,
        via="system",
    )
    return Source(tenant, ticket, language, now, reader)


def neutral(tenant: Tenant) -> Actor:
    """Nobody in particular: a sentence then speaks of "the customer", not of "you"."""
    return Actor(
        tenant_id=tenant.pk,
        membership_id=None,
        user_id=None,
        name="",
        role="system",
        permissions=frozenset(),
        zone=tenant.zone,
        via="system",
    )
