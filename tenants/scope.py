"""The one door into a tenant.

Every table with tenant data is walled by row-level security on the transaction-local
setting ``app.tenant_id``. Outside a scope a query of such a table is an error, not an empty
list.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection, transaction

_current: ContextVar[int | None] = ContextVar("tenant_id", default=None)


class NoTenant(RuntimeError):
    """Tenant data was touched outside a tenant's scope."""


def current_tenant_id() -> int:
    """The tenant whose scope is open. Raises :class:`NoTenant` outside."""
    tenant_id = _current.get()
    if tenant_id is None:
        raise NoTenant("Open tenant_scope() before touching tenant data.")
    return tenant_id


def open_tenant_id() -> int | None:
    """The tenant whose scope is open, or None outside."""
    return _current.get()


@contextmanager
def tenant_scope(tenant_id: int) -> Iterator[datetime]:
    """Everything inside sees and writes this tenant only, in one transaction.

    Gives the instant of opening by PostgreSQL's clock, which the same statement reads. Nested
    scopes restore the outer tenant: after success here, after an error by the savepoint's
    rollback; the end of the outermost transaction ends the setting by itself.
    """
    outer = _current.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        opened_at = _set(tenant_id)
        token = _current.set(tenant_id)
        try:
            yield opened_at
        finally:
            _current.reset(token)
        # What is to be rolled back takes the setting with it, and takes no more queries.
        if nested and outer != tenant_id and not transaction.get_rollback():
            _set(outer)


def _set(tenant_id: int | None) -> datetime:
    value = "" if tenant_id is None else str(int(tenant_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.tenant_id', %s, true), clock_timestamp()", [value]
        )
        instant: datetime = cursor.fetchone()[1]
    return instant.astimezone(UTC)
