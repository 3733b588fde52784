"""What arrived from phones: each act once, with what the phone said of time."""

from __future__ import annotations

from django.db import models

from people.models import Membership
from tenants.models import TenantForeignKey, TenantModel
from tickets.models.work import WorkOrder


class FieldItem(TenantModel):
    """One act done on a phone, as it arrived: the trail of its time, and the key that lets it
    be sent again without being done again. Append-only."""

    uid = models.UUIDField()
    member = TenantForeignKey(Membership)
    work_order = TenantForeignKey(WorkOrder, related_name="field_items")
    verb = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64)
    device_at = models.DateTimeField()  # by the phone's clock
    ahead_ms = models.BigIntegerField()  # the server's clock minus the phone's
    happened_at = models.DateTimeField()  # what was made of both, or entered by hand
    by_hand = models.BooleanField(default=False)
    arrived_at = models.DateTimeField()
    made = models.JSONField(default=dict)  # what it made: {"extra": 7}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "uid"], name="tickets_fielditem_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "work_order"], name="tickets_fielditem_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.uid}"
