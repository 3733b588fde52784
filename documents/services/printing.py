"""Making the papers that wait: leased, at least once, one version after the other.

The life of a paper:

1. ``claim`` leases the next one over all tenants, in one statement, and commits: by turns
   among the tenants, what a person waits for before what the platform wants by itself.
2. In its tenant's scope it is composed, and gets its number and version. Where it would say
   what the current one says, nothing is made. Commit.
3. The press prints it, outside any transaction.
4. The file is kept, the paper becomes the current version, its room is told. Commit, if the
   lease is still ours.
5. What fails waits longer each time, and is given up after some tries. A worker that dies
   anywhere leaves a lease that runs out. Without a press (no Pango) papers wait.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, connections
from django.db.models import F
from django.utils import timezone, translation

from documents.frame import Face, input_sha256, job_of
from documents.models import Document
from documents.press import NoPress, Printed, Prints, SpoiledJob, press
from documents.press.press import SECONDS
from documents.registry import Composed, paper_of
from documents.rules import sha256
from servicedesk.lib.failpoints import hit
from servicedesk.lib.vault import keep
from tenants.models import Tenant
from tenants.scope import tenant_scope

logger = logging.getLogger(__name__)

#: Longer than the longest print, so that a paper is not printed twice at once.
LEASE: Final = timedelta(seconds=SECONDS + 40)
TRIES_MOST: Final = 4
FIRST_WAIT: Final = timedelta(seconds=15)
#: Another version of the same paper is being made; or there is nothing to print with.
NEXT_TURN: Final = timedelta(seconds=2)
NO_PRESS_WAIT: Final = timedelta(minutes=1)

# Whose last paper was made longest ago comes first: a tenant with a hundred papers does not
# hold up the one paper of another.
CLAIM = """
WITH tenants AS (
    SELECT t.id, (
        SELECT max(made_at) FROM documents_document m
        WHERE m.tenant_id = t.id AND m.made_at IS NOT NULL
    ) AS served_at
    FROM (
        SELECT DISTINCT tenant_id AS id FROM documents_document
        WHERE state IN ('queued', 'rendering') AND wake_at <= %(now)s
    ) t
), picked AS (
    SELECT d.id FROM documents_document d JOIN tenants ON tenants.id = d.tenant_id
    WHERE d.state IN ('queued', 'rendering') AND d.wake_at <= %(now)s
    ORDER BY d.requested_by_id IS NULL, served_at NULLS FIRST, d.wake_at, d.id
    LIMIT 1 FOR UPDATE OF d SKIP LOCKED
)
UPDATE documents_document d
SET wake_at = %(until)s, lease = %(lease)s, attempts = d.attempts + 1
FROM picked WHERE d.id = picked.id
RETURNING d.tenant_id, d.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased paper: only what is needed to find it again inside its tenant."""

    tenant_id: int
    pk: int
    lease: uuid.UUID


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper that is composed and numbered, to be printed."""

    tenant: Tenant
    face: Face
    composed: Composed
    input_sha256: str


def print_once(*, now: datetime, with_press: Prints | None = None) -> bool:
    """One step: lease the next paper and make it. Returns whether there was one."""
    claimed = claim(now=now)
    if claimed is None:
        return False
    hit("documents.claimed")
    try:
        with tenant_scope(claimed.tenant_id):
            draft = prepare(claimed, now=now)
        hit("documents.composed")
        if draft is not None:
            job = job_of(draft.composed, tenant=draft.tenant, face=draft.face)
            printed = (with_press or press()).print(job)
            hit("documents.printed")
            with tenant_scope(claimed.tenant_id):
                finish(claimed, draft, printed, now=now)
                hit("documents.before_commit")
    except NoPress as error:
        logger.warning("Papers wait: %s", error)
        with tenant_scope(claimed.tenant_id):
            _wait(claimed, wake_at=now + NO_PRESS_WAIT, error=str(error))
        return False
    except Exception as error:
        _failed(claimed, error, now=now)
    return True


def claim(*, now: datetime) -> Claim | None:
    """Lease the next paper that waits, as ``sd_system``, and commit."""
    lease = uuid.uuid4()
    values: dict[str, Any] = {"now": now, "until": now + LEASE, "lease": lease.hex}
    with connections["system"].cursor() as cursor:
        cursor.execute(CLAIM, values)
        row = cursor.fetchone()
    return Claim(row[0], row[1], lease) if row else None


def prepare(claimed: Claim, *, now: datetime) -> Draft | None:
    """Compose and number a leased paper; None where there is nothing to print (now)."""
    document = _ours(claimed).select_for_update().first()
    if document is None:
        return None
    if document.attempts > TRIES_MOST:
        raise SpoiledJob("worker_died")
    same = Document.objects.like(document).exclude(pk=document.pk)
    if same.filter(state=Document.State.RENDERING).exists():
        _wait(claimed, wake_at=now + NEXT_TURN)
        return None
    tenant = Tenant.objects.get()
    paper = paper_of(document.kind)
    with translation.override(document.language), timezone.override(tenant.zone):
        title = str(paper.title)
        composed = paper.compose(
            tenant=tenant,
            subject_id=document.subject_id,
            language=document.language,
            now=now,
        )
    number, version = _place(document, same, tenant=tenant, now=now)
    face = Face(
        kind=document.kind,
        title=title,
        number=number,
        version=version,
        token=document.token,
        language=document.language,
        made_at=now,
        replaces=version - 1,
    )
    draft = Draft(
        tenant, face, composed, input_sha256(composed, tenant=tenant, face=face)
    )
    current = same.filter(is_current=True).first()
    if current is not None and current.input_sha256 == draft.input_sha256:
        _ours(claimed).update(
            state=Document.State.UNCHANGED,
            superseded_by=current,
            lease=None,
            last_error="",
        )
        return None
    _ours(claimed).update(
        state=Document.State.RENDERING, number=number, version=version
    )
    return draft


def _place(
    document: Document, same: Any, *, tenant: Tenant, now: datetime
) -> tuple[str, int]:
    """The number of the paper, and the version that this one will be."""
    if document.version:  # composed before, by a worker that died
        return document.number, document.version
    last = same.filter(version__gt=0).order_by("-version").first()
    if last is not None:
        return last.number, last.version + 1
    return _next_number(tenant, now), 1


def _next_number(tenant: Tenant, now: datetime) -> str:
    """The tenant's next number of a paper in the year, such as ZD-DOC-2026-000123."""
    year = now.astimezone(ZoneInfo(tenant.zone)).year
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO documents_documentcounter AS c (tenant_id, year, last)
            VALUES (%s, %s, 1)
            ON CONFLICT (tenant_id, year) DO UPDATE SET last = c.last + 1 RETURNING last
            """,
            [tenant.pk, year],
        )
        last = cursor.fetchone()[0]
    return f"{tenant.ticket_prefix}-DOC-{year}-{last:06d}"


def finish(claimed: Claim, draft: Draft, printed: Printed, *, now: datetime) -> None:
    """Keep the file and make the paper the current version, if the lease is still ours."""
    document = _ours(claimed).select_for_update().first()
    if document is None:
        logger.warning("Paper %s was no longer ours to finish", claimed.pk)
        return
    file = keep(printed.pdf, tenant_id=claimed.tenant_id)
    before = Document.objects.like(document).filter(is_current=True)
    before.update(is_current=False, superseded_by=document)
    document.state = Document.State.READY
    document.is_current = True
    document.input_sha256 = draft.input_sha256
    document.sheet_id = draft.composed.sheet_id
    document.stored, document.size = file.stored, file.size
    document.sha256 = sha256(printed.pdf)
    document.pages = printed.pages
    document.made_at = now
    document.lease = None
    document.last_error = ""
    document.save()
    if (made := paper_of(document.kind).made) is not None:
        made(document, now=now)


def _failed(claimed: Claim, error: Exception, *, now: datetime) -> None:
    """Try again later, or give up: then it can be asked for again."""
    logger.warning("Paper %s failed", claimed.pk, exc_info=error)
    reason = error.code if isinstance(error, SpoiledJob) else type(error).__name__
    told = f"{reason}: {error}"[:300]
    with tenant_scope(claimed.tenant_id):
        document = _ours(claimed).first()
        if document is None:
            return
        if document.attempts < TRIES_MOST:
            wait = FIRST_WAIT * 4 ** (document.attempts - 1)
            _ours(claimed).update(wake_at=now + wait, lease=None, last_error=told)
            return
        _ours(claimed).update(
            state=Document.State.FAILED,
            lease=None,
            last_error=told,
            number="",
            version=0,
        )


def _wait(claimed: Claim, *, wake_at: datetime, error: str = "") -> None:
    """Wait for another turn, which does not count as a try."""
    _ours(claimed).update(
        wake_at=wake_at,
        lease=None,
        last_error=error[:300],
        attempts=F("attempts") - 1,
    )


def _ours(claimed: Claim) -> Any:
    return Document.objects.waiting().filter(pk=claimed.pk, lease=claimed.lease)
