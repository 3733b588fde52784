"""Leasing deliveries over all tenants, as ``sd_system``: ids come out, nothing else."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
RENEW_EVERY = LEASE / 3

# Oldest first, but by turns among the tenants: a thousand messages of one do not hold up
# the one message of another.
CLAIM = """
WITH due AS (
    SELECT id, tenant_id, wake_at FROM notifications_delivery
    WHERE state = 'queued' AND wake_at <= %(now)s
    ORDER BY wake_at LIMIT 2000
), turns AS (
    SELECT id, row_number() OVER (PARTITION BY tenant_id ORDER BY wake_at, id) AS turn
    FROM due
), picked AS (
    SELECT id FROM turns ORDER BY turn, id LIMIT %(limit)s
), locked AS (
    SELECT d.id FROM notifications_delivery d JOIN picked USING (id)
    WHERE d.state = 'queued' AND d.wake_at <= %(now)s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE notifications_delivery d
SET lease = %(lease)s, wake_at = %(until)s, attempts = d.attempts + 1
FROM locked WHERE d.id = locked.id
RETURNING d.tenant_id, d.id
"""

RENEW = """
UPDATE notifications_delivery
SET wake_at = greatest(wake_at, clock_timestamp() + %s)
WHERE id = ANY(%s) AND lease = %s AND state = 'queued'
"""


@dataclass(frozen=True, slots=True)
class Claims:
    """What one step has leased: ids by tenant, under one token."""

    lease: uuid.UUID
    ids: dict[int, list[int]]

    @property
    def count(self) -> int:
        """How many deliveries."""
        return sum(len(ids) for ids in self.ids.values())

    def all_ids(self) -> list[int]:
        """The ids of all tenants."""
        return [pk for ids in self.ids.values() for pk in ids]


def claim(*, now: datetime, limit: int) -> Claims:
    """Lease what is due, in one statement, and commit. A lease that runs out frees it."""
    lease = uuid.uuid4()
    values: dict[str, Any] = {
        "now": now,
        "limit": limit,
        "lease": lease.hex,
        "until": now + LEASE,
    }
    with connections["system"].cursor() as cursor:
        cursor.execute(CLAIM, values)
        rows = cursor.fetchall()
    found: dict[int, list[int]] = {}
    for tenant_id, pk in sorted(rows):
        found.setdefault(tenant_id, []).append(pk)
    return Claims(lease, found)


def renew(ids: Sequence[int], lease: uuid.UUID) -> bool:
    """Make a lease last from now on; False where somebody else has taken one over."""
    values: list[Any] = [LEASE, list(ids), lease.hex]
    with connections["system"].cursor() as cursor:
        cursor.execute(RENEW, values)
        return int(cursor.rowcount) == len(ids)


class Heartbeat:
    """Renews the leases of a step that takes long: a mail server may be slow, not dead."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def __enter__(self) -> Heartbeat:
        if self._claims.count:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def _run(self) -> None:
        ids = self._claims.all_ids()
        pause = RENEW_EVERY.total_seconds()
        try:
            while not self._over.wait(pause):
                try:
                    renew(ids, self._claims.lease)
                except DatabaseError:
                    # The leases run out, and whoever looks next takes over.
                    connections["system"].close()
        finally:
            connections["system"].close()
