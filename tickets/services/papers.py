"""Having the papers of tickets made by themselves: when work is signed, when a ticket closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from documents.services import Wanted, queue_documents
from people.models import Membership
from tenants.models import Tenant
from tickets.kinds import PaperName
from tickets.models import Ticket


def want_papers(
    kind: PaperName, subjects: Mapping[int, Ticket], *, now: datetime
) -> None:
    """Queue a paper of each subject, in the language of its ticket's requester.

    ``subjects`` maps ids to tickets; three statements whatever their number.
    """
    requesters = [t.requester_id for t in subjects.values() if t.requester_id]
    languages = dict(
        Membership.objects.filter(pk__in=requesters).values_list("pk", "user__language")
    )
    usual = Tenant.objects.values_list("language", flat=True).get()
    wanted = [
        Wanted(kind, pk, languages.get(ticket.requester_id or 0) or usual)
        for pk, ticket in subjects.items()
    ]
    queue_documents(wanted, now=now)
