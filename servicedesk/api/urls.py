"""The addresses below /api/."""

from __future__ import annotations

from django.urls import URLPattern, include, path

from servicedesk.api import (
    absences,
    departments,
    documents,
    escalations,
    events,
    flow,
    offers,
    people,
    reference,
    schema,
    several,
    sign_in,
    standards,
    tickets,
    work,
)
from servicedesk.api import conversation as said
from servicedesk.api.kinds import KINDS
from servicedesk.api.register import detail_view, list_view, state_view
from servicedesk.api.verbs import VERBS
from servicedesk.api.verbs import view_of as verb_view
from servicedesk.api.work_verbs import WORK_VERBS, work_verb_view

_ONE = "tickets/<str:number>"
_TICKETS: list[URLPattern] = [
    path("tickets", tickets.TicketsView.as_view(), name="tickets"),
    path("tickets/assign", several.AssignManyView.as_view(), name="tickets-assign"),
    path("tickets/hand-over", several.HandOverView.as_view(), name="tickets-hand-over"),
    path(_ONE, tickets.TicketView.as_view(), name="ticket"),
    path(f"{_ONE}/clocks", tickets.ClocksView.as_view(), name="ticket-clocks"),
    path(f"{_ONE}/followers", tickets.FollowersView.as_view(), name="ticket-followers"),
    path(f"{_ONE}/events", said.TicketEventsView.as_view(), name="ticket-events"),
    path(f"{_ONE}/replies", said.RepliesView.as_view(), name="ticket-replies"),
    path(f"{_ONE}/notes", said.NotesView.as_view(), name="ticket-notes"),
    path(
        f"{_ONE}/attachments", said.AttachmentsView.as_view(), name="ticket-attachments"
    ),
    path(
        f"{_ONE}/escalations",
        escalations.TicketEscalationsView.as_view(),
        name="ticket-escalations",
    ),
    path(f"{_ONE}/flow", flow.HandlingView.as_view(), name="ticket-flow"),
    *(
        path(
            f"{_ONE}/{verb.path}",
            verb_view(verb).as_view(),
            name=f"ticket-{verb.path.replace('/', '-')}",
        )
        for verb in VERBS
    ),
    path("attachments/<int:pk>", said.AttachmentView.as_view(), name="attachment"),
    path(
        "attachments/<int:pk>/content",
        said.AttachmentContentView.as_view(),
        name="attachment-content",
    ),
    path("escalations", escalations.EscalationsView.as_view(), name="escalations"),
    path(
        "escalations/<int:pk>", escalations.EscalationView.as_view(), name="escalation"
    ),
    path(
        "escalations/<int:pk>/acknowledge",
        escalations.AcknowledgeView.as_view(),
        name="escalation-acknowledge",
    ),
    path("events", events.EventsView.as_view(), name="events"),
]
_REGISTER: list[URLPattern] = []
for _kind in KINDS:
    _key = _kind.argument
    _REGISTER += [
        path(_kind.key, list_view(_kind).as_view(), name=f"{_key}-list"),
        path(f"{_kind.key}/<int:pk>", detail_view(_kind).as_view(), name=_key),
        *(
            path(
                f"{_kind.key}/<int:pk>/{verb}",
                state_view(_kind, verb).as_view(),
                name=f"{_key}-{verb}",
            )
            for verb in ("deactivate", "reactivate")
        ),
    ]
_REGISTER += [
    path(
        f"contacts/<int:pk>/{one.tail}",
        sign_in.sign_in_view(one).as_view(),
        name=f"contact-{one.tail}",
    )
    for one in sign_in.SIGN_INS
]
_WORK: list[URLPattern] = [
    path(f"{_ONE}/offers", offers.TicketOffersView.as_view(), name="ticket-offers"),
    path(
        f"{_ONE}/work-orders",
        work.TicketWorkOrdersView.as_view(),
        name="ticket-work-orders",
    ),
    path("work-orders", work.WorkOrdersView.as_view(), name="work-orders"),
    path("work-orders/<int:pk>", work.WorkOrderView.as_view(), name="work-order"),
    path(
        "work-orders/<int:pk>/sheet", work.SheetView.as_view(), name="work-order-sheet"
    ),
    *(
        path(
            f"work-orders/<int:pk>/{verb.path}",
            work_verb_view(verb).as_view(),
            name=f"work-order-{verb.name}",
        )
        for verb in WORK_VERBS
    ),
]
_PEOPLE: list[URLPattern] = [
    path("me", people.MeView.as_view(), name="me"),
    path("people", people.PeopleView.as_view(), name="people"),
    path("people/<int:pk>", people.PersonView.as_view(), name="person"),
    *(
        path(
            f"people/<int:pk>/{verb.tail}",
            people.person_verb_view(verb).as_view(),
            name=f"person-{verb.tail}",
        )
        for verb in people.PERSON_VERBS
    ),
    path("people/<int:pk>/absences", absences.AbsencesView.as_view(), name="absences"),
    path(
        "people/<int:pk>/absences/<int:absence>/end",
        absences.AbsenceEndView.as_view(),
        name="absence-end",
    ),
    path("departments", departments.DepartmentsView.as_view(), name="departments"),
    path(
        "departments/<int:pk>", departments.DepartmentView.as_view(), name="department"
    ),
    *(
        path(
            f"departments/<int:pk>/{tail}",
            departments.department_verb_view(tail).as_view(),
            name=f"department-{tail}",
        )
        for tail in departments.DEPARTMENT_VERBS
    ),
]
_STANDARDS: list[URLPattern] = [
    path("standards", standards.StandardsView.as_view(), name="standards"),
    path("standards/check", standards.CheckView.as_view(), name="standard-check"),
    path("standards/<int:pk>", standards.StandardView.as_view(), name="standard"),
    path(
        "standards/<int:pk>/versions", standards.VersionsView.as_view(), name="versions"
    ),
    path(
        "standards/<int:pk>/versions/<int:version>",
        standards.VersionView.as_view(),
        name="version",
    ),
    path(
        "standards/<int:pk>/make-default",
        standards.DefaultView.as_view(),
        name="standard-default",
    ),
]
_FLOW: list[URLPattern] = [
    path("flow", flow.FlowView.as_view(), name="flow"),
    path("flow/check", flow.FlowCheckView.as_view(), name="flow-check"),
    path("flow/versions", flow.FlowVersionsView.as_view(), name="flow-versions"),
    path(
        "flow/versions/<int:version>",
        flow.FlowVersionView.as_view(),
        name="flow-version",
    ),
]
_OF_SUBJECT = "subjects/<str:subject_kind>/<int:subject_id>"
_DOCUMENTS: list[URLPattern] = [
    path(
        f"{_OF_SUBJECT}/documents",
        documents.SubjectDocumentsView.as_view(),
        name="subject-documents",
    ),
    path(
        f"{_OF_SUBJECT}/signatures",
        documents.SubjectSignaturesView.as_view(),
        name="subject-signatures",
    ),
    path("documents/<int:pk>", documents.DocumentView.as_view(), name="document"),
    path(
        "documents/<int:pk>/content",
        documents.DocumentContentView.as_view(),
        name="document-content",
    ),
    path(
        "signatures/<int:pk>/content",
        documents.SignatureContentView.as_view(),
        name="signature-content",
    ),
]
v1 = [*_TICKETS, *_WORK, *_DOCUMENTS, *_REGISTER, *_PEOPLE, *_STANDARDS, *_FLOW]
app_name = "api"
urlpatterns = [
    path("v1/", include(v1)),
    path("v1/schema", schema.schema_json, name="schema"),
    path("v1/schema.json", schema.schema_json, name="schema-json"),
    path("v1/schema.yaml", schema.schema_yaml, name="schema-yaml"),
    path("docs/", reference.docs, name="docs"),
    path("docs/console/", reference.console, name="console"),
]
#: What the schema describes, from the root of the site.
described = [path("api/v1/", include(v1))]
