"""The alarm clock's rows. Knows no kind of deadline."""

from __future__ import annotations

from django.db import models

from tenants.models import TenantModel


class Deadline(TenantModel):
    """One instant at which something must be looked at, exactly once.

    ``due_at`` is the promise, ``wake_at`` when to look next: it equals ``due_at`` until a
    worker leases the row (then it lies a lease ahead) or a failure backs it off. ``topic``
    groups the deadlines of one owner (a ticket), so that they are locked and fired together.
    """

    kind = models.CharField(max_length=40)
    topic_id = models.BigIntegerField()
    subject = models.CharField(max_length=160)
    step = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    fired_at = models.DateTimeField(null=True)
    lateness = models.DurationField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "topic_id", "kind", "subject", "step"],
                name="deadlines_deadline_once",
            )
        ]
        indexes = [
            # The sweep reads nothing but this: its cost follows what is due, not what is armed.
            # What is due at one instant comes tenant by tenant: they are fired in batches.
            models.Index(
                fields=["wake_at", "tenant"],
                condition=models.Q(fired_at__isnull=True),
                name="deadlines_deadline_wake",
            ),
            models.Index(
                fields=["tenant", "-fired_at"],
                condition=models.Q(fired_at__isnull=False),
                name="deadlines_deadline_fired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.step} {self.due_at:%Y-%m-%d %H:%M:%S}"


class Sweep(models.Model):
    """When the sweep last ran: one row a worker, so that silence can be seen."""

    worker = models.CharField(max_length=80, unique=True)
    ran_at = models.DateTimeField()
    claimed = models.PositiveIntegerField(default=0)
    fired = models.PositiveIntegerField(default=0)
    duration = models.DurationField(null=True)

    def __str__(self) -> str:
        return f"{self.worker} {self.ran_at:%H:%M:%S}"
