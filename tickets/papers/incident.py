"""The incident report on paper: what was submitted, and the client's word on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.registry import Composed
from documents.rules import read
from people.actors import Actor
from people.roles import Permission
from tenants.models import Tenant
from tickets.models import IncidentReport
from tickets.papers.report import request
from tickets.papers.sections import facts, moment, plain
from tickets.papers.source import read_source

#: The texts of a report in the order of reading, with their headings.
HEADINGS: dict[str, Callable[[], str]] = {
    "course": lambda: _("What happened"),
    "impact": lambda: pgettext("incident", "Impact"),
    "cause": lambda: pgettext("incident", "Cause"),
    "measures": lambda: pgettext("incident", "What was done"),
    "prevention": lambda: _("What keeps it from happening again"),
}


def may_see_incident(actor: Actor, pk: int) -> bool:
    """Whether somebody may see an incident report."""
    return IncidentReport.objects.visible_to(actor).filter(pk=pk).exists()


def may_request_incident(actor: Actor, pk: int) -> bool:
    """Whether somebody may have its paper made: once it was submitted."""
    found = IncidentReport.objects.visible_to(actor).filter(pk=pk, sheet__isnull=False)
    return actor.may(Permission.DOCUMENT_REQUEST) and found.exists()


def compose_incident(
    *, tenant: Tenant, subject_id: int, language: str, now: datetime
) -> Composed:
    """The version that was submitted last. Raises LookupError where there is none."""
    report = (
        IncidentReport.objects.filter(pk=subject_id, sheet__isnull=False)
        .select_related("sheet", "decided_by__user", "submitted_by__user")
        .first()
    )
    if report is None or report.sheet is None:
        raise LookupError(f"There is no submitted incident report {subject_id}.")
    source = read_source(tenant, report.ticket_id, language=language, now=now)
    content = read(report.sheet.content)
    return Composed(
        template="tickets/papers/incident.html",
        context={
            "number": content["number"],
            "lead": content["title"],
            "facts": facts(
                (_("Client organisation"), content["client"]),
                (_("Written by"), content["written_by"]),
                (pgettext("incident", "Began"), read_moment(content["began_at"])),
                (pgettext("incident", "Ended"), read_moment(content["ended_at"])),
                (pgettext("incident", "Submitted"), moment(report.submitted_at)),
                (_("Version"), str(report.sheet.version)),
            ),
            "texts": texts(content),
            "request": plain(request(source)),
            "word": _word(report),
            "sha256": report.sheet.sha256,
        },
        sheet_id=report.sheet.pk,
    )


def texts(content: dict[str, Any]) -> list[list[str]]:
    """The texts of a sheet with their headings, without those that are empty."""
    return facts(*((heading(), content[name]) for name, heading in HEADINGS.items()))


def read_moment(text: str) -> str:
    """An instant of a sheet in the active zone; empty for none."""
    return moment(datetime.fromisoformat(text)) if text else ""


def _word(report: IncidentReport) -> dict[str, str]:
    """What the client says of the version that the paper shows."""
    known = report.decided_at is not None and report.decided_by is not None
    return {
        "state": report.state if known else "",
        "name": report.decided_by.user.name if known and report.decided_by else "",
        "at": moment(report.decided_at),
        "reason": report.decision,
    }
