"""Names our papers and their sections, when the app is ready."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from documents.registry import (
    PaperKind,
    Related,
    Subject,
    register_paper,
    register_subject,
)
from people.actors import Actor
from people.roles import Permission
from tickets.kinds import PaperName
from tickets.models import IncidentReport, Ticket, WorkOrder
from tickets.papers import flow, incident, report, signing, work
from tickets.papers.filing import filed
from tickets.papers.sections import register_section
from tickets.services.incident import SUBJECT as INCIDENT
from tickets.sheets import SUBJECT as WORK_ORDER
from tickets.sheets import may_see_work_order

SUBJECT = "ticket"


def may_see_ticket(actor: Actor, pk: int) -> bool:
    """Whether somebody may see what was made of a ticket."""
    return Ticket.objects.visible_to(actor).filter(pk=pk).exists()


def related(actor: Actor, pk: int) -> list[Related]:
    """What stands beside the papers of a ticket: its incident report."""
    ticket = Ticket.objects.visible_to(actor).get(pk=pk)
    url = reverse("tickets:incident", args=[ticket.number])
    title = pgettext("paper", "Incident report")
    report = IncidentReport.objects.visible_to(actor).filter(ticket_id=pk).first()
    if report is not None:
        tone = {"confirmed": "ok", "returned": "bad", "submitted": "info"}
        return [
            Related(
                title,
                url,
                pgettext("document", "Open"),
                state=report.get_state_display(),
                tone=tone.get(report.state, "mute"),
            )
        ]
    if actor.may(Permission.TICKET_WORK):
        return [Related(title, url, pgettext("incident", "Write"), icon="edit")]
    return []


def related_work(actor: Actor, pk: int) -> list[Related]:
    """What stands beside the papers of a work order: where its signed sheet is filed."""
    if not signing.may_request_sheet(actor, pk):
        return []
    order = WorkOrder.objects.select_related("ticket").get(pk=pk)
    url = reverse("tickets:work_act", args=[order.ticket.number, order.ordinal, "scan"])
    title = _("Signed on paper")
    return [Related(title, url, _("File the scan"), icon="upload")]


def may_request(actor: Actor, pk: int) -> bool:
    """Whether somebody may have a paper of a ticket made."""
    return actor.may(Permission.DOCUMENT_REQUEST) and may_see_ticket(actor, pk)


def may_request_work_order(actor: Actor, pk: int) -> bool:
    """Whether somebody may have the paper of a work order made."""
    return actor.may(Permission.DOCUMENT_REQUEST) and may_see_work_order(actor, pk)


def register() -> None:
    """Tell the documents what we are about and how our papers are composed."""
    register_section("request", 10, report.request)
    register_section("promise", 20, report.promise)
    register_section("flow", 25, flow.path_taken)
    register_section("handling", 30, report.handling)
    register_section("work", 50, work.work_orders)
    register_section("words", 70, report.words)
    register_section("photos", 80, report.photos)
    register_subject(Subject(SUBJECT, may_see_ticket, related))
    register_subject(Subject(WORK_ORDER, may_see_work_order, related_work))
    register_paper(
        PaperKind(
            kind=PaperName.REPORT,
            subject_kind=SUBJECT,
            title=pgettext_lazy("paper", "Service report"),
            compose=report.compose_report,
            may_request=may_request,
            made=filed,
        )
    )
    register_paper(
        PaperKind(
            kind=PaperName.WORK_ORDER,
            subject_kind=WORK_ORDER,
            title=pgettext_lazy("paper", "Work order"),
            compose=work.compose_work_order,
            may_request=may_request_work_order,
        )
    )
    register_paper(
        PaperKind(
            kind=PaperName.SHEET,
            subject_kind=WORK_ORDER,
            title=pgettext_lazy("paper", "Signing sheet"),
            compose=signing.compose_sheet,
            may_request=signing.may_request_sheet,
            for_clients=False,
        )
    )
    register_subject(Subject(INCIDENT, incident.may_see_incident))
    register_paper(
        PaperKind(
            kind=PaperName.INCIDENT,
            subject_kind=INCIDENT,
            title=pgettext_lazy("paper", "Incident report"),
            compose=incident.compose_incident,
            may_request=incident.may_request_incident,
        )
    )
