"""The link by which a customer answers an offered appointment, without signing in.

It is the offer's key and nonce with a signature: who reads the database can't make one, and an
altered one is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.kinds import CLIENTS, Kind, register

_signer = Signer(salt="tickets.offer")
LONGEST = 120


def sign_offer(pk: int, nonce: str) -> str:
    """The secret part of the link."""
    return _signer.sign(f"{pk}.{nonce}")


def unsign_offer(secret: str) -> tuple[int, str] | None:
    """The key and nonce of a link; None for one that was altered."""
    if len(secret) > LONGEST:
        return None
    try:
        pk, _dot, nonce = _signer.unsign(secret).partition(".")
    except BadSignature:
        return None
    return int(pk), nonce


def _link(params: Mapping[str, Any]) -> str:
    """The page of the offer, for who gets the message; the front page where none is named."""
    if "offer" not in params:
        return reverse("home")
    secret = sign_offer(int(params["offer"]), str(params["nonce"]))
    return reverse("tickets:offer", args=[secret])


def register_words() -> None:
    """What the customer is told, with the link; called once, when the app is ready."""
    register(
        Kind(
            key="appointment_offered",
            label=_("A time for a visit is offered to you"),
            title=_("%(number)s: may we come on %(appointment_at)s?"),
            body=(
                "%(title)s",
                "%(note)s",
                _("Accept it, or propose another time. You need not sign in."),
                _("The link is valid until %(until_at)s and can be used once."),
            ),
            link=_link,
            action=_("Answer"),
            icon="calendar-event",
            audience=CLIENTS,
        )
    )
