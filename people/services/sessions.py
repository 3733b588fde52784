"""Ending sign-ins."""

from __future__ import annotations

import hashlib

from django.db import transaction

from people.models import Session


def session_name(session_key: str) -> str:
    """What a page calls a session: its key would be enough to take it over."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24]


@transaction.atomic
def end_sessions(
    *, user_id: int, tenant_id: int | None, spare: str | None = None
) -> int:
    """End the sign-ins of a person, in one tenant or (None) everywhere; say how many.

    ``spare`` is the key of a session that goes on.
    """
    sessions = Session.objects.filter(user_id=user_id)
    if tenant_id is not None:
        sessions = sessions.filter(tenant_id=tenant_id)
    deleted, _ = sessions.exclude(session_key=spare or "").delete()
    return deleted


@transaction.atomic
def end_session(*, user_id: int, tenant_id: int, name: str) -> bool:
    """End one sign-in of a person by its name on the page; whether there was one."""
    for session in Session.objects.filter(user_id=user_id, tenant_id=tenant_id):
        if session_name(session.session_key) == name:
            session.delete()
            return True
    return False
