"""The five kinds of record in the register, as data: the pages of all are built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients import services
from clients.forms import filters, records
from clients.queries import rows
from people.actors import Actor
from servicedesk.lib.paging import Sort

Column = tuple[Any, Callable[[Any], Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record: what its pages show, ask and call.

    ``key`` is the stem of its URL names, ``argument`` what the services call it.
    """

    key: str
    name: Any
    plural: Any
    new: Any
    icon: str
    rows: Callable[[Actor], QuerySet[Any]]
    filter: type[filters.RecordFilter]
    form: type[records.RecordForm]
    create: Callable[..., Any]
    change: Callable[..., Any]
    deactivate: Callable[..., Any]
    reactivate: Callable[..., Any]
    sorts: Mapping[str, Sort]
    columns: tuple[Column, ...]
    none: Any  # what an empty list is headed by, and what it says
    empty: Any
    out_of_use: Any  # what happens when it is taken out of use
    of_client: bool = True
    list_name: str = ""
    argument: str = ""

    def target(self, row: Any) -> dict[str, Any]:
        """The row as an argument of the services."""
        return {self.argument or self.key: row}

    @property
    def list_url(self) -> str:
        """URL name of the list."""
        return f"clients:{self.list_name or f'{self.key}s'}"

    @property
    def detail_url(self) -> str:
        """URL name of the page of one."""
        return f"clients:{self.key if self.of_client else 'detail'}"

    def url_name(self, verb: str) -> str:
        """URL name of a verb: create, edit, deactivate, reactivate."""
        return f"clients:{self.key}_{verb}"

    @property
    def page(self) -> dict[str, Any]:
        """What every page of this kind says."""
        verbs = ("create", "edit", "deactivate", "reactivate")
        names = {f"{verb}_url": self.url_name(verb) for verb in verbs}
        return {"kind": self, "rows_template": f"clients/rows/{self.key}.html", **names}


def _both(name: str, *fields: str) -> dict[str, Sort]:
    return {name: Sort(fields), f"-{name}": Sort(fields, descending=True)}


_BY_CLIENT = _both("client", "client__sort_key", "client__name")

CLIENT = Kind(
    key="client",
    name=_("Client organisation"),
    plural=_("Client organisations"),
    new=_("New client organisation"),
    icon="building-community",
    rows=rows.clients,
    filter=filters.ClientFilter,
    form=records.ClientForm,
    create=services.create_client,
    change=services.change_client,
    deactivate=services.deactivate_client,
    reactivate=services.reactivate_client,
    sorts=_both("name", "sort_key", "name") | _both("code", "code"),
    columns=(
        (_("Name"), lambda row: row.name),
        (_("Code"), lambda row: row.code),
        (_("Phone"), lambda row: row.phone),
        (_("Address"), lambda row: row.address),
        (_("Projects"), lambda row: row.project_count),
        (_("Contacts"), lambda row: row.contact_count),
        (_("Equipment"), lambda row: row.equipment_count),
        (_("In use"), lambda row: row.is_active),
    ),
    none=_("No client organisations yet"),
    empty=_(
        "Whom you serve stands here: each organisation with its sites, contacts, "
        "projects and devices. Begin with one; the rest hangs on it."
    ),
    out_of_use=_(
        "Nobody can file tickets for it any more and its people can no longer sign in. "
        "Everything that is written stays readable."
    ),
    of_client=False,
    list_name="list",
)

SITE = Kind(
    key="site",
    name=_("Site"),
    plural=_("Sites"),
    new=_("New site"),
    icon="map-pin",
    rows=rows.sites,
    filter=filters.RecordFilter,
    form=records.SiteForm,
    create=services.create_site,
    change=services.change_site,
    deactivate=services.deactivate_site,
    reactivate=services.reactivate_site,
    sorts=_both("name", "sort_key", "name") | _BY_CLIENT,
    columns=(
        (_("Name"), lambda row: row.name),
        (_("Client organisation"), lambda row: row.client.name),
        (_("Address"), lambda row: row.address),
        (_("Note"), lambda row: row.note),
        (_("Equipment"), lambda row: row.equipment_count),
        (_("In use"), lambda row: row.is_active),
    ),
    none=_("No sites yet"),
    empty=_("The places where your clients' devices stand, with how to get there."),
    out_of_use=_("It is no longer offered when tickets are filed."),
)

CONTACT = Kind(
    key="contact",
    name=_("Contact"),
    plural=_("Contacts"),
    new=_("New contact"),
    icon="users",
    rows=rows.contacts,
    filter=filters.ContactFilter,
    form=records.ContactForm,
    create=services.create_contact,
    change=services.change_contact,
    deactivate=services.deactivate_contact,
    reactivate=services.reactivate_contact,
    sorts=_both("name", "sort_key", "name") | _BY_CLIENT,
    columns=(
        (_("Name"), lambda row: row.name),
        (_("Client organisation"), lambda row: row.client.name),
        (_("Site"), lambda row: row.site),
        (_("Phone"), lambda row: row.phone),
        (_("E-mail address"), lambda row: row.email),
        (_("Address"), lambda row: row.address),
        (_("Signs in"), lambda row: bool(row.membership and row.membership.is_active)),
        (_("In use"), lambda row: row.is_active),
    ),
    none=_("No contacts yet"),
    empty=_(
        "Who calls you and whom you call back. A contact with an e-mail address can be "
        "invited to file requests and follow them."
    ),
    out_of_use=_("They can no longer sign in, and are offered nowhere any more."),
)

PROJECT = Kind(
    key="project",
    name=_("Project"),
    plural=_("Projects"),
    new=_("New project"),
    icon="briefcase",
    rows=rows.projects,
    filter=filters.ProjectFilter,
    form=records.ProjectForm,
    create=services.create_project,
    change=services.change_project,
    deactivate=services.deactivate_project,
    reactivate=services.reactivate_project,
    sorts=_both("name", "sort_key", "name")
    | _BY_CLIENT
    | _both("contract", "contract_number"),
    columns=(
        (_("Name"), lambda row: row.name),
        (_("Client organisation"), lambda row: row.client.name),
        (_("Contract number"), lambda row: row.contract_number),
        (_("Accepted on"), lambda row: row.accepted_on),
        (_("Service standard"), lambda row: row.standard),
        (_("Pinned version"), lambda row: row.pinned_version),
        (_("Department"), lambda row: row.department),
        (_("Dedicated engineer"), lambda row: row.engineer),
        (_("Equipment"), lambda row: row.equipment_count),
        (_("In use"), lambda row: row.is_active),
    ),
    none=_("No projects yet"),
    empty=_(
        "What you delivered under a contract: with the promise that goes with it, the "
        "department that keeps it and the engineer who knows it."
    ),
    out_of_use=_(
        "Nobody can file tickets for it any more. Open tickets and their clocks go on."
    ),
)

EQUIPMENT = Kind(
    key="device",
    name=_("Device"),
    plural=_("Equipment"),
    new=_("New device"),
    icon="devices",
    rows=rows.equipment,
    filter=filters.EquipmentFilter,
    form=records.EquipmentForm,
    create=services.create_equipment,
    change=services.change_equipment,
    deactivate=services.deactivate_equipment,
    reactivate=services.reactivate_equipment,
    sorts=_both("model", "category", "model")
    | _both("serial", "serial_number")
    | _BY_CLIENT,
    columns=(
        (_("Category"), lambda row: row.category),
        (_("Model"), lambda row: row.model),
        (_("Serial number"), lambda row: row.serial_number),
        (_("Client organisation"), lambda row: row.client.name),
        (_("Project"), lambda row: row.project),
        (_("Site"), lambda row: row.site),
        (_("Location"), lambda row: row.location),
        (_("Manufacturer"), lambda row: row.manufacturer),
        (_("Supplier"), lambda row: row.supplier),
        (_("Purchased on"), lambda row: row.purchased_on),
        (_("Installed on"), lambda row: row.installed_on),
        (_("In use"), lambda row: row.is_active),
    ),
    none=_("No equipment yet"),
    empty=_(
        "The devices you answer for, by serial number. When a ticket names one, its "
        "history is at hand."
    ),
    out_of_use=_("It is no longer offered when tickets are filed. Its history stays."),
    list_name="equipment",
    argument="equipment",
)

KINDS = (CLIENT, PROJECT, SITE, CONTACT, EQUIPMENT)
