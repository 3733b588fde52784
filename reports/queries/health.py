"""Whether the platform keeps up: how late steps fire, what waits, when somebody last looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline, Sweep
from documents.models import Document
from documents.press import why_no_press
from notifications.models import Delivery
from people.models import Letter


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the promise is watched in time."""

    last_sweep: datetime | None
    sweeps: list[Sweep]
    silent: bool
    overdue: int
    failing: int
    lateness: dict[str, timedelta | None]
    fired: int
    queued: int
    oldest_queued: datetime | None
    dead: int
    letters_queued: int
    letters_dead: int
    papers_waiting: int
    papers_failed: int
    no_press: str
    queues: list[tuple[Any, int]] | None
    size: int

    @property
    def late(self) -> list[tuple[Any, timedelta | None]]:
        """How late steps fired, in words."""
        return [(LATE[name], span) for name, span in self.lateness.items()]


#: What the lateness figures, and the broker's queues, are called.
LATE = {
    "p50": _("Half of them within"),
    "p99": _("99 of 100 within"),
    "max": _("The latest"),
}
QUEUES = {
    "deadlines": _("Wake-ups for deadlines"),
    "messages": _("Wake-ups for messages"),
    "documents": _("Wake-ups for documents"),
    "default": _("Other wake-ups"),
}


LATENESS = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM lateness)),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM lateness)),
       max(extract(epoch FROM lateness))
FROM deadlines_deadline
WHERE tenant_id = (SELECT current_setting('app.tenant_id')::bigint)
  AND fired_at > %s AND lateness IS NOT NULL
"""
SILENT_AFTER = timedelta(minutes=1)
GONE_AFTER = timedelta(minutes=10)


def health(*, now: datetime, queues: dict[str, int] | None) -> Health:
    """How late steps fired in the last day, what waits, and when somebody last looked."""
    sweeps = list(Sweep.objects.order_by("-ran_at")[:8])
    last = sweeps[0].ran_at if sweeps else None
    # A worker that was replaced is no news; the last of all is shown however long ago.
    sweeps = sweeps[:1] + [one for one in sweeps[1:] if now - one.ran_at < GONE_AFTER]
    unfired = Deadline.objects.filter(fired_at=None)
    deliveries = Delivery.objects.all()
    waiting = deliveries.filter(state=Delivery.State.QUEUED)
    with connection.cursor() as cursor:
        cursor.execute(LATENESS, [now - timedelta(days=1)])
        fired, *late = cursor.fetchone()
    return Health(
        last_sweep=last,
        sweeps=sweeps,
        silent=last is None or now - last > SILENT_AFTER,
        overdue=unfired.filter(due_at__lt=now - timedelta(seconds=5)).count(),
        failing=unfired.exclude(last_error="").count(),
        lateness={
            name: _span(value)
            for name, value in zip(("p50", "p99", "max"), late, strict=True)
        },
        fired=fired,
        queued=waiting.count(),
        oldest_queued=waiting.order_by("created_at")
        .values_list("created_at", flat=True)
        .first(),
        dead=deliveries.filter(state=Delivery.State.DEAD).count(),
        letters_queued=Letter.objects.filter(state=Letter.State.QUEUED).count(),
        letters_dead=Letter.objects.filter(state=Letter.State.DEAD).count(),
        papers_waiting=Document.objects.waiting().count(),
        papers_failed=Document.objects.filter(state=Document.State.FAILED).count(),
        no_press=why_no_press(),
        queues=None
        if queues is None
        else [(QUEUES[name], length) for name, length in queues.items()],
        size=unfired.count(),
    )


def _span(seconds: Any) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))
