"""What happens here that rooms above may want to know. Explicit; never a model signal."""

from __future__ import annotations

from django.dispatch import Signal

#: A calendar has a new revision. Sent inside the transaction with ``revision``
#: (``sla.models.CalendarRevision``), ``actor`` and ``now``. Open tickets are reached only by
#: an event of their own: {"calendar": revision.calendar.key, "revision": revision.pk}.
calendar_revised = Signal()
