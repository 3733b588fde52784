"""What is said on a ticket: its events, replies and notes, and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from people.actors import Actor
from people.roles import Permission
from servicedesk.api.base import Api, StrictJson, created, find
from servicedesk.api.fields import BIGGEST, SEVERITIES, Input, Output, QueryFlag, Text
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.reading import find_ticket, tag_of, visible_events
from servicedesk.api.schema import READING, reads, refusals, writes
from servicedesk.api.shapes import Named, instant, pages
from servicedesk.api.tickets import NUMBER
from servicedesk.lib.errors import Conflict
from servicedesk.lib.rest import PreconditionFailed
from tickets.attachments import FILES_MOST, open_file
from tickets.kinds import EventKind
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.queries.sentences import words_of
from tickets.rules.facts import FactKind
from tickets.services import add_note, reply

TAG = "Conversation"
MESSAGE = 20_000
#: What of an event's facts a client's people are told, by kind; the rest is ours.
TOLD: dict[str, tuple[str, ...]] = {
    FactKind.VISIT_DECIDED: ("needed",),
    FactKind.APPOINTMENT_AGREED: ("at", "asked_by", "moved"),
    FactKind.WAIT_STARTED: ("reason",),
    FactKind.WAIT_ENDED: ("reason",),
    FactKind.SEVERITY_RAISED: ("from", "to", "automatic"),
    FactKind.SEVERITY_LOWERED: ("from", "to"),
    FactKind.CORRECTED: ("at", "was", "kind"),
    EventKind.MISSED: ("metric",),
    EventKind.FLOW_STEP: ("round",),
    EventKind.CONTINGENCY: ("kind", "agreed_with"),
    EventKind.WITHDRAWN: ("metric",),
    EventKind.DOCUMENT_FILED: ("paper", "number", "version", "document"),
    EventKind.INCIDENT_SUBMITTED: ("version",),
    EventKind.INCIDENT_CONFIRMED: ("version",),
    EventKind.INCIDENT_RETURNED: ("version",),
    EventKind.WORK_DISPATCHED: ("work_order", "kind", "name", "start", "end"),
    EventKind.WORK_RESCHEDULED: ("work_order", "start", "end", "before"),
    EventKind.WORK_BEGUN: ("work_order",),
    EventKind.WORK_EXTRA: ("work_order", "price", "currency", "state", "by"),
    EventKind.WORK_FINISHED: ("work_order", "outcome"),
    EventKind.WORK_SIGNED: ("work_order", "signer", "sheet", "how"),
    EventKind.WORK_REFUSED: ("work_order", "signer"),
    EventKind.WORK_RATED: ("work_order", "rating"),
    EventKind.WORK_CANCELLED: ("work_order",),
}
#: Facts that are severities: programs read and write their words.
LEVELLED: dict[str, tuple[str, ...]] = {
    FactKind.RECEIVED: ("severity",),
    FactKind.SEVERITY_RAISED: ("from", "to"),
    FactKind.SEVERITY_LOWERED: ("from", "to"),
}
#: What no answer repeats: the facts of a merged ticket are that ticket's events.
LEFT_OUT = frozenset({"facts"})
#: Nothing in a file may run, load or be framed, whatever a program takes it for.
SANDBOX = "default-src 'none'; sandbox"


class File(Output):
    """An attachment."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    media_type = serializers.CharField(help_text="As found in its content.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()
    content = serializers.CharField(help_text="Where its bytes are.")
    internal = serializers.BooleanField(required=False, help_text="Only for staff.")


class FileList(Output):
    """The files of a ticket."""

    results = File(many=True)


class Event(Output):
    """One thing that happened to a ticket. Never changed, never deleted."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    kind = serializers.CharField()
    happened_at = serializers.DateTimeField(help_text="Event time, as it was recorded.")
    recorded_at = serializers.DateTimeField()
    actor = Named(allow_null=True, help_text="null for the platform itself.")
    via = serializers.CharField()
    text = serializers.CharField(help_text="What happened, in words.")
    body = serializers.CharField(help_text="What somebody wrote.")
    data = serializers.DictField(  # type: ignore[assignment]
        child=serializers.JSONField(allow_null=True)
    )
    attachments = File(many=True)
    seq = serializers.IntegerField(required=False, help_text="Only for staff.")
    internal = serializers.BooleanField(required=False, help_text="Only for staff.")


EventList = pages(Event)


def with_parts(events: QuerySet[TicketEvent], actor: Actor) -> QuerySet[TicketEvent]:
    """Events with the number of their ticket and their files."""
    files = Attachment.objects.order_by("pk")
    if actor.is_client:
        files = files.filter(internal=False)
    return events.select_related("ticket").prefetch_related(
        Prefetch("attachments", queryset=files, to_attr="files")
    )


def event_of(event: TicketEvent, actor: Actor) -> dict[str, Any]:
    """An event; needs :func:`with_parts`."""
    words = words_of(event, actor)
    shown = {
        "id": event.pk,
        "ticket": event.ticket.number,
        "kind": event.kind,
        "happened_at": instant(event.happened_at),
        "recorded_at": instant(event.recorded_at),
        "actor": {"id": event.actor_id, "name": event.actor_name}
        if event.actor_id
        else None,
        "via": event.via,
        "text": words.text,
        "body": event.body,
        "data": _data(event, actor),
        "attachments": [file_of(one, actor) for one in event.files],  # type: ignore[attr-defined]
    }
    if not actor.is_client:
        shown |= {"seq": event.seq, "internal": event.internal}
    return shown


def _data(event: TicketEvent, actor: Actor) -> Mapping[str, Any]:
    if actor.is_client:
        told = TOLD.get(event.kind, ())
        shown = {name: event.data[name] for name in told if name in event.data}
    else:
        shown = {n: value for n, value in event.data.items() if n not in LEFT_OUT}
    for name in LEVELLED.get(event.kind, ()):
        if shown.get(name) in SEVERITIES:
            shown[name] = SEVERITIES[shown[name]]
    return shown


def file_of(file: Attachment, actor: Actor) -> dict[str, Any]:
    """An attachment."""
    shown = {
        "id": file.pk,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "added_at": instant(file.added_at),
        "content": reverse("api:attachment-content", args=[file.pk]),
    }
    return shown if actor.is_client else shown | {"internal": file.internal}


class Message(Input):
    """Words, and files with them (as ``multipart/form-data``)."""

    body = Text(max_length=MESSAGE)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        max_length=FILES_MOST,
    )


class JsonMessage(Input):
    """Words."""

    body = Text(max_length=MESSAGE)


class FormFlag(QueryFlag):
    """``true`` or ``false`` in a form."""


class Upload(Input):
    """Files, with words about them."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        min_length=1,
        max_length=FILES_MOST,
    )
    body = Text(max_length=MESSAGE, required=False, allow_blank=True)
    internal = FormFlag(
        required=False, help_text="For colleagues only. Only for staff."
    )

    def get_fields(self) -> dict[str, Any]:
        """The fields of the caller's side."""
        fields = super().get_fields()
        actor = self.context.get("actor")
        if actor is not None and actor.is_client:
            fields.pop("internal", None)
        return fields


class TicketEventsView(Api):
    """The record of a ticket."""

    permission = Permission.TICKET_READ

    @reads(
        EventList,
        summary="List a ticket's events",
        tag=TAG,
        parameters=[NUMBER, Paged],
        operation_id="ticket_events",
    )
    def get(self, request: Request, number: str) -> Response:
        """Everything that happened to a ticket, the oldest first."""
        asked = read_query(request, Paged)
        ticket = find_ticket(self.actor, number)
        events = visible_events(self.actor).filter(ticket=ticket)
        return Response(
            by_id(
                with_parts(events, self.actor),
                asked,
                lambda event: event_of(event, self.actor),
            )
        )


class MessageView(Api):
    """Something said on a ticket; the answer is the event that it became."""

    parser_classes = [StrictJson, MultiPartParser]
    kind: str = EventKind.REPLY

    def say(self, number: str, service: Any, values: dict[str, Any]) -> Response:
        """Say it, and show it."""
        ticket = find_ticket(self.actor, number)
        if self.matched(tag_of(ticket, self.actor)):
            values["version"] = ticket.last_seq
        try:
            service(**self.common, ticket=ticket, **values)
        except Conflict as error:
            if error.code == "moved_on":
                raise PreconditionFailed from error
            raise
        event = self._said(ticket)
        where = reverse("api:ticket-events", args=[ticket.number])
        return created(event_of(event, self.actor), where, tag_of(ticket, self.actor))

    def _said(self, ticket: Ticket) -> TicketEvent:
        mine = TicketEvent.objects.filter(
            ticket=ticket, kind=self.kind, actor_id=self.actor.membership_id
        )
        found = with_parts(mine, self.actor).order_by("-seq").first()
        if found is None:
            raise Http404
        return found


_BODIES = {"application/json": JsonMessage, "multipart/form-data": Message}


class RepliesView(MessageView):
    """Public replies."""

    permission = {"POST": Permission.TICKET_REPLY}

    @writes(
        _BODIES,
        Event,
        summary="Reply publicly",
        tag=TAG,
        status=201,
        parameters=[NUMBER],
        match=True,
    )
    def post(self, request: Request, number: str) -> Response:
        """Both sides read this. A client's reply ends a wait for the customer."""
        del request
        return self.say(number, reply, self.read(Message))


class NotesView(MessageView):
    """Internal notes."""

    permission = {"POST": Permission.TICKET_WORK}
    kind = EventKind.NOTE

    @writes(
        _BODIES,
        Event,
        summary="Write an internal note",
        tag=TAG,
        status=201,
        parameters=[NUMBER],
        match=True,
    )
    def post(self, request: Request, number: str) -> Response:
        """No client ever sees it in any form."""
        del request
        return self.say(number, add_note, self.read(Message))


class AttachmentsView(MessageView):
    """The files of a ticket."""

    parser_classes = [MultiPartParser]
    permission = {"GET": Permission.TICKET_READ, "POST": Permission.TICKET_REPLY}

    @reads(FileList, summary="List a ticket's files", tag=TAG, parameters=[NUMBER])
    def get(self, request: Request, number: str) -> Response:
        """All files, the oldest first."""
        del request
        ticket = find_ticket(self.actor, number)
        files = Attachment.objects.visible_to(self.actor).filter(ticket=ticket)
        shown = [file_of(one, self.actor) for one in files.order_by("pk")]
        return Response({"results": shown})

    @writes(
        {"multipart/form-data": Upload},
        Event,
        summary="Attach files",
        tag=TAG,
        status=201,
        parameters=[NUMBER],
        match=True,
    )
    def post(self, request: Request, number: str) -> Response:
        """Files come as a reply (or a note): whoever follows is told."""
        del request
        values = self.read(Upload)
        internal = values.pop("internal", False)
        if internal and not self.actor.may(Permission.TICKET_WORK):
            raise Http404
        names = ", ".join(str(one.name) for one in values["files"])
        values["body"] = values.get("body") or names[:MESSAGE]
        self.kind = EventKind.NOTE if internal else EventKind.REPLY
        return self.say(number, add_note if internal else reply, values)


ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)


class AttachmentView(Api):
    """One file."""

    permission = Permission.TICKET_READ

    @reads(File, summary="Read what is known of a file", tag=TAG, parameters=[ID])
    def get(self, request: Request, pk: int) -> Response:
        """Name, type and size."""
        del request
        file = find(Attachment.objects.visible_to(self.actor), pk=pk)
        return Response(file_of(file, self.actor))


class AttachmentContentView(Api):
    """The bytes of a file."""

    permission = Permission.TICKET_READ

    @extend_schema(
        summary="Download a file",
        tags=[TAG],
        parameters=[ID],
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)
        }
        | refusals(*READING),
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Always a download, whatever is in it."""
        del request
        file = find(Attachment.objects.visible_to(self.actor), pk=pk)
        try:
            content = open_file(file)
        except OSError as error:
            raise Http404 from error
        answer = FileResponse(content, content_type="application/octet-stream")
        answer["Content-Length"] = str(file.size)
        answer["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=file.name
        )
        answer["Content-Security-Policy"] = SANDBOX
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
