"""Sessions in the database that carry their tenant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

#: How long a sign-in lasts at most, however busy; idle ones end by SESSION_COOKIE_AGE.
LONGEST = timedelta(days=30)
#: How often "last seen" is written down.
NOTED_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """A database session whose row names the person and the tenant it belongs to."""

    @classmethod
    def get_model_class(cls) -> Any:
        from people.models import Session  # noqa: PLC0415 - the model names this class

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)
        session.tenant_id = data.get("tenant_id")
        user_id = data.get("_auth_user_id")
        session.user_id = int(user_id) if user_id else None
        session.user_agent = str(data.get("user_agent", ""))[:200]
        return session


def keep_alive(session: SessionBase, *, now: datetime) -> bool:
    """Note that a session is used; False when its time is over whatever its use."""
    seconds = now.timestamp()
    started: float = session.setdefault("started", seconds)
    if seconds - started > LONGEST.total_seconds():
        return False
    if seconds - session.get("seen", 0.0) >= NOTED_EVERY.total_seconds():
        session["seen"] = seconds
    return True
