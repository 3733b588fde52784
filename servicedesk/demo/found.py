"""Found a demo company: people, clients, projects, equipment, standards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

import sla
from accounts.models import User
from clients.models import Client, Contact, Equipment, Project, Site
from people.actors import Actor
from people.models import Department, Membership
from people.roles import permissions_of
from servicedesk.demo.cast import Company, Delivered, Person
from servicedesk.lib.pinyin import sort_key
from sla.models import ServiceStandard
from sla.services import import_standard, set_default
from tenants.models import Tenant
from tickets.models import CannedReply
from tickets.services.work import save_checklist

PRESETS = Path(sla.__file__).parent / "presets"


@dataclass
class Stage:
    """A founded company, by the keys of its cast."""

    company: Company
    tenant: Tenant
    people: dict[str, Membership] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    sites: dict[str, list[Site]] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    standards: dict[str, ServiceStandard] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)

    def actor(self, key: str) -> Actor:
        """The actor of a person of the cast."""
        member = self.people[key]
        contact = self.contacts.get(key)
        return Actor(
            tenant_id=self.tenant.pk,
            membership_id=member.pk,
            user_id=member.user_id,
            name=member.user.name,
            role=member.role,
            permissions=permissions_of(member.role),
            departments=frozenset({member.department_id or 0} - {0}),
            client_id=contact.client_id if contact else None,
            language=self.tenant.language,
            zone=self.tenant.zone,
        )


def next_tenant_id() -> int:
    """The key of a tenant about to be made: its scope has to be open before its row is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_tenant', 'id'))")
        return int(cursor.fetchone()[0])


def found(company: Company, *, pk: int, password: str, now: datetime) -> Stage:
    """Everything but tickets. Needs the open scope of tenant ``pk``."""
    tenant = Tenant.objects.create(
        pk=pk,
        slug=company.slug,
        name=company.name,
        ticket_prefix=company.prefix,
        language=company.language,
        zone=company.zone,
        accent=company.accent,
    )
    stage = Stage(company, tenant)
    for key, name in company.departments.items():
        stage.departments[key] = Department.objects.create(name=name)
    _build_clients(stage)
    for person in company.people:
        stage.people[person.key] = _hire(stage, person, password=password, now=now)
    for key, manager in company.managers.items():
        stage.departments[key].manager = stage.people[manager]
        stage.departments[key].save()
    _import_standards(stage, now)
    for delivered in company.projects:
        stage.projects.append(_deliver(stage, delivered, now))
    for title, body in company.canned:
        CannedReply.objects.create(title=title, body=body)
    name, items = company.preparation
    save_checklist(
        actor=stage.actor("agent"),
        now=now,
        name=name,
        items=[(item.lstrip("* "), item.startswith("*")) for item in items],
    )
    return stage


def _build_clients(stage: Stage) -> None:
    for key, (name, address, sites) in stage.company.clients.items():
        client = Client.objects.create(
            name=name, address=address, sort_key=sort_key(name)
        )
        stage.clients[key] = client
        stage.sites[key] = [
            Site.objects.create(client=client, name=site) for site in sites
        ]


def _hire(stage: Stage, person: Person, *, password: str, now: datetime) -> Membership:
    email = f"{person.key}@{stage.company.slug}.example"
    user = User.objects.filter(email=email).first()
    if user is None:
        language = stage.company.language
        user = User.objects.create_user(
            email, password, name=person.name, language=language
        )
    member = Membership.objects.create(
        user=user,
        role=person.role,
        department=stage.departments.get(person.department),
        title=person.title,
        phone="0951-5550100",
        accepted_at=now,
    )
    if person.client:
        stage.contacts[person.key] = Contact.objects.create(
            client=stage.clients[person.client],
            membership=member,
            name=person.name,
            phone="0951-5550123",
            email=email,
        )
    return member


def _import_standards(stage: Stage, now: datetime) -> None:
    admin = stage.actor("admin")
    since = now - timedelta(days=400)
    for preset in ("reference", "hardware", "software", "office-hours", "drill"):
        text = (PRESETS / f"{preset}.yaml").read_text()
        version = import_standard(
            actor=admin, now=since, text=text, in_force_from=since
        )
        stage.standards[preset] = version.standard
    set_default(actor=admin, now=since, standard=stage.standards["reference"])


def _deliver(stage: Stage, delivered: Delivered, now: datetime) -> Project:
    client = stage.clients[delivered.client]
    accepted = now - timedelta(days=delivered.accepted_days_ago)
    project = Project.objects.create(
        client=client,
        name=delivered.name,
        contract_number=delivered.contract,
        department=stage.departments[delivered.department],
        engineer=stage.people[delivered.engineer],
        standard=stage.standards[delivered.standard],
        accepted_on=accepted.date(),
    )
    sites = stage.sites[delivered.client]
    for index, (category, model, serial, place) in enumerate(delivered.devices):
        Equipment.objects.create(
            client=client,
            project=project,
            site=sites[index % len(sites)],
            category=category,
            model=model,
            serial_number=serial,
            location=place,
            installed_on=(accepted - timedelta(days=20)).date(),
        )
    return project
