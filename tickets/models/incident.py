"""The incident report 事故报告 of a fault: submitted to the client, confirmed or sent back."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.models import Sheet
from people.actors import Actor
from people.models import Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel
from tickets.models.ticket import Ticket

TEXT = 6_000


class IncidentQuerySet(models.QuerySet["IncidentReport"]):
    """Readers of incident reports."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets; of the client's side what was submitted once."""
        tickets = Ticket.objects.visible_to(actor).values("pk")
        found = self.filter(ticket_id__in=tickets)
        return found.filter(sheet__isnull=False) if actor.is_client else found


class IncidentReport(TenantModel):
    """What happened, why, and what keeps it from happening again. One of a ticket.

    The texts are the draft. What was submitted is a sheet (``documents.models.Sheet``): a
    version that stays as it was, and the only thing that the client reads and confirms.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("incident", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("incident", "Submitted")
        CONFIRMED = "confirmed", pgettext_lazy("incident", "Confirmed")
        RETURNED = "returned", pgettext_lazy("incident", "Sent back")

    ticket = TenantForeignKey(Ticket, related_name="incident_reports")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    course = models.TextField(_("what happened"), max_length=TEXT, blank=True)
    impact = models.TextField(_("impact"), max_length=TEXT, blank=True)
    cause = models.TextField(_("cause"), max_length=TEXT, blank=True)
    measures = models.TextField(_("what was done"), max_length=TEXT, blank=True)
    prevention = models.TextField(
        _("what keeps it from happening again"), max_length=TEXT, blank=True
    )
    written_by = TenantForeignKey(Membership)
    written_at = models.DateTimeField()
    sheet = TenantForeignKey(Sheet, null=True)  # what was submitted last
    submitted_at = models.DateTimeField(null=True)
    submitted_by = TenantForeignKey(Membership, null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = TenantForeignKey(Membership, null=True)
    decision = models.CharField(max_length=2_000, blank=True)  # the client's words

    objects = TenantManager.from_queryset(IncidentQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("incident report")
        verbose_name_plural = _("incident reports")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket"], name="tickets_incident_once"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(sheet__isnull=False),
                name="tickets_incident_submitted",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="tickets_incident_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How people call it: the ticket's number with an I."""
        return f"{self.ticket.number}-I"
