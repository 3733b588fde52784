"""A site in which everything is full of hostile words, and what is ours of canaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model

import sla
from accounts.models import User
from clients.models import Client, Contact, Equipment, Project, Site
from deadlines.models import Deadline
from people.actors import Actor
from people.models import Absence, ApiToken, Department, Membership
from servicedesk.lib.now import database_now
from sla.models import Calendar, ServiceStandard
from sla.services import import_standard, publish_version
from tenants.models import Tenant
from tests.access.furniture import furnish
from tests.tickets.web.test_filing import PNG
from tests.world import House
from tickets import services
from tickets.models import Attachment, CannedReply, SavedView, Ticket

#: Out of a quote, a tag and a template; a formula; a place for a value. 60 signs at most.
HOSTILE = """=7*7" x-bad=1 '><x-bad>{{"x-"|add:"ran"}}{%load x%}%s{0}"""
#: The same as a link, where somebody writes at length.
LINKS = f"{HOSTILE} javascript:alert(1) data:text/html,x http://ok.example/?a={HOSTILE}"
#: Stands in everything that client staff may never read.
CANARY = "CANARY-4417-inside"

#: What of each kind of record only we read.
INTERNAL: dict[type[Model], tuple[str, ...]] = {
    Client: ("note",),
    Site: ("note",),
    Contact: ("phone", "address"),
    Equipment: ("supplier",),
    Membership: ("title", "phone"),
}


def fill(house: House) -> dict[str, dict[str, Any]]:
    """Hostile words and canaries in every text of a tenant; the place-holders of its routes."""
    things = furnish(house)
    with house.scope():
        _standards(house)
        _names(house)
        _ours(house)
        ticket = _ticket(house)
        house.things.ticket = ticket
        things |= _more(house, ticket)
        things["tickets:clock"]["pk"] = ticket.clocks.first().pk
    for name in things:
        if "number" in things[name] and not name.startswith("sla:"):
            things[name]["number"] = ticket.number
    return things


def _standards(house: House) -> None:
    """One with a calendar; and a version of the first that is only planned."""
    presets = Path(sla.__file__).parent / "presets"
    now = database_now()
    common: dict[str, Any] = {"actor": house.actor("admin"), "now": now}
    text = (presets / "office-hours.yaml").read_text()
    import_standard(**common, text=text, in_force_from=now)
    planned = (presets / "reference.yaml").read_text().replace("limit: 8h", "limit: 9h")
    publish_version(
        **common,
        standard=house.standard,
        text=f"{planned}\n# {CANARY} {HOSTILE}\n",
        in_force_from=now + timedelta(days=30),
        note=f"{CANARY} {HOSTILE}",
    )


def _names(house: House) -> None:
    """What everything is called."""
    Tenant.objects.filter(pk=house.tenant.pk).update(name=HOSTILE)
    people = Membership.objects.all()
    for person in people:
        User.objects.filter(pk=person.user_id).update(name=f"{HOSTILE} {person.pk}")
    for model in (Client, Site, Contact, Project):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(name=f"{HOSTILE} {row.pk}")
    Client.objects.update(code=HOSTILE[:20], phone=HOSTILE[:40], address=LINKS[:200])
    Project.objects.update(contract_number=HOSTILE)
    Equipment.objects.update(
        category=HOSTILE, model=HOSTILE, location=HOSTILE, manufacturer=HOSTILE
    )
    Site.objects.update(address=LINKS[:200])
    CannedReply.objects.update(title=HOSTILE, body=LINKS)
    SavedView.objects.update(name=HOSTILE)
    Calendar.objects.update(name_en=HOSTILE, name_zh=HOSTILE)
    ServiceStandard.objects.update(name_en=HOSTILE, name_zh=HOSTILE, source=HOSTILE)


def _ours(house: House) -> None:
    """Canaries in what is ours alone."""
    for model, names in INTERNAL.items():
        for row in model.objects.all():
            if isinstance(row, Membership) and row.is_client:
                continue  # what they say of themselves they may read
            model.objects.filter(pk=row.pk).update(
                **dict.fromkeys(names, f"{CANARY} {HOSTILE}"[:40])
            )
    for row in Department.objects.all():
        Department.objects.filter(pk=row.pk).update(
            name=f"{row.pk} {CANARY} {HOSTILE}"[:80]
        )
    house.other_department.refresh_from_db()
    CannedReply.objects.create(title=CANARY, body=f"{CANARY} {LINKS}")
    SavedView.objects.create(
        membership=house.people["agent"], name=CANARY, query="", is_shared=True
    )
    now = database_now()
    Absence.objects.create(
        membership=house.people["manager"],
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1),
        note=f"{CANARY} {HOSTILE}",
    )
    ApiToken.objects.create(
        membership=house.people["admin"],
        name=f"{CANARY} {HOSTILE}"[:80],
        prefix="sd_x",
        token_hash="x" * 64,
        scopes=["signed_in"],
        created_at=now,
        expires_at=now + timedelta(days=1),
    )


def _ticket(house: House) -> Ticket:
    """A ticket that was worked on for hours, missed, escalated; with notes and files."""
    now = database_now()
    at = now - timedelta(hours=7)
    ticket = services.file_ticket(
        actor=_actor(house, "client"),
        now=at,
        client=house.client_org,
        project=house.project,
        equipment=house.equipment,
        title=HOSTILE,
        symptom=LINKS,
        effect=LINKS,
        wish=LINKS,
        severity=2,
        requester=house.people["client"],
        files=[_picture()],
    )
    agent: dict[str, Any] = {"actor": _actor(house, "agent"), "ticket": ticket}
    step = timedelta(minutes=1)
    note = SimpleUploadedFile(f"{CANARY}.txt", CANARY.encode())
    services.add_note(**agent, now=at + step, body=f"{CANARY} {LINKS}", files=[note])
    services.follow(**agent, now=at + step, membership=house.people["colleague"])
    services.follow(**agent, now=at + step, membership=house.people["peer"])
    services.assign(
        **agent,
        now=at + 2 * step,
        assignee=house.people["engineer"],
        department=house.other_department,
    )
    services.hand_over(
        actor=house.actor("agent"),
        now=at + 3 * step,
        from_membership=house.people["engineer"],
        to_membership=house.people["colleague"],
        note=f"{CANARY} {LINKS}",
        tickets=[ticket],
    )
    services.answer(**agent, now=at + 4 * step, body=LINKS)
    services.reply(**agent, now=now - 3 * step, body=LINKS, files=[_picture()])
    services.acknowledge(
        actor=house.actor("boss"),
        now=now - 2 * step,
        escalation=ticket.escalations.first(),
        plan=f"{CANARY} {LINKS}",
    )
    services.agree_contingency(
        **agent, now=now - step, body=LINKS, kind="spare", agreed_with=HOSTILE
    )
    services.reply(actor=_actor(house, "client"), now=now, ticket=ticket, body=LINKS)
    ticket.refresh_from_db()
    return ticket


def _actor(house: House, name: str) -> Actor:
    return replace(house.actor(name), name=HOSTILE)


def _picture() -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{HOSTILE}.png", PNG, "image/png")


def _more(house: House, ticket: Ticket) -> dict[str, dict[str, Any]]:
    """Routes whose objects :func:`furnish` does not make."""
    picture = Attachment.objects.filter(ticket=ticket, internal=False).first()
    assert Deadline.objects.exists()
    return {
        "tickets:attachment": {"pk": picture.pk},
        "tickets:preview": {"pk": picture.pk},
        "tickets:export": {"format": "csv"},
        "sla:calendar": {"pk": Calendar.objects.first().pk},
        "sla:calendar_revise": {"pk": Calendar.objects.first().pk},
    }
