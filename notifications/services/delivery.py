"""Sending what is in the outbox: leased, at least once, one key for ever.

The life of a delivery:

1. ``claim`` leases what is due over all tenants, in one statement, and commits.
2. Per tenant, in its scope: who has much due gets a digest, whose group and key are fixed
   and committed before the first try.
3. What is no longer so by then (a warning of what is done meanwhile) is left out.
4. Each letter is rendered and handed to its channel while its lease is still ours (a slow
   batch renews it); outside any transaction, for a mail server may be slow.
5. It is marked sent, if the lease is still ours. A worker that dies between 4 and 5 leaves a
   lease that runs out: the letter goes out again under the same key.
6. What fails waits longer each time; after a day it is given up, and administrators are told.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.db.models import QuerySet

from notifications.channels import ChannelDown, Refused, Sender, channel
from notifications.conditions import OVERTAKEN
from notifications.models import Delivery
from notifications.readable import one_line
from notifications.services.claims import Claims, Heartbeat, claim, renew
from notifications.services.dead import tell_administrators
from notifications.services.letters import (
    Parcel,
    fix_digests,
    read_parcels,
)
from servicedesk.lib.failpoints import hit
from tenants.scope import tenant_scope

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(days=1)
BATCH = 50


def deliver_once(*, now: datetime, limit: int = BATCH, worker: str = "") -> int:
    """One step: lease what is due and send it. Returns how many deliveries were leased.

    ``now`` is the database's clock, read by the caller; ``worker`` only names it in the log.
    """
    claims = claim(now=now, limit=limit)
    hit("deliver.claimed")
    with Heartbeat(claims):
        _Round(claims, now=now, worker=worker).run()
    return claims.count


def wait_after(attempts: int, *, uid: str) -> timedelta:
    """How long to wait after the ``attempts``-th try failed: doubling, half an hour at most.

    A fifth is taken off or added by the uid, so that a batch which failed together does not
    come back together; the same delivery always gets the same.
    """
    exact = min(FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 20), LONGEST_WAIT)
    share = zlib.crc32(f"{uid}:{attempts}".encode()) / 2**32
    jittered: timedelta = exact * (0.8 + 0.4 * share)
    return jittered


class _Round:
    """One step's work: channels stay open, and a dead one is not tried again."""

    def __init__(self, claims: Claims, *, now: datetime, worker: str) -> None:
        self.claims = claims
        self.now = now
        self.worker = worker
        self.senders: dict[str, Sender] = {}
        self.down: dict[str, ChannelDown] = {}

    def run(self) -> None:
        with ExitStack() as stack:
            self.stack = stack
            for tenant_id, ids in self.claims.ids.items():
                try:
                    self._tenant(tenant_id, ids)
                except Exception:
                    # Its leases run out, and it is looked at again; the others go on.
                    logger.exception("Deliveries of tenant %s failed", tenant_id)

    def _tenant(self, tenant_id: int, ids: Sequence[int]) -> None:
        with tenant_scope(tenant_id):
            fix_digests(ids, self.claims.lease, now=self.now)
        hit("deliver.grouped")
        with tenant_scope(tenant_id):
            parcels = read_parcels(ids, self.claims.lease)
        for parcel in parcels:
            try:
                self._parcel(tenant_id, parcel)
            except Exception as error:
                self._failed(tenant_id, parcel, error)

    def _parcel(self, tenant_id: int, parcel: Parcel) -> None:
        if parcel.letter is None:
            self._finish(tenant_id, parcel, state=Delivery.State.MOOT, error=parcel.why)
            return
        sender = self._sender(parcel.channel)
        if not renew([parcel.pk], parcel.lease):
            logger.info("Delivery %s was taken over by another worker", parcel.pk)
            return
        hit("deliver.before_send")
        try:
            sender.send(parcel.letter)
        except ChannelDown as error:
            self.down[parcel.channel] = error
            raise
        hit("deliver.after_send")
        self._finish(tenant_id, parcel, state=Delivery.State.SENT)
        hit("deliver.marked")

    def _sender(self, key: str) -> Sender:
        if key in self.down:
            raise self.down[key]
        if key not in self.senders:
            self.senders[key] = self.stack.enter_context(channel(key).open())
        return self.senders[key]

    def _finish(
        self, tenant_id: int, parcel: Parcel, *, state: str, error: str = ""
    ) -> None:
        """Mark a delivery and its digest, if the lease is still ours."""
        values = {
            "state": state,
            "sent_at": self.now if state == Delivery.State.SENT else None,
            "last_error": error,
        }
        with tenant_scope(tenant_id):
            if not _ours(parcel).update(lease=None, **values):
                logger.warning("Delivery %s was no longer ours to mark", parcel.pk)
                return
            if parcel.size > 1:
                Delivery.objects.filter(leader_id=parcel.pk).update(**values)
            if state == Delivery.State.SENT and parcel.left_out:
                _leave_out(parcel)
            hit("deliver.before_mark")

    def _failed(self, tenant_id: int, parcel: Parcel, error: Exception) -> None:
        """Try again later, or give up after a day."""
        told = isinstance(error, ChannelDown | Refused) and str(error)
        reason = one_line(told or f"{type(error).__name__}: {error}", limit=300)
        uid = parcel.letter.uid if parcel.letter else ""
        logger.warning(
            "Delivery %s failed (try %s): %s", parcel.pk, parcel.attempts, reason
        )
        if self.now - parcel.created_at >= GIVE_UP_AFTER:
            self._finish(tenant_id, parcel, state=Delivery.State.DEAD, error=reason)
            with tenant_scope(tenant_id):
                name = parcel.letter.name if parcel.letter else ""
                tell_administrators(now=self.now, name=name, error=reason)
            return
        with tenant_scope(tenant_id):
            _ours(parcel).update(
                lease=None,
                wake_at=self.now + wait_after(parcel.attempts, uid=uid),
                last_error=reason,
            )


def _leave_out(parcel: Parcel) -> None:
    """Note what was overtaken before its digest could be sent; the leader keeps its state."""
    rows = Delivery.objects.filter(pk__in=parcel.left_out)
    rows.update(last_error=OVERTAKEN)
    rows.exclude(pk=parcel.pk).update(state=Delivery.State.MOOT, sent_at=None)


def _ours(parcel: Parcel) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk=parcel.pk, lease=parcel.lease, state=Delivery.State.QUEUED
    )
