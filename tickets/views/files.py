"""Files of a ticket: as downloads, and pictures as previews. Both after the permission check."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from people.roles import Permission
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from tickets.attachments import IMAGES, open_file
from tickets.models import Attachment

#: Nothing in a file may run, load or be framed, whatever a browser takes it for.
SANDBOX = "default-src 'none'; sandbox"


@page(Permission.TICKET_READ)
def attachment(request: TenantRequest, pk: int) -> HttpResponseBase:
    """A file as a download: never shown in place, whatever is in it."""
    file = _find(request, pk)
    response = FileResponse(_open(file), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file.name
    )
    return _locked(response, file)


@page(Permission.TICKET_READ)
def preview(request: TenantRequest, pk: int) -> HttpResponseBase:
    """A picture in place: only what was sniffed as a picture, under that very type."""
    file = _find(request, pk)
    if file.media_type not in IMAGES:
        raise Http404
    response = FileResponse(_open(file), content_type=file.media_type)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, max-age=3600"
    return _locked(response, file)


def _find(request: TenantRequest, pk: int) -> Attachment:
    return get_object_or_404(Attachment.objects.visible_to(request.actor), pk=pk)


def _open(file: Attachment) -> object:
    try:
        return open_file(file)
    except OSError as error:
        raise Http404 from error


def _locked(response: FileResponse, file: Attachment) -> FileResponse:
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
