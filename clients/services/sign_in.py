"""Letting a contact sign in, and ending that. Who somebody is lies with people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from clients.services.records import locked
from people import history
from people.actors import Actor
from people.authentication import normal_address
from people.roles import CLIENT_ROLES
from people.services import deactivate, invite, reactivate, revoke_invitation
from servicedesk.lib.errors import ServiceError


@transaction.atomic
def invite_contact(
    *, actor: Actor, now: datetime, contact: Contact, role: str
) -> Contact:
    """Let a contact sign in: an invitation goes to their e-mail address.

    Somebody invited already gets a new link, and the former one stops working. Raises
    ServiceError("role", "not_active", "no_email", "signs_in", "ended"), and what the
    invitation itself raises.
    """
    row = locked(contact)
    _check(row, role)
    if row.membership is not None:
        _take_back(actor=actor, now=now, contact=row)
    invitation = invite(actor=actor, now=now, email=row.email, name=row.name, role=role)
    holder = Contact.objects.filter(membership_id=invitation.membership_id)
    if holder.exclude(pk=row.pk).exists():
        raise ServiceError(
            "signs_in",
            _("Somebody else in the register signs in with this e-mail address."),
            field="email",
        )
    is_new = row.membership_id != invitation.membership_id
    row.membership = invitation.membership
    if is_new:
        history.save(row, actor, now=now)
    return row


@transaction.atomic
def end_sign_in(*, actor: Actor, now: datetime, contact: Contact) -> Contact:
    """Somebody can no longer sign in; the contact stays. Sessions end at once."""
    row = locked(contact)
    lock_out(actor=actor, now=now, contact=row)
    return row


@transaction.atomic
def resume_sign_in(*, actor: Actor, now: datetime, contact: Contact) -> Contact:
    """Let somebody in again whose sign-in was ended. Raises ServiceError("not_active")."""
    row = locked(contact)
    if not row.is_active or not row.client.is_active or row.membership is None:
        raise ServiceError("not_active", _("This contact is out of use."))
    reactivate(actor=actor, now=now, membership=row.membership)
    return row


def lock_out(*, actor: Actor, now: datetime, contact: Contact) -> None:
    """End whatever way in a contact has: their sign-in, or an open invitation."""
    if contact.membership is None:
        return
    if contact.membership.is_active:
        deactivate(actor=actor, now=now, membership=contact.membership)
    elif contact.membership.invitations.filter(
        accepted_at=None, revoked_at=None
    ).exists():
        revoke_invitation(actor=actor, now=now, membership=contact.membership)


def _take_back(*, actor: Actor, now: datetime, contact: Contact) -> None:
    """An invitation to an address that the contact no longer has is worth nothing."""
    if contact.membership.user.email != normal_address(contact.email):
        lock_out(actor=actor, now=now, contact=contact)


def _check(contact: Contact, role: str) -> None:
    if role not in CLIENT_ROLES:
        raise ServiceError("role", _("Choose one of the client's roles."), field="role")
    if not contact.is_active or not contact.client.is_active:
        raise ServiceError("not_active", _("This contact is out of use."))
    if not contact.email:
        raise ServiceError(
            "no_email", _("Enter an e-mail address first."), field="email"
        )
    if contact.membership is None or contact.membership.is_invited:
        return
    if contact.membership.is_active:
        raise ServiceError("signs_in", _("This contact can sign in already."))
    raise ServiceError("ended", _("The sign-in was ended: resume it instead."))
