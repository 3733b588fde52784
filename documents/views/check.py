"""The public page behind the QR code: whether a paper is genuine and current, nothing else."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render

from documents.forms import FileForm
from documents.queries import genuine
from people.throttle import spend
from servicedesk.lib.forms import status_of
from servicedesk.lib.http import TenantRequest, too_many
from servicedesk.lib.pages import PUBLIC, page

#: Views of this page from one place in a quarter of an hour.
LIMIT = 60


@page(PUBLIC, methods=("GET", "POST"))
def check(request: TenantRequest, token: str) -> HttpResponse:
    """Say whether the paper with this token is genuine; compare a file with it."""
    if request.tenant is None:
        raise Http404
    closed_until = spend(request, "check", limit=LIMIT, now=request.now)
    if closed_until is not None:
        return too_many(request, until=closed_until)
    found = genuine(token)
    if found is None:
        raise Http404
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"paper": found, "form": form, "token": token}
    if request.method == "POST" and form.is_valid():
        context["answer"] = found.compare(_digest(form.cleaned_data["file"]))
    return render(request, "documents/check.html", context, status=status_of(form))


def _digest(file: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
