"""Contacts of client organisations."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from clients.models import Client, Contact, Site
from clients.services.records import (
    check_same_client,
    check_served,
    locked,
    set_active,
    store,
)
from clients.services.sign_in import lock_out
from people.actors import Actor


class ContactValues(TypedDict, total=False):
    """What can be said of a contact; ``name`` is needed for a new one."""

    name: str
    phone: str
    email: str
    address: str
    site: Site | None


@transaction.atomic
def create_contact(
    *, actor: Actor, now: datetime, client: Client, **values: Unpack[ContactValues]
) -> Contact:
    """Register a contact of a client, also while a call is being taken.

    Raises ServiceError("invalid", "client_out_of_use"), and "unknown" for a site of another client organisation.
    """
    check_served(client)
    check_same_client(values.get("site"), client.pk, field="site")
    return store(
        Contact(client=client),
        {"name": "", **values},
        actor=actor,
        now=now,
        verb="contact.created",
    )


@transaction.atomic
def change_contact(
    *, actor: Actor, now: datetime, contact: Contact, **values: Unpack[ContactValues]
) -> Contact:
    """Change what is given, nothing else. Raises as :func:`create_contact`.

    The address with which a person signs in is their own and does not change with it.
    """
    row = locked(contact)
    check_same_client(values.get("site"), row.client_id, field="site")
    return store(row, values, actor=actor, now=now, verb="contact.changed")


@transaction.atomic
def deactivate_contact(*, actor: Actor, now: datetime, contact: Contact) -> Contact:
    """Take a contact out of use; somebody who could sign in no longer can, from now on."""
    row = set_active(
        contact, actor=actor, now=now, active=False, verb="contact.deactivated"
    )
    lock_out(actor=actor, now=now, contact=row)
    return row


@transaction.atomic
def reactivate_contact(*, actor: Actor, now: datetime, contact: Contact) -> Contact:
    """Use a contact again. Signing in is another matter: :func:`resume_sign_in`."""
    return set_active(
        contact, actor=actor, now=now, active=True, verb="contact.reactivated"
    )
