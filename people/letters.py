"""What a letter says: subject and text, written in the reader's language when it is sent.

Links are made here, at the last moment: until then nobody, and no table, knows them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.links import absolute, host_of
from people.models import Invitation, Letter, Membership, OneTimeLink
from people.services.invitations import issue_secret
from people.services.profile import make_link

Context = dict[str, Any]


class NotNeeded(Exception):
    """What the letter was about has changed meanwhile; nothing is sent."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter: its subject, its template, and what it needs besides ``params``."""

    subject: Any
    template: str
    prepare: Callable[[Letter, datetime], Context]


def write(letter: Letter, *, now: datetime) -> EmailMessage:
    """The mail of a letter. Makes its link anew each time. Raises :class:`NotNeeded`."""
    kind = KINDS[letter.kind]
    tenant = letter.tenant
    with translation.override(letter.language), timezone.override(tenant.zone):
        context = {
            "tenant": tenant,
            "letter": letter,
            "person": letter.membership.user if letter.membership else None,
            **letter.params,
            **kind.prepare(letter, now),
        }
        subject = str(kind.subject) % {"tenant": tenant.name, **context}
        body = render_to_string(f"people/mail/{kind.template}.txt", context)
    return EmailMessage(
        subject=_one_line(subject),
        body=body.strip() + "\n",
        from_email=_sender(tenant.name),
        to=[letter.address],
        headers={
            "Message-ID": f"<{letter.uid}@{host_of(tenant)}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _invitation(letter: Letter, now: datetime) -> Context:
    invitation = (
        Invitation.objects.filter(
            pk=letter.params.get("invitation"),
            accepted_at=None,
            revoked_at=None,
            membership__is_active=False,
        )
        .select_for_update(of=("self",))
        .first()
    )
    if invitation is None:
        raise NotNeeded
    secret = issue_secret(invitation=invitation, now=now)
    return {
        "url": absolute(letter.tenant, "people:accept", secret),
        "until": invitation.expires_at,
        "name": invitation.name,
    }


def _member(letter: Letter) -> Membership:
    membership: Membership | None = letter.membership
    if membership is None or not membership.is_active or not membership.user.is_active:
        raise NotNeeded
    return membership


def _password(letter: Letter, now: datetime) -> Context:
    membership = _member(letter)
    purpose = OneTimeLink.Purpose.PASSWORD
    secret = make_link(membership=membership, purpose=purpose, now=now)
    return {"url": absolute(letter.tenant, "people:new_password", secret)}


def _address(letter: Letter, now: datetime) -> Context:
    membership = _member(letter)
    secret = make_link(
        membership=membership,
        purpose=OneTimeLink.Purpose.ADDRESS,
        now=now,
        detail=letter.address,
    )
    return {"url": absolute(letter.tenant, "people:new_address", secret)}


def _notice(letter: Letter, now: datetime) -> Context:
    del now
    return {
        "what": NOTICES[letter.params["what"]],
        "at": datetime.fromisoformat(letter.params["at"]),
        "url": absolute(letter.tenant, "account_reset_password"),
    }


def _support(letter: Letter, now: datetime) -> Context:
    del now
    return {
        "until": datetime.fromisoformat(letter.params["until"]),
        "url": absolute(letter.tenant, "people:journal"),
    }


NOTICES: dict[str, Any] = {
    "password_changed": gettext_lazy("Your password was changed."),
    "factor_added": gettext_lazy("An authenticator app was added to your sign-in."),
    "factor_removed": gettext_lazy(
        "The authenticator app was removed from your sign-in."
    ),
    "passkey_added": gettext_lazy("A passkey was added to your sign-in."),
    "passkey_removed": gettext_lazy("A passkey was removed from your sign-in."),
    "recovery_codes": gettext_lazy("New recovery codes were made."),
    "address_changed": gettext_lazy("The e-mail address of your sign-in was changed."),
    "reactivated": gettext_lazy("You can sign in again."),
}

KINDS: dict[str, Kind] = {
    "invitation": Kind(
        gettext_lazy("You are invited to the service desk of %(tenant)s"),
        "invitation",
        _invitation,
    ),
    "password": Kind(
        gettext_lazy("A new password for the service desk of %(tenant)s"),
        "password",
        _password,
    ),
    "address": Kind(
        gettext_lazy("Confirm your new e-mail address at %(tenant)s"),
        "address",
        _address,
    ),
    "notice": Kind(
        gettext_lazy("Your sign-in at %(tenant)s was changed"), "notice", _notice
    ),
    "support": Kind(
        gettext_lazy("The platform's operator reads the service desk of %(tenant)s"),
        "support",
        _support,
    ),
}


def _sender(name: str) -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    shown = _("Service desk of %(tenant)s") % {"tenant": _one_line(name)}
    return formataddr((shown, address))


def _one_line(text: str) -> str:
    return " ".join(text.split())
