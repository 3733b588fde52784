"""The five kinds of the register: what each answers with, takes, and calls."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop
from rest_framework import serializers

from clients import services
from clients.models import Client, Contact, Equipment, Project, Site
from clients.queries import rows
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Permission
from servicedesk.api.fields import Day, Input, Output, Ref, Text
from servicedesk.api.register import ClientQuery, Kind
from servicedesk.api.shapes import Named, instant, named, person
from sla.models import ServiceStandard, StandardVersion

STAFF = "Only for staff."


def _line(most: int, *, needed: bool = False) -> Text:
    return (
        Text(max_length=most)
        if needed
        else Text(max_length=most, required=False, allow_blank=True)
    )


def _client() -> Ref:
    return Ref(Client.objects.visible_to)


def _of_client(model: Any) -> Ref:
    return Ref(model.objects.visible_to, required=False, allow_null=True)


# -- clients ----------------------------------------------------------------------------


class ClientShape(Output):
    """A client organisation."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    note = serializers.CharField()
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ClientInput(Input):
    """A client organisation."""

    name = _line(120, needed=True)
    code = _line(20)
    address = _line(200)
    phone = _line(40)
    note = _line(2_000)


def client_of(row: Client, actor: Actor) -> dict[str, Any]:
    """A client organisation."""
    del actor
    return {
        "id": row.pk,
        "name": row.name,
        "code": row.code,
        "address": row.address,
        "phone": row.phone,
        "note": row.note,
        "is_active": row.is_active,
        "created_at": instant(row.created_at),
    }


# -- sites --------------------------------------------------------------------------------


class SiteShape(Output):
    """A place of a client organisation."""

    id = serializers.IntegerField()
    client = Named()
    name = serializers.CharField()
    address = serializers.CharField()
    is_active = serializers.BooleanField()
    note = serializers.CharField(required=False, help_text=STAFF)


class SiteChange(Input):
    """A site; what is given changes."""

    name = _line(120, needed=True)
    address = _line(200)
    note = _line(300)


class SiteInput(SiteChange):
    """A new site."""

    client = _client()


def site_of(row: Site, actor: Actor) -> dict[str, Any]:
    """A site."""
    data = {
        "id": row.pk,
        "client": named(row.client),
        "name": row.name,
        "address": row.address,
        "is_active": row.is_active,
    }
    return data if actor.is_client else data | {"note": row.note}


# -- contacts -----------------------------------------------------------------------------


class ContactShape(Output):
    """A person at a client organisation."""

    id = serializers.IntegerField()
    client = Named()
    name = serializers.CharField()
    person = serializers.IntegerField(
        allow_null=True, help_text="The membership of somebody who can sign in."
    )
    site = Named(allow_null=True, required=False, help_text=STAFF)
    phone = serializers.CharField(required=False, help_text=STAFF)
    email = serializers.CharField(required=False, help_text=STAFF)
    address = serializers.CharField(required=False, help_text=STAFF)
    is_active = serializers.BooleanField()


class ContactChange(Input):
    """A contact; what is given changes."""

    name = _line(100, needed=True)
    phone = _line(40)
    email = _line(254)
    address = _line(200)
    site = _of_client(Site)


class ContactInput(ContactChange):
    """A new contact."""

    client = _client()


def contact_of(row: Contact, actor: Actor) -> dict[str, Any]:
    """A contact. A client's people see who their colleagues are, not how to reach them."""
    data: dict[str, Any] = {
        "id": row.pk,
        "client": named(row.client),
        "name": row.name,
        "person": row.membership_id,
        "is_active": row.is_active,
    }
    if actor.is_client:
        return data
    return data | {
        "site": named(row.site),
        "phone": row.phone,
        "email": row.email,
        "address": row.address,
    }


def _contacts(actor: Actor) -> Any:
    found = rows.contacts(actor)
    if actor.is_client:
        return found.filter(is_active=True).exclude(membership=None)
    return found


# -- projects -----------------------------------------------------------------------------


class ProjectShape(Output):
    """What was delivered to a client under one contract."""

    id = serializers.IntegerField()
    client = Named()
    name = serializers.CharField()
    contract_number = serializers.CharField()
    accepted_on = serializers.DateField(allow_null=True)
    standard = Named(allow_null=True, help_text="null: the tenant's default.")
    is_active = serializers.BooleanField()
    pinned_version = serializers.IntegerField(
        allow_null=True, required=False, help_text=STAFF
    )
    department = Named(allow_null=True, required=False, help_text=STAFF)
    engineer = Named(allow_null=True, required=False, help_text=STAFF)


class ProjectChange(Input):
    """A project; what is given changes."""

    name = _line(160, needed=True)
    contract_number = _line(60)
    accepted_on = Day(required=False, allow_null=True)
    standard = _of_client(ServiceStandard)
    pinned_version = Ref(
        lambda actor: StandardVersion.objects.filter(
            standard__in=ServiceStandard.objects.visible_to(actor)
        ).defer("text", "data"),
        required=False,
        allow_null=True,
    )
    department = _of_client(Department)
    engineer = Ref(
        lambda actor: Membership.objects.visible_to(actor).select_related("user"),
        required=False,
        allow_null=True,
    )


class ProjectInput(ProjectChange):
    """A new project."""

    client = _client()


def project_of(row: Project, actor: Actor) -> dict[str, Any]:
    """A project."""
    data = {
        "id": row.pk,
        "client": named(row.client),
        "name": row.name,
        "contract_number": row.contract_number,
        "accepted_on": row.accepted_on.isoformat() if row.accepted_on else None,
        "standard": named(row.standard),
        "is_active": row.is_active,
    }
    if actor.is_client:
        return data
    return data | {
        "pinned_version": row.pinned_version_id,
        "department": named(row.department),
        "engineer": person(row.engineer),
    }


# -- equipment ----------------------------------------------------------------------------


class EquipmentShape(Output):
    """One device in the register."""

    id = serializers.IntegerField()
    client = Named()
    project = Named(allow_null=True)
    site = Named(allow_null=True)
    category = serializers.CharField()
    model = serializers.CharField()
    serial_number = serializers.CharField()
    location = serializers.CharField()
    manufacturer = serializers.CharField()
    purchased_on = serializers.DateField(allow_null=True)
    installed_on = serializers.DateField(allow_null=True)
    is_active = serializers.BooleanField()
    supplier = serializers.CharField(required=False, help_text=STAFF)


class EquipmentChange(Input):
    """A device; what is given changes."""

    category = _line(60, needed=True)
    model = _line(100, needed=True)
    serial_number = _line(100)
    location = _line(160)
    manufacturer = _line(100)
    supplier = _line(100)
    purchased_on = Day(required=False, allow_null=True)
    installed_on = Day(required=False, allow_null=True)
    project = _of_client(Project)
    site = _of_client(Site)


class EquipmentInput(EquipmentChange):
    """A new device."""

    client = _client()


def equipment_of(row: Equipment, actor: Actor) -> dict[str, Any]:
    """A device."""
    data: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "category",
            "model",
            "serial_number",
            "location",
            "manufacturer",
            "is_active",
        )
    }
    data |= {
        "id": row.pk,
        "client": named(row.client),
        "project": named(row.project),
        "site": named(row.site),
        "purchased_on": row.purchased_on.isoformat() if row.purchased_on else None,
        "installed_on": row.installed_on.isoformat() if row.installed_on else None,
    }
    return data if actor.is_client else data | {"supplier": row.supplier}


def _services(key: str) -> dict[str, Any]:
    verbs = ("create", "change", "deactivate", "reactivate")
    return {verb: getattr(services, f"{verb}_{key}") for verb in verbs}


KINDS: tuple[Kind, ...] = (
    Kind(
        key="clients",
        argument="client",
        says={
            "list": gettext_noop("List client organisations"),
            "create": gettext_noop("Create a client organisation"),
            "read": gettext_noop("Read a client organisation"),
            "change": gettext_noop("Change a client organisation"),
            "deactivate": gettext_noop("Take a client organisation out of use"),
            "reactivate": gettext_noop("Use a client organisation again"),
        },
        rows=Client.objects.visible_to,
        shape=ClientShape,
        show=client_of,
        new=ClientInput,
        change=ClientInput,
        services=_services("client"),
        read_needs=Permission.CLIENT_READ,
        query=ClientQuery,
    ),
    Kind(
        key="sites",
        argument="site",
        says={
            "list": gettext_noop("List sites"),
            "create": gettext_noop("Create a site"),
            "read": gettext_noop("Read a site"),
            "change": gettext_noop("Change a site"),
            "deactivate": gettext_noop("Take a site out of use"),
            "reactivate": gettext_noop("Use a site again"),
        },
        rows=lambda actor: Site.objects.visible_to(actor).select_related("client"),
        shape=SiteShape,
        show=site_of,
        new=SiteInput,
        change=SiteChange,
        services=_services("site"),
    ),
    Kind(
        key="contacts",
        argument="contact",
        says={
            "list": gettext_noop("List contacts"),
            "create": gettext_noop("Create a contact"),
            "read": gettext_noop("Read a contact"),
            "change": gettext_noop("Change a contact"),
            "deactivate": gettext_noop("Take a contact out of use"),
            "reactivate": gettext_noop("Use a contact again"),
        },
        rows=_contacts,
        shape=ContactShape,
        show=contact_of,
        new=ContactInput,
        change=ContactChange,
        services=_services("contact"),
        create_needs=Permission.CONTACT_CREATE,
    ),
    Kind(
        key="projects",
        argument="project",
        says={
            "list": gettext_noop("List projects"),
            "create": gettext_noop("Create a project"),
            "read": gettext_noop("Read a project"),
            "change": gettext_noop("Change a project"),
            "deactivate": gettext_noop("Take a project out of use"),
            "reactivate": gettext_noop("Use a project again"),
        },
        rows=rows.projects,
        shape=ProjectShape,
        show=project_of,
        new=ProjectInput,
        change=ProjectChange,
        services=_services("project"),
    ),
    Kind(
        key="equipment",
        argument="equipment",
        says={
            "list": gettext_noop("List equipment"),
            "create": gettext_noop("Create a device"),
            "read": gettext_noop("Read a device"),
            "change": gettext_noop("Change a device"),
            "deactivate": gettext_noop("Take a device out of use"),
            "reactivate": gettext_noop("Use a device again"),
        },
        rows=rows.equipment,
        shape=EquipmentShape,
        show=equipment_of,
        new=EquipmentInput,
        change=EquipmentChange,
        services=_services("equipment"),
    ),
)
