"""Asking for a paper. It is made by a worker, never in a request."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from documents.registry import paper_of
from people.actors import Actor
from servicedesk.lib import bulk
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from servicedesk.lib.wake import wake_on_commit
from tenants.scope import current_tenant_id

PRINT = "documents.print"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper that somebody, or the platform by itself, wants made."""

    kind: str
    subject_id: int
    language: str


@transaction.atomic
def request_document(
    *, kind: str, subject_id: int, language: str, actor: Actor, now: datetime
) -> Document:
    """Have a paper made; the one that waits already where there is one.

    Raises LookupError for a kind that nobody registered, NotPermitted, ServiceError
    ``language_unknown``.
    """
    paper = paper_of(kind)
    if not paper.may_request(actor, subject_id):
        raise NotPermitted("not_permitted", _("Your role does not allow this."))
    if language not in dict(settings.LANGUAGES):
        raise ServiceError(
            "language_unknown", _("Choose one of the list."), field="language"
        )
    waiting = Document.objects.about(paper.subject_kind, subject_id).filter(
        kind=kind, language=language, state=Document.State.QUEUED
    )
    wanted = [Wanted(kind, subject_id, language)]
    while True:
        queue_documents(wanted, now=now, member_id=actor.membership_id)
        # One that waited already may have been taken up since; then there is none to wait for.
        if (found := waiting.first()) is not None:
            return found


def queue_documents(
    wanted: Sequence[Wanted], *, now: datetime, member_id: int | None = None
) -> None:
    """Queue papers, in the open tenant and transaction; one statement whatever their number.

    What waits already is not queued twice. Without ``member_id`` the platform asks by
    itself: what a person waits for is made first.
    """
    rows = [
        {
            "tenant_id": current_tenant_id(),
            "kind": one.kind,
            "subject_kind": paper_of(one.kind).subject_kind,
            "subject_id": one.subject_id,
            "language": one.language,
            "number": "",
            "version": 0,
            "state": Document.State.QUEUED.value,
            "token": secrets.token_urlsafe(16),
            "input_sha256": "",
            "stored": "",
            "sha256": "",
            "size": 0,
            "pages": 0,
            "is_current": False,
            "requested_at": now,
            "requested_by_id": member_id,
            "wake_at": now,
            "attempts": 0,
            "last_error": "",
        }
        for one in wanted
    ]
    bulk.insert(Document, rows, on_conflict="DO NOTHING")
    if rows:
        wake_on_commit(PRINT)


@transaction.atomic
def try_again(*, document: Document, actor: Actor, now: datetime) -> Document:
    """Queue a paper that failed again. Raises NotPermitted, Conflict ``not_failed``."""
    if not paper_of(document.kind).may_request(actor, document.subject_id):
        raise NotPermitted("not_permitted", _("Your role does not allow this."))
    failed = Document.objects.filter(pk=document.pk, state=Document.State.FAILED)
    if not failed.exists():
        raise Conflict("not_failed", _("This has not failed."))
    return request_document(
        kind=document.kind,
        subject_id=document.subject_id,
        language=document.language,
        actor=actor,
        now=now,
    )
