"""The letter with the link to an offered appointment, for a contact who can't sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.letters import KINDS, Kind, NotNeeded
from people.links import absolute
from people.models import Letter
from tickets.links import sign_offer
from tickets.models import AppointmentOffer


def _offer(letter: Letter, now: datetime) -> dict[str, Any]:
    rows = AppointmentOffer.objects.open().filter(expires_at__gt=now)
    offer = rows.filter(pk=letter.params.get("offer")).first()
    if offer is None:
        raise NotNeeded
    secret = sign_offer(offer.pk, offer.nonce)
    return {
        "at": offer.at,
        "until": offer.expires_at,
        "note": offer.note,
        "url": absolute(letter.tenant, "tickets:offer", secret),
    }


def register() -> None:
    """Add the letter to those that can be written; called once, when the app is ready."""
    KINDS["appointment_offer"] = Kind(
        _("May we come? A time offered by %(tenant)s"), "appointment_offer", _offer
    )
