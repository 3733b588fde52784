"""The one clock: PostgreSQL's, read once at the entry point and passed down (rule 6)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connections


def database_now(using: str = "default") -> datetime:
    """The instant by PostgreSQL's clock, in UTC, to the microsecond."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant.astimezone(UTC)
