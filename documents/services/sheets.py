"""What is shown to a signer, and where a subject's signature stands."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from documents import rules
from documents.models import Sheet, Signature
from people.actors import Actor
from servicedesk.lib.errors import ServiceError
from tenants.scope import current_tenant_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands: its newest sheet, and the answer that counts.

    ``signature`` is the last answer on the newest text; where that is outdated, the last
    signature on an earlier one.
    """

    state: rules.State
    sheet: Sheet | None
    signature: Signature | None


@transaction.atomic
def present_sheet(
    *, subject_kind: str, subject_id: int, content: Any, now: datetime, actor: Actor
) -> Sheet:
    """What the signer is shown: the newest sheet where it says the same, else a new version.

    Raises ServiceError ``not_canonical`` for content without a canonical form.
    """
    try:
        text = rules.canonical(content)
    except rules.NotCanonical as error:
        raise ServiceError(
            "not_canonical", _("This can't be signed: %(why)s") % {"why": error}
        ) from error
    hold(subject_kind, subject_id)
    newest = newest_sheet(subject_kind, subject_id)
    digest = rules.sha256(text)
    if newest is not None and newest.sha256 == digest:
        return newest
    return Sheet.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        version=newest.version + 1 if newest else 1,
        content=text.decode(),
        sha256=digest,
        made_at=now,
        made_by_id=actor.membership_id,
    )


def newest_sheet(subject_kind: str, subject_id: int) -> Sheet | None:
    """The sheet that counts, or None where nobody was shown anything."""
    return Sheet.objects.about(subject_kind, subject_id).first()


def hold(subject_kind: str, subject_id: int) -> None:
    """Let one transaction at a time present and sign a subject.

    Sheets are append-only, so there is no row of theirs to lock.
    """
    key = zlib.crc32(f"{subject_kind}:{subject_id}".encode()) - 2**31
    tenant = current_tenant_id() % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [tenant, key])


def signature_state(
    *, subject_kind: str, subject_id: int, role: str = Signature.Role.CLIENT
) -> Standing:
    """Where one side's signature on a subject stands."""
    found = standings(subject_kind=subject_kind, subject_ids=[subject_id], role=role)
    return found[subject_id]


def standings(
    *,
    subject_kind: str,
    subject_ids: Collection[int],
    role: str = Signature.Role.CLIENT,
) -> dict[int, Standing]:
    """The same for many subjects of one kind, in two queries."""
    newest = {
        sheet.subject_id: sheet
        for sheet in Sheet.objects.filter(
            subject_kind=subject_kind, subject_id__in=subject_ids
        )
        .order_by("subject_id", "-version")
        .distinct("subject_id")
    }
    signed: dict[int, list[Signature]] = defaultdict(list)
    rows = Signature.objects.of(role).filter(
        sheet__subject_kind=subject_kind, sheet__subject_id__in=subject_ids
    )
    for row in rows.select_related("sheet").order_by("pk"):
        signed[row.sheet.subject_id].append(row)
    return {pk: _standing(newest.get(pk), signed[pk]) for pk in subject_ids}


def _standing(sheet: Sheet | None, signed: list[Signature]) -> Standing:
    text = sheet.sha256 if sheet else None
    state = rules.state_of(
        text, [rules.Mark(row.sheet.sha256, row.how) for row in signed]
    )
    on_newest = [row for row in signed if row.sheet.sha256 == text]
    earlier = [row for row in signed if row.how != Signature.How.REFUSED]
    counting = on_newest or (earlier if state == rules.State.OUTDATED else [])
    return Standing(state, sheet, counting[-1] if counting else None)
