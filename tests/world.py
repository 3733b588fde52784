"""One small world for every test: two tenants, in each one person of every role.

``zhida`` is the tenant most tests live in; ``other`` is the neighbour that must never be
seen. In ``zhida`` there are two client organisations, so that the wall between clients can
be tested too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.db import connection

import sla
from accounts.models import User
from clients.models import Client, Contact, Equipment, Project, Site
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Role, permissions_of
from tenants.models import Tenant
from tenants.scope import tenant_scope

PASSWORD = "correct horse battery staple"
FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
STAFF = {
    "admin": Role.ADMINISTRATOR,
    "agent": Role.AGENT,
    "engineer": Role.ENGINEER,
    "colleague": Role.ENGINEER,  # same department
    "elsewhere": Role.ENGINEER,  # another department
    "manager": Role.DEPARTMENT_MANAGER,
    "boss": Role.GENERAL_MANAGER,
}
CLIENTS = {
    "client": Role.CLIENT_STAFF,
    "peer": Role.CLIENT_STAFF,
    "client_manager": Role.CLIENT_MANAGER,
}


@dataclass
class House:
    """One tenant with its people, by name; ``house.engineer`` is a membership."""

    tenant: Tenant
    people: dict[str, Membership] = field(default_factory=dict)
    things: SimpleNamespace = field(default_factory=SimpleNamespace)

    def __getattr__(self, name: str) -> Any:
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        return getattr(self.__dict__.get("things"), name)

    def actor(self, name: str, **changes: Any) -> Actor:
        """The actor of a person of this tenant."""
        return actor_of(self.people[name], self, **changes)

    @property
    def host(self) -> str:
        """The host name of the tenant."""
        return f"{self.tenant.slug}.localhost"

    def scope(self) -> Any:
        """The tenant's scope."""
        return tenant_scope(self.tenant.pk)


def actor_of(membership: Membership, house: House, **changes: Any) -> Actor:
    """An actor as the middleware would make it."""
    departments = {membership.department_id} - {None}
    if membership == house.people.get("manager"):
        departments.add(house.things.department.pk)
    values: dict[str, Any] = {
        "tenant_id": house.tenant.pk,
        "membership_id": membership.pk,
        "user_id": membership.user_id,
        "name": membership.user.name,
        "role": membership.role,
        "permissions": permissions_of(membership.role),
        "departments": frozenset(departments),
        "client_id": house.things.client_of.get(membership.pk),
        "language": "en",
        "zone": house.tenant.zone,
    }
    return Actor(**(values | changes))


def build_house(slug: str, prefix: str) -> House:
    """A tenant with departments, one person per role, two client organisations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_tenant', 'id'))")
        pk = cursor.fetchone()[0]
    with tenant_scope(pk):
        tenant = Tenant.objects.create(
            pk=pk, slug=slug, name=slug.title(), ticket_prefix=prefix, language="en"
        )
        house = House(tenant)
        things = house.things
        things.department = Department.objects.create(name="Field service")
        things.other_department = Department.objects.create(name="Software")
        things.client_of = {}
        for name, role in STAFF.items():
            department = (
                things.other_department if name == "elsewhere" else things.department
            )
            if role in {Role.ADMINISTRATOR, Role.GENERAL_MANAGER}:
                department = None
            house.people[name] = _person(slug, name, role, department)
        things.department.manager = house.people["manager"]
        things.department.save()
        _build_clients(house, slug)
        _import_standard(house)
    return house


def _person(
    slug: str, name: str, role: str, department: Department | None
) -> Membership:
    user = User.objects.create_user(
        f"{name}@{slug}.example",
        PASSWORD,
        name=f"{name.title()} of {slug}",
        language="en",
    )
    return Membership.objects.create(
        user=user, role=role, department=department, accepted_at=FOUNDED
    )


def _build_clients(house: House, slug: str) -> None:
    things = house.things
    things.client_org = Client.objects.create(name=f"Water works of {slug}")
    things.rival_org = Client.objects.create(name=f"Rival school of {slug}")
    things.site = Site.objects.create(client=things.client_org, name="Pump house")
    people = [(n, r, things.client_org) for n, r in CLIENTS.items()]
    people.append(("rival", Role.CLIENT_MANAGER, things.rival_org))
    for name, role, organisation in people:
        membership = _person(slug, name, role, None)
        house.people[name] = membership
        Contact.objects.create(
            client=organisation,
            membership=membership,
            name=membership.user.name,
            phone="0951",
        )
        things.client_of[membership.pk] = organisation.pk
    things.project = Project.objects.create(
        client=things.client_org,
        name="Command centre",
        department=things.department,
        engineer=house.people["engineer"],
    )
    things.rival_project = Project.objects.create(
        client=things.rival_org, name="School gate", department=things.department
    )
    things.equipment = Equipment.objects.create(
        client=things.client_org,
        project=things.project,
        site=things.site,
        category="Camera",
        model="DS-2CD",
        serial_number=f"SN-{slug}-1",
    )


def _import_standard(house: House) -> None:
    try:
        from sla.services import import_standard, set_default
    except ImportError:  # until the room is furnished
        return
    actor = house.actor("admin")
    text = (Path(sla.__file__).parent / "presets" / "reference.yaml").read_text()
    version = import_standard(
        actor=actor, now=FOUNDED, text=text, in_force_from=FOUNDED
    )
    set_default(actor=actor, now=FOUNDED, standard=version.standard)
    house.things.version = version
    house.things.standard = version.standard


@dataclass
class World:
    """Everything that tests start from."""

    zhida: House
    other: House


def build_world() -> World:
    """Both tenants, committed."""
    return World(zhida=build_house("zhida", "ZD"), other=build_house("other", "OT"))
