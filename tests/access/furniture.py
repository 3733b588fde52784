"""One object of each kind, to be put into addresses."""

from __future__ import annotations

import secrets
from typing import Any

from django.urls import reverse

from clients.models import Contact
from documents.models import Document, Signature
from documents.services import present_sheet, sign
from people.models import Shift, ShiftMember
from servicedesk.lib.vault import keep
from tests.access.table import ABSENT
from tests.documents.conftest import drawing
from tests.routes import Route
from tests.world import House
from tickets import services
from tickets.models import CannedReply, Checklist, SavedView, Ticket
from tickets.services import work


def furnish(house: House) -> dict[str, dict[str, Any]]:
    """One object of each kind in a tenant, by the place-holders of the routes they fill."""
    with house.scope():
        tickets = [_request(house, name) for name in ("client", "rival")]
        house.things.ticket, house.things.rival_ticket = tickets
        return {
            **_of_ticket(house, tickets[0]),
            **_of_people(house),
            **_of_register(house),
            "sla:detail": {"pk": house.standard.pk},
            "sla:version": {"pk": house.standard.pk, "number": 1},
            "sla:download": {"pk": house.standard.pk, "number": 1},
        }


def _request(house: House, name: str) -> Ticket:
    """A request of the client's or the rival's, with a work order."""
    now = house.version.published_at
    is_rival = name == "rival"
    ticket = services.file_ticket(
        actor=house.actor(name),
        now=now,
        client=house.rival_org if is_rival else house.client_org,
        project=house.rival_project if is_rival else house.project,
        title="Canary of the rival" if is_rival else f"Canary of {house.tenant.slug}",
        requester=house.people[name],
    )
    work.dispatch(
        actor=house.actor("agent"),
        now=now,
        ticket=ticket,
        purpose=f"Canary of {house.tenant.slug}",
        engineer=house.engineer,
    )
    return ticket


def _of_ticket(house: House, ticket: Ticket) -> dict[str, dict[str, Any]]:
    document, signature = furnish_papers(house, ticket)
    canned = CannedReply.objects.create(title="Hello", body="We are on it.")
    ready = Checklist.objects.create(name="Visit", items=[{"text": "Badge"}])
    view = SavedView.objects.create(
        membership=house.people["agent"], name="All", query="", is_shared=True
    )
    clock = ticket.clocks.first()
    assert clock is not None
    number = {"number": ticket.number}
    order = number | {"ordinal": 1}
    return {
        "documents:papers": {"subject_kind": "ticket", "subject_id": ticket.pk},
        "documents:open": {"pk": document.pk},
        "documents:signature": {"pk": signature.pk},
        "presence": number,
        "tickets:detail": number,
        "tickets:live": number,
        "tickets:earlier": number,
        "tickets:clock": number | {"pk": clock.pk},
        "tickets:act": number | {"verb": "reply"},
        "tickets:incident": number,
        "tickets:incident_act": number | {"verb": "confirm"},
        "tickets:work_panel": number,
        "tickets:work_dispatch": number,
        "tickets:work_order": order,
        "tickets:work_act": order | {"verb": "rate"},
        "tickets:work_checked": order,
        "tickets:canned_reply": {"pk": canned.pk},
        "tickets:canned_reply_switch": {"pk": canned.pk},
        "tickets:checklist": {"pk": ready.pk},
        "tickets:view_delete": {"pk": view.pk},
    }


def _of_people(house: House) -> dict[str, dict[str, Any]]:
    shift = Shift.objects.create(
        department=house.department,
        name="Around the clock",
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        starts="00:00",
        ends="00:00",
        from_on="2026-01-01",
    )
    ShiftMember.objects.create(shift=shift, membership=house.engineer)
    return {
        "people:person": {"pk": house.people["engineer"].pk},
        "people:department": {"pk": house.department.pk},
        "people:shift": {"pk": house.department.pk, "shift_pk": shift.pk},
    }


def _of_register(house: House) -> dict[str, dict[str, Any]]:
    contact = Contact.objects.filter(client=house.client_org).first()
    assert contact is not None
    return {
        "clients:detail": {"pk": house.client_org.pk},
        "clients:site": {"pk": house.site.pk},
        "clients:contact": {"pk": contact.pk},
        "clients:project": {"pk": house.project.pk},
        "clients:device": {"pk": house.equipment.pk},
    }


def furnish_papers(house: House, ticket: Ticket) -> tuple[Document, Signature]:
    """A paper of a ticket, and a signature on what it says."""
    now = house.version.published_at
    file = keep(b"%PDF-1.7", tenant_id=house.tenant.pk)
    document = Document.objects.create(
        kind="service_report",
        subject_kind="ticket",
        subject_id=ticket.pk,
        language="en",
        number=f"{house.tenant.ticket_prefix}-DOC-2025-000001",
        version=1,
        state=Document.State.READY,
        is_current=True,
        token=secrets.token_urlsafe(16),
        stored=file.stored,
        sha256=file.sha256,
        size=file.size,
        pages=1,
        requested_at=now,
        made_at=now,
        wake_at=now,
    )
    actor = house.actor("engineer")
    sheet = present_sheet(
        subject_kind="ticket", subject_id=ticket.pk, content={}, actor=actor, now=now
    )
    signature = sign(
        sheet=sheet,
        sha256=sheet.sha256,
        role="client",
        name="Li",
        image=drawing(),
        signed_at=now,
        actor=actor,
        now=now,
    )
    return document, signature


#: Routes with the same object as another one.
LIKE = {
    "documents:make": "documents:papers",
    "documents:download": "documents:open",
    "documents:again": "documents:open",
    "people:edit": "people:person",
    "people:deactivate": "people:person",
    "people:reactivate": "people:person",
    "people:resend": "people:person",
    "people:revoke": "people:person",
    "people:deputy_of": "people:person",
    "people:absence_of": "people:person",
    "people:skills_of": "people:person",
    "people:roster": "people:department",
    "people:shift_new": "people:department",
    "people:shift_remove": "people:shift",
    "people:department_close": "people:department",
    "people:department_reopen": "people:department",
    "clients:client_edit": "clients:detail",
    "clients:client_deactivate": "clients:detail",
    "clients:client_reactivate": "clients:detail",
    "clients:site_edit": "clients:site",
    "clients:site_deactivate": "clients:site",
    "clients:site_reactivate": "clients:site",
    "clients:contact_edit": "clients:contact",
    "clients:contact_deactivate": "clients:contact",
    "clients:contact_reactivate": "clients:contact",
    "clients:contact_invite": "clients:contact",
    "clients:contact_end_sign_in": "clients:contact",
    "clients:contact_resume_sign_in": "clients:contact",
    "clients:project_edit": "clients:project",
    "clients:project_deactivate": "clients:project",
    "clients:project_reactivate": "clients:project",
    "clients:device_edit": "clients:device",
    "clients:device_deactivate": "clients:device",
    "clients:device_reactivate": "clients:device",
    "sla:compare": "sla:detail",
    "sla:publish": "sla:detail",
    "sla:set_default": "sla:detail",
}
FILLERS = {
    "secret": "x" * 43,
    "format": "csv",
    "verb": "retry",
    "number": "ZD-2026-999999",
}


def address(route: Route, things: dict[str, dict[str, Any]]) -> str | None:
    """The route filled with the tenant's own object; with absent ones where there is none."""
    found = things.get(LIKE.get(route.name, route.name))
    if found is None:
        found = {name: FILLERS.get(name, ABSENT) for name in route.holders}
        if "client_pk" in found:
            found["client_pk"] = things["clients:detail"]["pk"]
    return reverse(route.name, kwargs=found)


def has_own_object(route: Route, things: dict[str, dict[str, Any]]) -> bool:
    return LIKE.get(route.name, route.name) in things
