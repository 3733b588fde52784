"""The incident report of a ticket: written, submitted, confirmed or sent back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from documents.services import present_sheet
from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from tickets.engine import Case
from tickets.kinds import EventKind, PaperName
from tickets.models import IncidentReport, Ticket
from tickets.rules.incident import after
from tickets.services.base import acting_on, audience, excerpt, need, need_text, tell
from tickets.services.papers import want_papers
from tickets.services.work.base import own_id

SUBJECT: Final = "incident_report"
TEXTS: Final = ("course", "impact", "cause", "measures", "prevention")
#: What a report can't be submitted without.
NEEDED: Final = ("course", "cause", "measures")


def write_incident(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    began_at: datetime | None = None,
    ended_at: datetime | None = None,
    **texts: str,
) -> IncidentReport:
    """Write or change the draft; only colleagues see it. Texts: :data:`TEXTS`."""
    need(actor, Permission.TICKET_WORK)
    if unknown := set(texts) - set(TEXTS):
        message = f"Not a text of an incident report: {sorted(unknown)}"
        raise TypeError(message)
    _check_times(began_at, ended_at, now=now)
    with acting_on(ticket, verb="add_note", actor=actor, now=now):
        report = IncidentReport.objects.filter(ticket_id=ticket.pk).first()
        if report is None:
            report = IncidentReport(ticket=ticket)
        report.state = IncidentReport.State.DRAFT
        report.began_at, report.ended_at = began_at, ended_at
        for name, text in texts.items():
            setattr(report, name, text.strip())
        report.written_by_id, report.written_at = own_id(actor), now
        report.save()
    return report


def _check_times(
    began_at: datetime | None, ended_at: datetime | None, *, now: datetime
) -> None:
    if ended_at is not None and (began_at is None or ended_at < began_at):
        raise ServiceError(
            "ends_before_it_begins",
            _("This time lies before the beginning."),
            field="ended_at",
        )
    if any(at is not None and at > now for at in (began_at, ended_at)):
        raise ServiceError(
            "in_the_future",
            _("This time lies in the future. Enter when it happened."),
            field="ended_at" if ended_at and ended_at > now else "began_at",
        )


def submit_incident(*, actor: Actor, now: datetime, ticket: Ticket) -> IncidentReport:
    """Show the draft to the client as a version that stays as it is, and ask for their word."""
    need(actor, Permission.TICKET_WORK)
    with _moving(ticket, "submit", actor=actor, now=now) as (case, report):
        for name in NEEDED:
            need_text(getattr(report, name), field=name)
        sheet = present_sheet(
            subject_kind=SUBJECT,
            subject_id=report.pk,
            content=sheet_content(report),
            now=now,
            actor=actor,
        )
        report.sheet = sheet
        report.submitted_at, report.submitted_by_id = now, actor.membership_id
        report.decided_at = report.decided_by = None
        report.decision = ""
        _record(case, EventKind.INCIDENT_SUBMITTED, report, actor=actor, now=now)
        people = audience(case, clients=True, staff=False, but=actor.membership_id)
        key = f"incident:{sheet.version}"
        tell(
            case, people, kind="incident_submitted", key=key, params={"by": actor.name}
        )
    _want_paper(report, ticket, now=now)
    return report


def confirm_incident(
    *, actor: Actor, now: datetime, ticket: Ticket, sha256: str
) -> IncidentReport:
    """The client confirms exactly the version that they have read."""
    need(actor, Permission.TICKET_CONFIRM)
    with _moving(ticket, "confirm", actor=actor, now=now) as (case, report):
        _decide(case, report, sha256=sha256, reason="", actor=actor, now=now)
    _want_paper(report, ticket, now=now)
    return report


def send_back_incident(
    *, actor: Actor, now: datetime, ticket: Ticket, sha256: str, reason: str
) -> IncidentReport:
    """The client sends it back and says what is missing or wrong."""
    need(actor, Permission.TICKET_CONFIRM)
    reason = need_text(reason, field="reason")
    with _moving(ticket, "send_back", actor=actor, now=now) as (case, report):
        _decide(case, report, sha256=sha256, reason=reason, actor=actor, now=now)
    return report


def _decide(
    case: Case,
    report: IncidentReport,
    *,
    sha256: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    if report.sheet is None or report.sheet.sha256 != sha256:
        raise Conflict(
            "changed",
            _("The report has changed meanwhile. Read it again, then decide."),
        )
    report.decided_at, report.decided_by_id = now, actor.membership_id
    report.decision = reason[:2_000]
    kind = EventKind.INCIDENT_RETURNED if reason else EventKind.INCIDENT_CONFIRMED
    _record(case, kind, report, actor=actor, now=now, body=reason)
    people = audience(case, clients=False, staff=True, but=actor.membership_id)
    people |= {pk for pk in (report.submitted_by_id,) if pk is not None}
    tell(
        case,
        people,
        kind="incident_returned" if reason else "incident_confirmed",
        key=f"incident:{report.sheet.version}:{kind}",
        params={"by": actor.name} | ({"reason": excerpt(reason)} if reason else {}),
    )


@contextmanager
def _moving(
    ticket: Ticket, verb: str, *, actor: Actor, now: datetime
) -> Iterator[tuple[Case, IncidentReport]]:
    """The locked case and report, moved to where the verb leads when nothing is raised."""
    with acting_on(ticket, verb="add_note", actor=actor, now=now) as case:
        report = (
            IncidentReport.objects.visible_to(actor)
            .filter(ticket_id=ticket.pk)
            .select_related("sheet")
            .first()
        )
        state = after(report.state, verb) if report is not None else None
        if report is None or state is None:
            raise Conflict(
                "state_does_not_allow",
                _("This can't be done with the incident report as it stands."),
            )
        report.ticket = ticket
        yield case, report
        report.state = state.value
        report.save()


def _record(
    case: Case,
    kind: EventKind,
    report: IncidentReport,
    *,
    actor: Actor,
    now: datetime,
    body: str = "",
) -> None:
    version = report.sheet.version if report.sheet else 0
    case.record(kind, actor=actor, now=now, body=body, data={"version": version})


def _want_paper(report: IncidentReport, ticket: Ticket, *, now: datetime) -> None:
    want_papers(PaperName.INCIDENT, {report.pk: ticket}, now=now)


def sheet_content(report: IncidentReport) -> dict[str, Any]:
    """Everything that the report says, as the client reads and confirms it."""
    ticket = report.ticket
    return {
        "kind": SUBJECT,
        "number": report.number,
        "title": ticket.title,
        "client": ticket.client.name,
        "began_at": _instant(report.began_at),
        "ended_at": _instant(report.ended_at),
        "written_by": report.written_by.user.name,
    } | {name: getattr(report, name) for name in TEXTS}


def _instant(value: datetime | None) -> str:
    if value is None:
        return ""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
