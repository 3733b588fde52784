"""Client organisations and their sites."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from clients.models import Client, Contact, Site
from clients.services.records import check_served, locked, set_active, store
from clients.services.sign_in import lock_out
from people.actors import Actor


class ClientValues(TypedDict, total=False):
    """What can be said of a client organisation; ``name`` is needed for a new one."""

    name: str
    code: str
    address: str
    phone: str
    note: str


class SiteValues(TypedDict, total=False):
    """What can be said of a site; ``name`` is needed for a new one."""

    name: str
    address: str
    note: str


@transaction.atomic
def create_client(
    *, actor: Actor, now: datetime, **values: Unpack[ClientValues]
) -> Client:
    """Register a client organisation. Raises ServiceError("invalid", "taken")."""
    return store(
        Client(), {"name": "", **values}, actor=actor, now=now, verb="client.created"
    )


@transaction.atomic
def change_client(
    *, actor: Actor, now: datetime, client: Client, **values: Unpack[ClientValues]
) -> Client:
    """Change what is given, nothing else. Raises ServiceError("invalid", "taken")."""
    return store(locked(client), values, actor=actor, now=now, verb="client.changed")


@transaction.atomic
def deactivate_client(*, actor: Actor, now: datetime, client: Client) -> Client:
    """Take an organisation out of use: no new tickets; what there is stays readable.

    Its people can no longer sign in, from now on.
    """
    row = set_active(
        client, actor=actor, now=now, active=False, verb="client.deactivated"
    )
    people: Any = Contact.objects.filter(client=row).exclude(membership=None)
    for contact in people.select_related("membership").order_by("pk"):
        lock_out(actor=actor, now=now, contact=contact)
    return row


@transaction.atomic
def reactivate_client(*, actor: Actor, now: datetime, client: Client) -> Client:
    """Serve an organisation again. Its people's sign-ins are resumed one by one."""
    return set_active(
        client, actor=actor, now=now, active=True, verb="client.reactivated"
    )


@transaction.atomic
def create_site(
    *, actor: Actor, now: datetime, client: Client, **values: Unpack[SiteValues]
) -> Site:
    """Register a site of a client. Raises ServiceError("invalid", "taken", "client_out_of_use")."""
    check_served(client)
    return store(
        Site(client=client),
        {"name": "", **values},
        actor=actor,
        now=now,
        verb="site.created",
    )


@transaction.atomic
def change_site(
    *, actor: Actor, now: datetime, site: Site, **values: Unpack[SiteValues]
) -> Site:
    """Change what is given, nothing else. Raises ServiceError("invalid", "taken")."""
    return store(locked(site), values, actor=actor, now=now, verb="site.changed")


@transaction.atomic
def deactivate_site(*, actor: Actor, now: datetime, site: Site) -> Site:
    """Take a site out of use; it is offered nowhere any more."""
    return set_active(site, actor=actor, now=now, active=False, verb="site.deactivated")


@transaction.atomic
def reactivate_site(*, actor: Actor, now: datetime, site: Site) -> Site:
    """Use a site again."""
    return set_active(site, actor=actor, now=now, active=True, verb="site.reactivated")
