"""The fault handling flow 故障处理流程 of a tenant, in versions."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel


class FlowVersionQuerySet(models.QuerySet["FlowVersion"]):
    """Readers of the flow's versions."""

    def visible_to(self, actor: Actor) -> Self:
        """All of them for staff; none for client staff."""
        return self if actor.is_staff else self.none()

    def newest_first(self) -> Self:
        """The one in force, then those before it."""
        return self.order_by("-number")


class FlowVersion(TenantModel):
    """One version: the file as it was published. Immutable: the application may only add.

    The newest is in force; a ticket keeps the one that it began with. ``is_shipped`` marks the
    file that comes with the product, which holds until the tenant publishes its own.
    """

    number = models.PositiveIntegerField(_("number"))
    text = models.TextField()
    is_shipped = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    published_by = TenantForeignKey(Membership, null=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    objects = TenantManager.from_queryset(FlowVersionQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="tickets_flowversion_number"
            )
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
