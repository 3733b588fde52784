"""The alarm clock: arm, disarm, claim, fire.

The life of a deadline:

1. A service that changes a topic calls :func:`sync` with all that the topic now waits for,
   in the same transaction as the change.
2. The sweep :func:`claim`s rows whose time has come, in one statement, and commits: they are
   leased, so that nobody else takes them for a while.
3. :func:`fire` opens the tenant's scope and calls the handler of the kind, which locks,
   recomputes and acts. A batch that raises is rolled back and bisected down to the bad topic,
   which alone backs off and is reported.
4. A worker that dies anywhere leaves a lease that runs out: whoever wakes next catches up.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection, connections, transaction

from deadlines.models import Deadline
from deadlines.registry import handler_of
from servicedesk.lib import bulk
from servicedesk.lib.failpoints import hit
from servicedesk.lib.now import database_now
from tenants.scope import current_tenant_id, tenant_scope

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
BATCH = 200
#: So many at one look: more would leave the other workers idle at the end of a storm.
AT_ONCE = 1_000
BACKOFF_MOST = timedelta(hours=1)

# Joined as an array, not as a table: the planner can't know how few rows are due, and a join
# with that many "expected" ones would read the whole table for them. The time is that of the
# statement: clock_timestamp() may change from row to row, and so can't bound an index scan,
# which would then read everything that is armed.
CLAIM = """
UPDATE deadlines_deadline d
SET wake_at = clock_timestamp() + %s, lease = %s, attempts = d.attempts + 1
WHERE d.id = ANY(ARRAY(
    SELECT id FROM deadlines_deadline
    WHERE fired_at IS NULL AND wake_at <= statement_timestamp()
    ORDER BY wake_at, tenant_id LIMIT %s FOR UPDATE SKIP LOCKED
))
RETURNING d.tenant_id, d.kind, d.topic_id, d.id, d.attempts
"""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to wake up for: ``step`` of ``subject`` of a topic, due at an instant."""

    topic_id: int
    subject: str
    step: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A leased row: only what is needed to find it again inside its tenant."""

    tenant_id: int
    kind: str
    topic_id: int
    pk: int
    attempts: int


# -- arming --------------------------------------------------------------------------------


def sync(
    *,
    kind: str,
    topic_ids: Collection[int],
    wanted: Iterable[Alarm],
    fired: Mapping[tuple[int, str, str], datetime],
    now: datetime,
    writes: bulk.Together | None = None,
) -> None:
    """Make the armed deadlines of some topics equal ``wanted``; mark those in ``fired``.

    ``fired`` maps (topic, subject, step) to the due time of a step that has just had its
    effect, in this transaction. A fired step stays as a row, so that it can never be armed
    again; what is neither wanted nor fired is disarmed. A topic that is new has nothing armed
    and need not be in ``topic_ids``. New ones are armed with the other ``writes`` of the caller,
    without any at once.
    """
    armed = _armed(kind, topic_ids) if topic_ids else {}
    alarms = {(a.topic_id, a.subject, a.step): a for a in wanted}
    _mark_fired(kind, armed, fired, now=now)
    new = [a for key, a in alarms.items() if key not in armed and key not in fired]
    tenant_id = current_tenant_id()
    together = writes or bulk.Together()
    together.insert(
        Deadline,
        [_row(tenant_id, kind, alarm) for alarm in new],
        on_conflict="DO NOTHING",  # a step that has fired stays fired
    )
    if writes is None:
        together.run()
    _move(armed, alarms)
    stale = [
        row.pk for key, row in armed.items() if key not in alarms and key not in fired
    ]
    if stale:
        Deadline.objects.filter(pk__in=stale).delete()


def _armed(
    kind: str, topic_ids: Collection[int]
) -> dict[tuple[int, str, str], Deadline]:
    rows = Deadline.objects.filter(
        kind=kind, topic_id__in=list(topic_ids), fired_at=None
    ).select_for_update()
    return {(row.topic_id, row.subject, row.step): row for row in rows}


def _mark_fired(
    kind: str,
    armed: Mapping[tuple[int, str, str], Deadline],
    fired: Mapping[tuple[int, str, str], datetime],
    *,
    now: datetime,
) -> None:
    known = [
        {"id": armed[key].pk, "fired_at": now, "lateness": now - due, "due_at": due}
        for key, due in fired.items()
        if key in armed
    ]
    bulk.update(Deadline, known, fields=("fired_at", "lateness", "due_at"))
    tenant_id = current_tenant_id()
    # A step that was due the moment it came into being was never armed; it is kept all the
    # same, so that it can't fire twice.
    bulk.insert(
        Deadline,
        [
            _row(tenant_id, kind, Alarm(*key, due))
            | {"fired_at": now, "lateness": None}
            for key, due in fired.items()
            if key not in armed
        ],
        on_conflict="DO NOTHING",
    )


def _row(tenant_id: int, kind: str, alarm: Alarm) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "kind": kind,
        "topic_id": alarm.topic_id,
        "subject": alarm.subject,
        "step": alarm.step,
        "due_at": alarm.due_at,
        "wake_at": alarm.due_at,
        "attempts": 0,
        "last_error": "",
    }


def _move(
    armed: Mapping[tuple[int, str, str], Deadline],
    alarms: Mapping[tuple[int, str, str], Alarm],
) -> None:
    moved = [
        {
            "id": row.pk,
            "due_at": alarms[key].due_at,
            "wake_at": alarms[key].due_at,
            "lease": None,
            "attempts": 0,
            "last_error": "",
        }
        for key, row in armed.items()
        if key in alarms and (row.due_at != alarms[key].due_at or row.lease is not None)
    ]
    bulk.update(
        Deadline, moved, fields=("due_at", "wake_at", "lease", "attempts", "last_error")
    )


# -- firing --------------------------------------------------------------------------------


def claim(*, limit: int) -> tuple[uuid.UUID, list[Claim]]:
    """Lease up to ``limit`` rows whose time has come, over all tenants, and commit.

    Runs as ``sd_system``, which may read these rows and write their lease, nothing else.
    """
    lease = uuid.uuid4()
    with connections["system"].cursor() as cursor:
        # The stubs forget that psycopg takes a timedelta.
        cursor.execute(CLAIM, [LEASE, lease.hex, limit])  # type: ignore[list-item]
        rows = cursor.fetchall()
    hit("deadlines.claimed")
    return lease, [Claim(*row) for row in rows]


def sweep_once(*, limit: int = AT_ONCE) -> tuple[int, int]:
    """One look at the alarm clock: claim what is due and fire it, tenant by tenant.

    Returns how many deadlines were claimed, and how many topics had to back off.
    """
    lease, claims = claim(limit=limit)
    failed = 0
    claims.sort(key=lambda c: (c.tenant_id, c.kind, c.topic_id))
    for (tenant_id, kind), group in groupby(
        claims, key=lambda c: (c.tenant_id, c.kind)
    ):
        for batch in _batches(list(group)):
            failed += fire(tenant_id=tenant_id, kind=kind, lease=lease, claims=batch)
    return len(claims), failed


def _batches(claims: Sequence[Claim]) -> Iterable[list[Claim]]:
    """At most BATCH deadlines each; a topic is never split."""
    batch: list[Claim] = []
    for _topic, group in groupby(claims, key=lambda c: c.topic_id):
        rows = list(group)
        if batch and len(batch) + len(rows) > BATCH:
            yield batch
            batch = []
        batch += rows
    if batch:
        yield batch


def fire(
    *, tenant_id: int, kind: str, lease: uuid.UUID, claims: Sequence[Claim]
) -> int:
    """Fire a batch in one transaction; bisect it when it raises. Returns the bad topics."""
    try:
        with tenant_scope(tenant_id):
            _fire_batch(kind=kind, lease=lease, claims=claims)
            hit("deadlines.before_commit")
    except Exception as error:
        topics = sorted({c.topic_id for c in claims})
        if len(topics) == 1:
            _back_off(tenant_id=tenant_id, lease=lease, claims=claims, error=error)
            return 1
        middle = topics[len(topics) // 2]
        low = [c for c in claims if c.topic_id < middle]
        high = [c for c in claims if c.topic_id >= middle]
        return sum(
            fire(tenant_id=tenant_id, kind=kind, lease=lease, claims=half)
            for half in (low, high)
        )
    hit("deadlines.committed")
    return 0


def _fire_batch(*, kind: str, lease: uuid.UUID, claims: Sequence[Claim]) -> None:
    ids = [c.pk for c in claims]

    def take() -> set[int]:
        rows = Deadline.objects.filter(pk__in=ids, lease=lease, fired_at=None)
        return set(rows.select_for_update().values_list("topic_id", flat=True))

    now = database_now()
    handler_of(kind)(topic_ids=sorted({c.topic_id for c in claims}), take=take, now=now)
    # What the handler neither fired, moved nor disarmed is looked at again in a minute.
    left = Deadline.objects.filter(pk__in=ids, lease=lease, fired_at=None)
    left.update(wake_at=now + timedelta(minutes=1), last_error="left by its handler")


def _back_off(
    *, tenant_id: int, lease: uuid.UUID, claims: Sequence[Claim], error: Exception
) -> None:
    attempts = max(c.attempts for c in claims)
    delay = min(timedelta(seconds=2 ** min(attempts, 12)), BACKOFF_MOST)
    logger.error(
        "Deadline of tenant %s, topic %s failed (try %s); next in %s",
        tenant_id,
        claims[0].topic_id,
        attempts,
        delay,
        exc_info=error,
    )
    with tenant_scope(tenant_id):
        Deadline.objects.filter(pk__in=[c.pk for c in claims], lease=lease).update(
            wake_at=database_now() + delay,
            last_error=f"{type(error).__name__}: {error}"[:300],
        )


def report_sweep(*, worker: str, claimed: int, fired: int, duration: timedelta) -> None:
    """Leave a sign of life: a sweep that is silent for a minute is an alarm people see."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO deadlines_sweep (worker, ran_at, claimed, fired, duration)
            VALUES (%s, clock_timestamp(), %s, %s, %s)
            ON CONFLICT (worker) DO UPDATE SET ran_at = excluded.ran_at,
                claimed = excluded.claimed, fired = excluded.fired, duration = excluded.duration
            """,
            [worker, claimed, fired, duration],  # type: ignore[list-item]
        )
