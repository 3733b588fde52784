"""The journal 操作日志: who did what to what, when, from where. Append-only."""

from __future__ import annotations

from django.db import models

from tenants.models import TenantModel


class Entry(TenantModel):
    """One line of the journal. The application may only add and read."""

    at = models.DateTimeField()
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=150)
    via = models.CharField(max_length=10)
    address = models.GenericIPAddressField(null=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-at", "-id"], name="activity_entry_newest"),
            models.Index(
                fields=["tenant", "object_type", "object_id", "-at"],
                name="activity_entry_object",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb}"
