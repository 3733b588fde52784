"""The records of the register as lists show them: all that a row says, in one query."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clients.models import Client, Contact, Equipment, Project, Site
from people.actors import Actor


def clients(actor: Actor) -> QuerySet[Client]:
    """Client organisations with the numbers of what belongs to them."""
    return Client.objects.visible_to(actor).annotate(
        project_count=_number(Project, "client_id"),
        contact_count=_number(Contact, "client_id"),
        equipment_count=_number(Equipment, "client_id"),
    )


def sites(actor: Actor) -> QuerySet[Any]:
    """Sites with their client and the number of devices there."""
    rows = Site.objects.visible_to(actor).select_related("client")
    counted: QuerySet[Any] = rows.annotate(
        equipment_count=_number(Equipment, "site_id")
    )
    return counted


def contacts(actor: Actor) -> QuerySet[Any]:
    """Contacts with their client, site and sign-in."""
    rows: QuerySet[Any] = Contact.objects.visible_to(actor)
    return rows.select_related("client", "site", "membership__user")


def projects(actor: Actor) -> QuerySet[Any]:
    """Projects with client, promise and people, and the number of their devices."""
    rows = Project.objects.visible_to(actor).select_related(
        "client", "standard", "department", "engineer__user"
    )
    rows = rows.select_related("pinned_version").defer(
        "pinned_version__text", "pinned_version__data"
    )
    counted: QuerySet[Any] = rows.annotate(
        equipment_count=_number(Equipment, "project_id")
    )
    return counted


def equipment(actor: Actor) -> QuerySet[Any]:
    """Devices with client, project and site."""
    rows: QuerySet[Any] = Equipment.objects.visible_to(actor)
    return rows.select_related("client", "project", "site")


def _number(model: type[Model], field: str) -> Any:
    """How many active rows of a model point here, counted for the rows of a page only."""
    counted = (
        model._default_manager.filter(**{field: OuterRef("pk"), "is_active": True})
        .order_by()
        .values(field)
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
