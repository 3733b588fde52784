"""A time offered to the customer for a visit, to be accepted or answered with another."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.models import Membership
from tenants.models import TenantForeignKey, TenantManager, TenantModel
from tickets.models.ticket import Ticket


def new_nonce() -> str:
    """What makes the link of an offer unlike any other."""
    return secrets.token_urlsafe(16)


class OfferQuerySet(models.QuerySet[Any]):
    """Readers of offers."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets."""
        tickets = Ticket.objects.visible_to(actor).values("pk")
        return self.filter(ticket_id__in=tickets)

    def open(self) -> Self:
        """Those that nobody has answered or withdrawn; their time may be up."""
        return self.filter(state=AppointmentOffer.State.OPEN)


class AppointmentOffer(TenantModel):
    """A time for a visit that was offered to the customer. One of a ticket is open at most.

    The link to it is made of its key and ``nonce``, signed; no row holds what opens it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("offer", "Waits for an answer")
        ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
        COUNTERED = "countered", pgettext_lazy("offer", "Another time proposed")
        WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Taken back")

    ticket = TenantForeignKey(Ticket, related_name="offers")
    at = models.DateTimeField(_("offered time"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN
    )
    nonce = models.CharField(max_length=30, editable=False)
    offered_by = TenantForeignKey(Membership)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)  # a name
    answered_via = models.CharField(max_length=10, blank=True)
    proposed_at = models.DateTimeField(_("proposed time"), null=True)
    words = models.CharField(max_length=500, blank=True)  # the customer's

    objects = TenantManager.from_queryset(OfferQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = _("offered appointment")
        verbose_name_plural = _("offered appointments")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket"],
                condition=Q(state="open"),
                name="tickets_offer_one_open",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("offered_at")), name="tickets_offer_expiry"
            ),
            models.CheckConstraint(
                condition=~Q(state="countered") | Q(proposed_at__isnull=False),
                name="tickets_offer_countered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "ticket", "-id"], name="tickets_offer_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.state}"

    def is_over(self, now: datetime) -> bool:
        """Whether it can't be answered any more although nobody has."""
        return self.state == self.State.OPEN and self.expires_at <= now
