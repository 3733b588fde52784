"""The newest offered appointment of a ticket, as the page and the link show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext_lazy

from people.links import absolute
from people.models import Membership
from tickets.links import sign_offer, unsign_offer
from tickets.models import AppointmentOffer, Ticket

State = AppointmentOffer.State
EXPIRED: Any = pgettext_lazy("offer", "Its time is over")


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer as somebody sees it; ``url`` for staff, to give to the customer themselves."""

    row: AppointmentOffer
    is_over: bool
    url: str = ""
    has_message: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now."""
        return self.row.state == State.OPEN and not self.is_over

    @property
    def words(self) -> Any:
        """Where it stands."""
        return EXPIRED if self.is_over else self.row.get_state_display()


def offer_of(ticket: Ticket, now: datetime, *, is_client: bool) -> ShownOffer | None:
    """The newest offer, unless it was taken back; one query."""
    row = AppointmentOffer.objects.filter(ticket=ticket).order_by("-pk").first()
    if row is None or row.state == State.WITHDRAWN:
        return None
    over = row.is_over(now)
    if is_client or row.state != State.OPEN or over:
        return ShownOffer(row, over)
    secret = sign_offer(row.pk, row.nonce)
    url = absolute(ticket.tenant, "tickets:offer", secret)
    return ShownOffer(row, over, url, has_message=_is_told(ticket))


def _is_told(ticket: Ticket) -> bool:
    """Whether the link goes out by itself; else somebody has to give it to the customer."""
    contact = ticket.contact
    member: Membership | None = contact.membership if contact else ticket.requester
    return member is not None or bool(contact and contact.email)


def offer_behind(secret: str, now: datetime) -> ShownOffer | None:
    """The offer that a link leads to; None for one that was altered."""
    found = unsign_offer(secret)
    if found is None:
        return None
    pk, nonce = found
    rows = AppointmentOffer.objects.select_related("ticket__contact", "ticket__tenant")
    row = rows.filter(pk=pk, nonce=nonce).first()
    return ShownOffer(row, row.is_over(now)) if row else None
