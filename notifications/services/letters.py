"""From leased deliveries to letters: digests are fixed first, then everything is read."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q

from notifications.channels import Letter, Note
from notifications.conditions import GONE, OVERTAKEN, overtaken
from notifications.kinds import kind_of
from notifications.models import Delivery
from people.models import Membership
from tenants.models import Tenant

#: From so many messages of one person on, one e-mail lists them all.
DIGEST_FROM = 5
DIGEST_MOST = 100


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased delivery with its letter.

    ``letter`` is None where nobody may get it any more, and ``why`` says why; ``left_out`` are
    the deliveries of a digest whose messages are overtaken.
    """

    pk: int
    lease: uuid.UUID
    channel: str
    attempts: int
    created_at: datetime
    size: int  # how many messages
    letter: Letter | None
    why: str = ""
    left_out: frozenset[int] = frozenset()


def fix_digests(ids: Sequence[int], lease: uuid.UUID, *, now: datetime) -> None:
    """Gather what was never tried, of people who have much due, behind one delivery each.

    In the open tenant and transaction, to be committed before the first try: a retry then
    finds the same group under the same uid. What has been tried alone stays alone, for the
    mail server may have taken it.
    """
    fresh = Q(pk__in=ids, lease=lease, attempts=1) | Q(
        lease=None, attempts=0, wake_at__lte=now
    )
    queued = Delivery.objects.filter(fresh, state=Delivery.State.QUEUED)
    mine = Delivery.objects.filter(pk__in=ids, lease=lease)
    crowded = (
        queued.filter(recipient_id__in=mine.values("recipient_id"))
        .values("recipient_id", "channel")
        .annotate(n=Count("pk"))
        .filter(n__gte=DIGEST_FROM)
    )
    for group in list(crowded):
        rows = queued.filter(
            recipient_id=group["recipient_id"], channel=group["channel"]
        )
        _join(rows.order_by("pk").select_for_update(skip_locked=True), lease)


def _join(rows: Iterable[Delivery], lease: uuid.UUID) -> None:
    found = list(rows)[: DIGEST_MOST * 2]
    leader = next((row for row in found if row.lease == lease), None)
    if leader is None:
        return
    others = [row.pk for row in found if row.pk != leader.pk][: DIGEST_MOST - 1]
    if len(others) + 1 < DIGEST_FROM:
        return
    Delivery.objects.filter(pk__in=others).update(
        state=Delivery.State.JOINED, leader=leader, lease=None
    )


def read_parcels(ids: Sequence[int], lease: uuid.UUID) -> list[Parcel]:
    """Everything that is needed to send, read at once; urgent kinds come first."""
    rows = list(
        Delivery.objects.filter(
            pk__in=ids, lease=lease, state=Delivery.State.QUEUED
        ).select_related("message", "recipient__user", "tenant")
    )
    members: dict[int, list[Delivery]] = defaultdict(list)
    joined = Delivery.objects.filter(leader_id__in=[row.pk for row in rows])
    for row in joined.select_related("message").order_by("pk"):
        members[row.leader_id or 0].append(row)
    rows.sort(key=lambda row: (not _is_urgent(row), row.pk))
    groups = [[row, *members[row.pk]] for row in rows]
    moot = overtaken([one.message for group in groups for one in group])
    return [_parcel(group, moot) for group in groups]


def _parcel(group: Sequence[Delivery], moot: Container[int]) -> Parcel:
    row = group[0]
    left = [one for one in group if one.message_id not in moot]
    why = OVERTAKEN if not left else "" if _may_get(row, row.recipient) else GONE
    return Parcel(
        pk=row.pk,
        lease=row.lease or uuid.UUID(int=0),
        channel=row.channel,
        attempts=row.attempts,
        created_at=min(one.created_at for one in group),
        size=len(group),
        letter=None if why else _letter(row, row.recipient, left),
        why=why,
        left_out=frozenset(one.pk for one in group) - {one.pk for one in left},
    )


def _may_get(row: Delivery, person: Membership) -> bool:
    return row.tenant.is_active and person.is_active and person.user.is_active


def _is_urgent(row: Delivery) -> bool:
    try:
        return kind_of(row.message.kind).urgent
    except LookupError:
        return False


def _letter(row: Delivery, person: Membership, group: Sequence[Delivery]) -> Letter:
    tenant: Tenant = row.tenant
    return Letter(
        uid=row.uid,
        tenant_id=tenant.pk,
        tenant_name=tenant.name,
        site=f"{settings.SCHEME}://{tenant.slug}.{settings.BASE_DOMAIN}",
        name=person.user.name,
        address=person.user.email,
        language=person.user.language or tenant.language,
        zone=tenant.zone,
        notes=[
            Note(
                kind=one.message.kind,
                params=one.message.params,
                created_at=one.message.created_at,
                topic=one.message.topic,
                topic_id=one.message.topic_id,
            )
            for one in group
        ],
    )
