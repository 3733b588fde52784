"""Sessions in the database that carry their tenant."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """A database session whose row names the person and the tenant it belongs to."""

    @classmethod
    def get_model_class(cls) -> Any:
        from people.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session = super().create_model_instance(data)
        session.tenant_id = data.get("tenant_id")
        user_id = data.get("_auth_user_id")
        session.user_id = int(user_id) if user_id else None
        session.user_agent = str(data.get("user_agent", ""))[:200]
        return session
