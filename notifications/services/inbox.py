"""Reading one's messages and saying which of them come by e-mail."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from notifications.conditions import REASONS
from notifications.kinds import (
    ADMINISTRATORS,
    CLIENTS,
    EVERYONE,
    STAFF,
    Kind,
    all_kinds,
)
from notifications.models import Delivery, Message
from people.actors import Actor
from people.models import Membership
from people.roles import Role
from servicedesk.lib import pulse

#: Counting further would cost more than anybody learns from it.
MOST_COUNTED = 100


def messages_of(actor: Actor) -> QuerySet[Message]:
    """What the actor was told, and nobody else."""
    return Message.objects.filter(recipient_id=actor.membership_id)


STANDING = """
SELECT (SELECT coalesce(max(id), 0) FROM notifications_message
        WHERE recipient_id = %(member)s),
       (SELECT count(*) FROM (
            SELECT 1 FROM notifications_message
            WHERE recipient_id = %(member)s AND read_at IS NULL LIMIT %(most)s) unread)
"""


def standing(actor: Actor) -> tuple[int, int]:
    """The id of the actor's newest message, and how many are unread up to MOST_COUNTED.

    One query, for it is asked on every page.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"member": actor.membership_id, "most": MOST_COUNTED})
        newest, unread = cursor.fetchone()
    return newest, unread


@transaction.atomic
def mark_read(*, actor: Actor, now: datetime, pk: int) -> Message | None:
    """Mark one of the actor's messages as read; None where it is not theirs."""
    message = messages_of(actor).filter(pk=pk).first()
    if message is not None and message.read_at is None:
        Message.objects.filter(pk=pk).update(read_at=now)
        _bump(actor)
    return message


@transaction.atomic
def mark_unread(*, actor: Actor, pk: int) -> bool:
    """Put one of the actor's messages back; False where it is not theirs."""
    found = messages_of(actor).filter(pk=pk).update(read_at=None)
    if found:
        _bump(actor)
    return bool(found)


@transaction.atomic
def mark_all_read(*, actor: Actor, now: datetime, up_to: int) -> int:
    """Mark everything as read that the person saw: up to a message, not what came since."""
    unread = messages_of(actor).filter(read_at=None, pk__lte=up_to)
    count = unread.update(read_at=now)
    if count:
        _bump(actor)
    return count


def unsent_mail(messages: Collection[int]) -> dict[int, str]:
    """Why the e-mails of some messages were not sent, by message; of those alone."""
    rows = Delivery.objects.filter(message_id__in=messages, last_error__in=REASONS)
    return dict(rows.values_list("message_id", "last_error"))


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds that somebody in the actor's role can get, in order."""
    audiences = {EVERYONE, CLIENTS if actor.is_client else STAFF}
    if actor.role == Role.ADMINISTRATOR:
        audiences.add(ADMINISTRATORS)
    return [k for k in all_kinds() if k.audience in audiences]


@transaction.atomic
def choose_mail(*, actor: Actor, choices: Mapping[str, bool]) -> None:
    """Say for kinds that may be muted whether they come by e-mail as well.

    Only what is switched off is kept, so that a new kind comes by e-mail at first.
    """
    off = {
        kind.key: False
        for kind in kinds_for(actor)
        if kind.muteable and not choices.get(kind.key, True)
    }
    me = Membership.objects.filter(pk=actor.membership_id)  # type: ignore[misc]
    me.update(mail_settings=off)


def _bump(actor: Actor) -> None:
    pulse.bump([f"me:{actor.membership_id}"], tenant_id=actor.tenant_id)
