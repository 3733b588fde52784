"""Papers and signatures over REST: listed, asked for, downloaded, as on the pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from documents.models import Document, Signature
from documents.queries import visible_document, visible_papers, visible_signature
from documents.registry import may_see
from documents.services import request_document, signature_state
from documents.services.reading import read_paper, read_signature
from people.actors import Actor
from people.roles import Permission
from servicedesk.api.base import Api, created
from servicedesk.api.fields import BIGGEST, Choice, Input, Output
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.schema import READING, reads, refusals, writes
from servicedesk.api.shapes import instant, pages
from tickets.kinds import PaperName

TAG = "Documents"
SANDBOX = "default-src 'none'; sandbox"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)
SUBJECT = [
    OpenApiParameter(
        "subject_kind",
        {"type": "string", "enum": ["ticket", "work_order", "incident_report"]},
        OpenApiParameter.PATH,
    ),
    OpenApiParameter(
        "subject_id",
        {"type": "integer", "minimum": 1, "maximum": BIGGEST},
        OpenApiParameter.PATH,
    ),
]


class DocumentShape(Output):
    """One version of a paper."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_id = serializers.IntegerField()
    language = serializers.CharField()
    state = serializers.CharField(
        help_text="queued, rendering, ready, unchanged (see superseded_by) or failed."
    )
    number = serializers.CharField(help_text="Empty until it is composed.")
    version = serializers.IntegerField()
    is_current = serializers.BooleanField()
    superseded_by = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    pages = serializers.IntegerField()
    size = serializers.IntegerField()
    requested_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField(allow_null=True)
    check = serializers.CharField(help_text="The public page in its QR code.")
    content = serializers.CharField(help_text="Where the PDF is, once it is ready.")


DocumentShapeList = pages(DocumentShape)


class GivenSignature(Output):
    """One answer to the question to sign."""

    id = serializers.IntegerField()
    role = serializers.CharField()
    how = serializers.CharField(help_text="drawn, paper or refused.")
    name = serializers.CharField()
    reason = serializers.CharField()
    sheet_version = serializers.IntegerField()
    sheet_sha256 = serializers.CharField(help_text="Of the text that was shown.")
    signed_at = serializers.DateTimeField(help_text="Event time.")
    recorded_at = serializers.DateTimeField()
    content = serializers.CharField(
        help_text="Where the drawing or the scan is; empty for a refusal."
    )
    latitude = serializers.FloatField(
        allow_null=True, required=False, help_text="Only for staff."
    )
    longitude = serializers.FloatField(
        allow_null=True, required=False, help_text="Only for staff."
    )
    accuracy = serializers.IntegerField(
        allow_null=True, required=False, help_text="Metres. Only for staff."
    )


class GivenSignatures(Output):
    """Where a subject's signature stands, and every answer in order."""

    state = serializers.CharField(help_text="unsigned, signed, outdated or refused.")
    sheet_version = serializers.IntegerField(allow_null=True)
    sheet_sha256 = serializers.CharField(allow_null=True)
    results = GivenSignature(many=True)


class DocumentWanted(Input):
    """Which paper is to be made."""

    kind = Choice(choices=tuple(one.value for one in PaperName))
    language = Choice(choices=LANGUAGES)


def document_of(row: Document) -> dict[str, Any]:
    """A paper as it is answered."""
    ready = row.state == Document.State.READY
    return {
        "id": row.pk,
        "kind": row.kind,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "language": row.language,
        "state": row.state,
        "number": row.number,
        "version": row.version,
        "is_current": row.is_current,
        "superseded_by": row.superseded_by_id,
        "sha256": row.sha256,
        "pages": row.pages,
        "size": row.size,
        "requested_at": instant(row.requested_at),
        "made_at": instant(row.made_at),
        "check": reverse("check:paper", args=[row.token]) if ready else "",
        "content": reverse("api:document-content", args=[row.pk]) if ready else "",
    }


def signature_of(row: Signature, actor: Actor) -> dict[str, Any]:
    """A signature as it is answered; where it was given only staff are told."""
    place = reverse("api:signature-content", args=[row.pk]) if row.stored else ""
    shown = {
        "id": row.pk,
        "role": row.role,
        "how": row.how,
        "name": row.name,
        "reason": row.reason,
        "sheet_version": row.sheet.version,
        "sheet_sha256": row.sheet.sha256,
        "signed_at": instant(row.signed_at),
        "recorded_at": instant(row.recorded_at),
        "content": place,
    }
    if actor.is_client:
        return shown
    return shown | {
        "latitude": row.latitude,
        "longitude": row.longitude,
        "accuracy": row.accuracy,
    }


class OfSubject(Api):
    """What there is of one subject that the caller may see."""

    def subject(self, kind: str, pk: int) -> dict[str, Any]:
        """Its kind and id. Absent and forbidden are the same 404."""
        if pk > BIGGEST or not may_see(self.actor, kind, pk):
            raise Http404
        return {"subject_kind": kind, "subject_id": pk}


class SubjectDocumentsView(OfSubject):
    """The papers of a subject."""

    permission = {
        "GET": Permission.DOCUMENT_READ,
        "POST": Permission.DOCUMENT_REQUEST,
    }

    def _rows(self, about: dict[str, Any]) -> QuerySet[Document]:
        kinds = [one.kind for one in visible_papers(self.actor, about["subject_kind"])]
        return Document.objects.about(**about).filter(kind__in=kinds)

    @reads(
        DocumentShapeList,
        summary="List papers",
        tag=TAG,
        parameters=[*SUBJECT, Paged],
        operation_id="subject_documents",
    )
    def get(self, request: Request, subject_kind: str, subject_id: int) -> Response:
        """Every version, in whatever state, the oldest first."""
        asked = read_query(request, Paged)
        about = self.subject(subject_kind, subject_id)
        return Response(by_id(self._rows(about), asked, document_of))

    @writes(
        DocumentWanted,
        DocumentShape,
        summary="Have a paper made",
        tag=TAG,
        status=201,
        parameters=SUBJECT,
    )
    def post(self, request: Request, subject_kind: str, subject_id: int) -> Response:
        """Queued; a worker makes it within seconds. Ask for it again to learn its state."""
        del request
        self.subject(subject_kind, subject_id)
        given = self.read(DocumentWanted)
        kinds = {one.kind for one in visible_papers(self.actor, subject_kind)}
        if given["kind"] not in kinds:
            raise Http404
        document = request_document(**given, subject_id=subject_id, **self.common)
        place = reverse("api:document", args=[document.pk])
        return created(document_of(document), place)


class DocumentView(Api):
    """One paper."""

    permission = Permission.DOCUMENT_READ

    @reads(DocumentShape, summary="Read the state of a paper", tag=TAG, parameters=[ID])
    def get(self, request: Request, pk: int) -> Response:
        """Its state, number, version and hash."""
        del request
        return Response(document_of(self.found(pk)))

    def found(self, pk: int) -> Document:
        """The paper, if the caller may see it."""
        document = visible_document(self.actor, pk) if pk <= BIGGEST else None
        if document is None:
            raise Http404
        return document


class DocumentContentView(DocumentView):
    """The PDF."""

    @extend_schema(
        summary="Download a paper",
        tags=[TAG],
        parameters=[ID],
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)}
        | refusals(*READING, 409),
    )
    def get(self, request: Request, pk: int) -> Any:
        """The bytes that were issued; 404 until it is ready."""
        del request
        document = self.found(pk)
        if document.state != Document.State.READY:
            raise Http404
        name = f"{document.number}-v{document.version}.pdf"
        return download(read_paper(document), "application/pdf", name)


class SubjectSignaturesView(OfSubject):
    """The signatures of a subject."""

    permission = Permission.DOCUMENT_READ

    @reads(GivenSignatures, summary="List signatures", tag=TAG, parameters=SUBJECT)
    def get(self, request: Request, subject_kind: str, subject_id: int) -> Response:
        """Where the client's signature stands, and every answer in order."""
        del request
        about = self.subject(subject_kind, subject_id)
        standing = signature_state(**about)
        sheet = standing.sheet
        return Response(
            {
                "state": standing.state.value,
                "sheet_version": sheet.version if sheet else None,
                "sheet_sha256": sheet.sha256 if sheet else None,
                "results": [
                    signature_of(row, self.actor)
                    for row in Signature.objects.about(**about)
                ],
            }
        )


class SignatureContentView(Api):
    """The drawing, or the scan of a paper."""

    permission = Permission.DOCUMENT_READ

    @extend_schema(
        summary="Download a drawing or a scan",
        tags=[TAG],
        parameters=[ID],
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)
        }
        | refusals(*READING, 409),
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Always a download, whatever is in it."""
        del request
        found = visible_signature(self.actor, pk) if pk <= BIGGEST else None
        if found is None or not found.stored:
            raise Http404
        ending = found.media_type.partition("/")[2]
        name = f"signature-{found.pk}.{ending}"
        return download(read_signature(found), "application/octet-stream", name)


def download(data: bytes, media_type: str, name: str) -> HttpResponse:
    """Bytes as a download that nothing runs."""
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=name)
    )
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
