"""Mails about somebody's account: queued with the change they tell of, sent afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from people.models import Letter, Membership
from servicedesk.lib.wake import wake_on_commit

TASK = "people.post_letters"


def queue_letter(
    *,
    now: datetime,
    kind: str,
    membership: Membership,
    address: str = "",
    params: dict[str, Any] | None = None,
) -> Letter:
    """Queue a mail to a person, in their language; ``address`` where not their own.

    ``kind`` is one of ``people.letters.KINDS``. ``params`` never hold a secret: a link is
    made when the mail is written. The worker is woken when the transaction is committed.
    """
    letter = Letter.objects.create(
        kind=kind,
        membership=membership,
        address=address or membership.user.email,
        language=language_of(membership),
        params=params or {},
        created_at=now,
        wake_at=now,
    )
    wake_on_commit(TASK)
    return letter


def queue_letter_to(
    *,
    now: datetime,
    kind: str,
    address: str,
    language: str,
    params: dict[str, Any],
) -> Letter:
    """Queue a mail to somebody who is no member, by their address alone."""
    letter = Letter.objects.create(
        kind=kind,
        address=address,
        language=language,
        params=params,
        created_at=now,
        wake_at=now,
    )
    wake_on_commit(TASK)
    return letter


def send_notice(
    *, membership: Membership, now: datetime, what: str, address: str | None
) -> Letter:
    """Tell somebody that something about their sign-in was changed, when, and from where."""
    params = {"what": what, "at": now.isoformat(), "address": address or ""}
    return queue_letter(now=now, kind="notice", membership=membership, params=params)


def language_of(membership: Membership) -> str:
    """The person's language, else the tenant's."""
    chosen = membership.user.language or membership.tenant.language
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
