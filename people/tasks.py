"""Sending the letters: claimed with a lease, at least once, for a day."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import connections

from people import throttle
from people.letters import NotNeeded, write
from people.models import IdempotencyKey, Letter, Session
from servicedesk.lib import failpoints
from servicedesk.lib.now import database_now
from servicedesk.lib.wake import awake
from tenants.models import Tenant
from tenants.scope import tenant_scope

logger = logging.getLogger(__name__)

#: A letter is claimed when its turn has come, so that a lease lasts for one of them.
BATCH = 1
LEASE = timedelta(seconds=settings.LEASE_SECONDS)
FIRST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=1)
#: For how long an Idempotency-Key is known.
ANSWERS_KEPT = timedelta(hours=24)

_CLAIM = """
UPDATE people_letter SET lease = %s, wake_at = %s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM people_letter WHERE state = 'queued' AND wake_at <= %s
    ORDER BY wake_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, tenant_id
"""


@shared_task(name="people.post_letters")
def post_letters() -> int:
    """Send what is queued; say how many were tried."""
    awake("people.post_letters")
    total = 0
    while tried := post_batch(now=database_now()):
        total += tried
    return total


def post_batch(*, now: datetime) -> int:
    """One step: claim some letters and send them; 0 when there was nothing to do."""
    lease = uuid.uuid4()
    with connections["system"].cursor() as cursor:
        cursor.execute(_CLAIM, [lease, now + LEASE, now, BATCH])
        claimed = cursor.fetchall()
    failpoints.hit("letter.claimed")
    for letter_id, tenant_id in claimed:
        _post(letter_id, tenant_id, lease, now=now)
    return len(claimed)


def _post(letter_id: int, tenant_id: int, lease: uuid.UUID, *, now: datetime) -> None:
    """Write (committing the link), send outside any transaction, mark."""
    with tenant_scope(tenant_id):
        letter = (
            Letter.objects.select_related("tenant", "membership__user")
            .filter(pk=letter_id, lease=lease, state=Letter.State.QUEUED)
            .first()
        )
        if letter is None:
            return
        try:
            mail = write(letter, now=now)
        except NotNeeded:
            _mark(letter_id, lease, state=Letter.State.DEAD, last_error="not needed")
            return
    # Outside the scope the demo's mailbox could not tell whose mail this is.
    mail.tenant_id = tenant_id  # type: ignore[attr-defined]
    failpoints.hit("letter.before_send")
    try:
        mail.send()
    except Exception as error:
        _failed(letter, lease, error, now=now)
        return
    failpoints.hit("letter.after_send")
    with tenant_scope(tenant_id):
        _mark(letter_id, lease, state=Letter.State.SENT, sent_at=now, last_error="")
    failpoints.hit("letter.marked")


def _failed(
    letter: Letter, lease: uuid.UUID, error: Exception, *, now: datetime
) -> None:
    logger.warning("Letter %s was not sent: %s", letter.pk, type(error).__name__)
    pause = min(FIRST_PAUSE * 2 ** min(letter.attempts, 12), LONGEST_PAUSE)
    given_up = now - letter.created_at > GIVE_UP_AFTER
    with tenant_scope(letter.tenant.pk):
        _mark(
            letter.pk,
            lease,
            state=Letter.State.DEAD if given_up else Letter.State.QUEUED,
            wake_at=now + pause,
            last_error=f"{type(error).__name__}: {error}"[:300],
        )


def _mark(letter_id: int, lease: uuid.UUID, **values: object) -> None:
    Letter.objects.filter(pk=letter_id, lease=lease).update(**values)


@shared_task(name="people.tidy")
def tidy() -> None:
    """Forget what is over: sessions, counts of failed tries, answers kept for repeats."""
    now = database_now()
    Session.objects.filter(expire_date__lt=now).delete()
    for tenant_id in Tenant.objects.using("system").values_list("pk", flat=True):
        with tenant_scope(tenant_id):
            throttle.sweep(now=now)
            IdempotencyKey.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
