"""What people add to a ticket: files, followers; and their own tools: replies, views."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Department, Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel
from tickets.models.ticket import Ticket, TicketEvent
from tickets.models.work import WorkOrder


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Readers of attachments."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets; for client staff none of an internal note."""
        tickets = Ticket.objects.visible_to(actor).values("pk")
        own = self.filter(ticket_id__in=tickets)
        return own.filter(internal=False) if actor.is_client else own


class Attachment(TenantModel):
    """A file. Stored under a name that contains nothing from the user."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("Before")
        AFTER = "after", _("After")

    ticket = TenantForeignKey(Ticket, related_name="attachments")
    event = TenantForeignKey(TicketEvent, null=True, related_name="attachments")
    internal = models.BooleanField(default=False)
    name = models.CharField(_("name"), max_length=150)  # as shown; cleaned
    stored = models.CharField(max_length=80)
    media_type = models.CharField(max_length=80)  # as sniffed
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    added_by = TenantForeignKey(Membership, null=True)
    added_at = models.DateTimeField()
    # A photo of a work order: before or after, and when the camera took it.
    work_order = TenantForeignKey(WorkOrder, null=True, related_name="photos")
    stage = models.CharField(max_length=6, choices=Stage.choices, blank=True)
    taken_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(AttachmentQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            models.Index(fields=["tenant", "ticket"], name="tickets_attachment_ticket"),
            models.Index(
                fields=["tenant", "work_order"],
                condition=models.Q(work_order__isnull=False),
                name="tickets_attachment_photos",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether a preview is shown."""
        return self.media_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}


class Follower(TenantModel):
    """Somebody who sees a ticket and is told of replies."""

    ticket = TenantForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="followers"
    )
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "ticket"], name="tickets_follower_once"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "ticket"], name="tickets_follower_ticket")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} → {self.ticket_id}"


class CannedReply(TenantModel):
    """A reply 常用回复 that is written often; plain text, no template."""

    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=4_000)
    department = TenantForeignKey(
        Department, null=True, blank=True, verbose_name=_("department")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title"], name="tickets_cannedreply_title"
            )
        ]

    def __str__(self) -> str:
        return self.title


class SavedView(TenantModel):
    """A filter of the queue with a name; shared with all staff or one's own."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "name"], name="tickets_savedview_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
