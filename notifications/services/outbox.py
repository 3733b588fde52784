"""Writing the outbox: the fact is a row, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from notifications.kinds import kind_of
from servicedesk.lib import bulk, pulse
from servicedesk.lib.wake import wake_on_commit
from tenants.scope import current_tenant_id

DELIVER = "notifications.deliver"


@dataclass(frozen=True, slots=True)
class Draft:
    """Something to tell one person, once for each ``dedupe_key``.

    ``kind`` is registered in ``notifications.kinds``; ``params`` fill its words: JSON values,
    instants as ISO text under names that end in ``_at``. ``topic`` and ``topic_id`` name what
    it is about. Without ``mail`` it only shows in the inbox.
    """

    recipient_id: int
    kind: str
    dedupe_key: str
    topic: str
    topic_id: int | None
    params: dict[str, Any] = field(default_factory=dict)
    mail: bool = True


# A message and its delivery come into being together, for the very rows that were new. Who
# cannot sign in is told nothing; settings mute what may be muted. The key of the e-mail is
# made here, once for ever.
QUEUE = """
WITH draft AS (
    SELECT v.*, m.mail_settings
    FROM jsonb_to_recordset(%(drafts)s::jsonb) AS v(
        recipient_id bigint, kind varchar, dedupe_key varchar, topic varchar,
        topic_id bigint, params jsonb, mail boolean, muteable boolean)
    JOIN people_membership m ON m.id = v.recipient_id
    JOIN accounts_user u ON u.id = m.user_id
    WHERE u.is_active AND m.is_active AND (m.expires_at IS NULL OR m.expires_at > %(now)s)
), told AS (
    INSERT INTO notifications_message (tenant_id, recipient_id, kind, dedupe_key, topic,
        topic_id, params, created_at)
    SELECT %(tenant)s, recipient_id, kind, dedupe_key, topic, topic_id, params, %(now)s
    FROM draft
    ON CONFLICT (tenant_id, recipient_id, dedupe_key) DO NOTHING
    RETURNING id, recipient_id, dedupe_key
), posted AS (
    INSERT INTO notifications_delivery (tenant_id, message_id, channel, recipient_id, uid,
        state, created_at, wake_at, attempts, last_error)
    SELECT %(tenant)s, told.id, 'email', told.recipient_id,
        '<' || gen_random_uuid() || '@' || %(domain)s || '>', 'queued', %(now)s, %(now)s, 0, ''
    FROM told JOIN draft USING (recipient_id, dedupe_key)
    WHERE draft.mail AND NOT (
        draft.muteable
        AND coalesce(draft.mail_settings ->> draft.kind, 'true') = 'false')
    RETURNING 1
)
SELECT recipient_id, (SELECT count(*) FROM posted) FROM told
"""


COLUMNS = (
    "recipient_id",
    "kind",
    "dedupe_key",
    "topic",
    "topic_id",
    "params",
    "mail",
    "muteable",
)


def queue(drafts: Sequence[Draft], *, now: datetime) -> int:
    """Queue messages, in the open tenant and transaction; return how many were new.

    One statement whatever their number: who was told already under the same key is not told
    again. On commit the delivery is woken, and the bells of the recipients.

    Raises LookupError for a kind without words.
    """
    if not drafts:
        return 0
    tenant_id = current_tenant_id()
    values: dict[str, Any] = {
        "drafts": bulk.pack(_rows(drafts), COLUMNS),
        "tenant": tenant_id,
        "now": now,
        "domain": str(settings.BASE_DOMAIN).partition(":")[0],
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, values)
        told = cursor.fetchall()
    if told:
        pulse.bump({f"me:{recipient}" for recipient, _ in told}, tenant_id=tenant_id)
    if told and told[0][1]:
        wake_on_commit(DELIVER)
    return len(told)


def _rows(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """One row a key, always in the same order, so that no two writers wait in a circle."""
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for draft in drafts:
        row = {
            "recipient_id": draft.recipient_id,
            "kind": draft.kind,
            "dedupe_key": draft.dedupe_key,
            "topic": draft.topic,
            "topic_id": draft.topic_id,
            "params": draft.params,
            "mail": draft.mail,
            "muteable": kind_of(draft.kind).muteable,
        }
        rows.setdefault((draft.recipient_id, draft.dedupe_key), row)
    return [rows[key] for key in sorted(rows)]
