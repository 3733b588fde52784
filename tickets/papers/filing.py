"""A paper of a ticket was made: it is filed on the ticket, and offered to its client."""

from __future__ import annotations

from datetime import datetime

from documents.models import Document
from people.actors import system_actor
from tickets.engine import working_on
from tickets.kinds import EventKind
from tickets.models.ticket import State
from tickets.services.base import audience, tell


def filed(document: Document, /, *, now: datetime) -> None:
    """Write it into the ticket's record; of a closed ticket the client's side is told."""
    with working_on([document.subject_id], now=now) as cases:
        case = cases[document.subject_id]
        case.record(
            EventKind.DOCUMENT_FILED,
            actor=system_actor(case.ticket.tenant_id or 0),
            now=now,
            data={
                "paper": document.kind,
                "number": document.number,
                "version": document.version,
                "document": document.pk,
            },
        )
        if case.ticket.state == State.CLOSED:
            people = audience(case, clients=True, staff=False, but=None)
            tell(
                case,
                people,
                kind="report_filed",
                key=f"paper:{document.number}:{document.version}",
                params={"document": document.number, "version": document.version},
            )
