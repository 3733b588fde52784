"""The papers of a subject, as a part of its page; the files themselves."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override

from documents import services
from documents.forms import MakeForm
from documents.models import Document
from documents.press import why_no_press
from documents.queries import (
    shelves,
    visible_document,
    visible_papers,
    visible_signature,
)
from documents.registry import may_see, paper_of, subject_of
from documents.services.reading import read_paper, read_signature
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page

#: Nothing in a file may run, load or be framed, whatever a browser takes it for.
SANDBOX = "default-src 'none'; sandbox"
#: A browser's own reader of PDFs runs in no sandbox; styles are what it shows a file with.
READER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline';"
    " base-uri 'none'; frame-ancestors 'none'"
)


@page(Permission.DOCUMENT_READ)
def papers(request: TenantRequest, subject_kind: str, subject_id: int) -> HttpResponse:
    """What was made of a subject and what can be; asks again by itself while some wait."""
    if not may_see(request.actor, subject_kind, subject_id):
        raise Http404
    return _list(request, subject_kind, subject_id)


def _list(
    request: TenantRequest, subject_kind: str, subject_id: int, *, error: str = ""
) -> HttpResponse:
    found = shelves(request.actor, subject_kind, subject_id)
    context = {
        "shelves": found,
        "related": subject_of(subject_kind).related(request.actor, subject_id),
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "waiting": any(one.newest and one.newest.is_waiting for one in found),
        "no_press": request.actor.is_staff and why_no_press(),
        "error": error,
    }
    name = "_papers" if request.htmx else "papers"
    status = 422 if error else 200
    return render(request, f"documents/{name}.html", context, status=status)


@page(Permission.DOCUMENT_REQUEST, methods=("POST",))
def make(request: TenantRequest, subject_kind: str, subject_id: int) -> HttpResponse:
    """Have a paper made."""
    form = MakeForm(request.POST)
    kinds = {one.kind for one in visible_papers(request.actor, subject_kind)}
    if not may_see(request.actor, subject_kind, subject_id) or not form.is_valid():
        raise Http404
    if form.cleaned_data["kind"] not in kinds:
        raise Http404
    error = ""
    try:
        services.request_document(
            **form.cleaned_data,
            subject_id=subject_id,
            actor=request.actor,
            now=request.now,
        )
    except ServiceError as refused:
        error = str(refused.message)
    return _list(request, subject_kind, subject_id, error=error)


@page(Permission.DOCUMENT_REQUEST, methods=("POST",))
def again(request: TenantRequest, pk: int) -> HttpResponse:
    """Try a paper again that failed."""
    document = _find(request, pk)
    error = ""
    try:
        services.try_again(document=document, actor=request.actor, now=request.now)
    except ServiceError as refused:
        error = str(refused.message)
    return _list(request, document.subject_kind, document.subject_id, error=error)


@page(Permission.DOCUMENT_READ)
def open_paper(request: TenantRequest, pk: int) -> HttpResponseBase:
    """A paper in the browser's own reader."""
    return _file(request, _find(request, pk), attachment=False)


@page(Permission.DOCUMENT_READ)
def download(request: TenantRequest, pk: int) -> HttpResponseBase:
    """A paper as a file."""
    return _file(request, _find(request, pk), attachment=True)


def _find(request: TenantRequest, pk: int) -> Document:
    document = visible_document(request.actor, pk)
    if document is None:
        raise Http404
    return document


def _file(
    request: TenantRequest, document: Document, *, attachment: bool
) -> HttpResponse:
    """The bytes that were issued, or a page that says why not."""
    if document.state != Document.State.READY:
        raise Http404
    try:
        data = read_paper(document)
    except ServiceError as error:
        context = {"error": error.message}
        return render(request, "documents/damaged.html", context, status=error.status)
    with override(document.language):
        title = str(paper_of(document.kind).title)
        version = _("version %(version)s") % {"version": document.version}
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Security-Policy"] = SANDBOX if attachment else READER
    name = f"{title} {document.number} {version}.pdf"
    return _locked(response, name, attachment=attachment)


@page(Permission.DOCUMENT_READ)
def signature(request: TenantRequest, pk: int) -> HttpResponseBase:
    """What somebody drew, in place; the scan of a paper, as a download."""
    found = visible_signature(request.actor, pk)
    if found is None or not found.stored:
        raise Http404
    try:
        data = read_signature(found)
    except ServiceError as error:
        raise Http404 from error
    picture = found.media_type == "image/png"
    kind = found.media_type if picture else "application/octet-stream"
    response = HttpResponse(data, content_type=kind)
    name = f"{found.name}.{found.media_type.partition('/')[2]}"
    response["Content-Security-Policy"] = SANDBOX
    return _locked(response, name, attachment=not picture)


def _locked(response: HttpResponse, name: str, *, attachment: bool) -> HttpResponse:
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=attachment, filename=name)
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
