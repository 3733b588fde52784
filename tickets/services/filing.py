"""File a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, ParamSpec

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact, Equipment, Project, Site
from people.actors import Actor
from people.models import Department, Membership
from servicedesk.lib import prepared
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.failpoints import hit
from servicedesk.lib.text import one_line
from sla.rules import Severity
from sla.services import standards_of, version_for
from tenants.scope import current_tenant_id
from tickets.attachments import Upload, attach
from tickets.engine import Case, new_case, settle_and_save
from tickets.kinds import EventKind
from tickets.models import Follower, Ticket
from tickets.models.ticket import State
from tickets.rules.facts import FactKind
from tickets.services.base import (
    CLIENT_SIDE,
    MOMENT,
    check_time,
    need_text,
    next_due,
    tell,
)

P = ParamSpec("P")
#: A request by phone is entered while the caller speaks, and received when the call began.
CALL = timedelta(minutes=15)


@transaction.atomic
def receive(
    *,
    actor: Actor,
    now: datetime,
    client: Client,
    title: str,
    symptom: str = "",
    effect: str = "",
    wish: str = "",
    severity: int | None = None,
    kind: str = "fault",
    project: Project | None = None,
    site: Site | None = None,
    contact: Contact | None = None,
    equipment: Equipment | None = None,
    department: Department | None = None,
    requester: Membership | None = None,
    channel: str = "web",
    received_at: datetime | None = None,
    time_reason: str = "",
    answer: str = "",
    follows_up: Ticket | None = None,
    followers: Collection[Membership] = (),
    files: Sequence[Upload] = (),
) -> Case:
    """Receive a request: number it, start its clocks, arm its deadlines, tell the desk.

    ``received_at`` is event time: by phone the start of the call. ``answer`` is what a person
    answered on the phone with way and plan: that is the first response (rule 7). Without a
    severity it is general; a contact who is a member is the requester. Raises ServiceError
    naming the field at fault.
    """
    title = need_text(one_line(title), field="title")
    project = project or (equipment.project if equipment else None)
    _check_belongs(
        client, project=project, site=site, contact=contact, equipment=equipment
    )
    ticket = Ticket(
        client=client,
        project=project,
        site=site or (equipment.site if equipment else None),
        contact=contact,
        equipment=equipment,
        title=title,
        symptom=symptom.strip(),
        effect=effect.strip(),
        wish=wish.strip(),
        kind=kind,
        channel=channel,
        severity=severity or 1,
        severity_asked=severity or 1,
        state=State.NEW,
        department=department or (project.department if project else None),
        requester=requester or _caller(contact, now=now),
        follows_up=follows_up,
        received_at=min(received_at or now, now),
        updated_at=now,
    )
    case = _numbered_and_promised(
        ticket, actor=actor, now=now, at=received_at or now, reason=time_reason
    )
    if answer.strip():
        _answer_on_the_phone(case, answer, actor=actor, now=now)
    case.when_settled.append(lambda: _tell_receipt(case, actor))
    settle_and_save([case], now=now)
    if followers:
        _add_followers(ticket, followers, now=now)
    if files:
        attach(ticket=ticket, event=case.events[0], files=files, actor=actor, now=now)
    hit("tickets.filed")
    return case


def _ticket_of(service: Callable[P, Case]) -> Callable[P, Ticket]:
    def call(*args: P.args, **values: P.kwargs) -> Ticket:
        return service(*args, **values).ticket

    call.__doc__ = "Receive a request, for whoever needs the ticket alone."
    return call


file_ticket = _ticket_of(receive)


def _numbered_and_promised(
    ticket: Ticket, *, actor: Actor, now: datetime, at: datetime, reason: str
) -> Case:
    """The case of a new ticket, with its key, number, version and receipt.

    Raises ServiceError for a time that may not be given, or where no standard is in force.
    """
    version = version_for(project=ticket.project, at=ticket.received_at)
    standards = standards_of([version.pk])
    standard = standards[version.pk]
    check_time(
        standard.backdate_limit,
        happened_at=at,
        reason=reason,
        actor=actor,
        now=now,
        field="received_at",
        at_once=CALL if ticket.channel == Ticket.Channel.PHONE else MOMENT,
    )
    ticket.standard_version = version
    ticket.tier = standard.tier_for(Severity(ticket.severity)).key
    ticket.pk, ticket.number = next_number(ticket.received_at)
    case = new_case(ticket, standards)
    _record_receipt(case, actor=actor, now=now, reason=reason)
    return case


def _caller(contact: Contact | None, *, now: datetime) -> Membership | None:
    """The member of the client's that a contact is: their request, whoever files it."""
    if contact is None or contact.membership_id is None:
        return None
    members = Membership.objects.in_force(now).filter(role__in=CLIENT_SIDE)
    return members.filter(pk=contact.membership_id).first()


def _check_belongs(client: Client, **things: Any) -> None:
    """A thing of another organisation answers as one that does not exist."""
    for name, thing in things.items():
        if thing is not None and thing.client_id != client.pk:
            raise ServiceError("unknown", _("Choose one of the list."), field=name)
    equipment, project = things["equipment"], things["project"]
    if equipment and project and equipment.project_id not in {None, project.pk}:
        raise ServiceError(
            "unknown",
            _("This device does not belong to the project."),
            field="equipment",
        )


_NEXT = """
WITH own AS (
    SELECT id, ticket_prefix,
        extract(year FROM timezone(zone, %s::timestamptz))::int AS year
    FROM tenants_tenant WHERE id = %s
), counted AS (
    INSERT INTO tickets_ticketcounter AS c (tenant_id, year, last)
    SELECT id, year, 1 FROM own
    ON CONFLICT (tenant_id, year) DO UPDATE SET last = c.last + 1 RETURNING last
)
SELECT nextval(pg_get_serial_sequence('tickets_ticket', 'id')), ticket_prefix, year, last
FROM own, counted
"""


def next_number(received: datetime) -> tuple[int, str]:
    """A new ticket's key, and the tenant's next number of the year: ZD-2026-000123.

    The counter's row is locked until the transaction ends: numbers have no gaps.
    """
    [row] = prepared.fetch(_NEXT, [received, current_tenant_id()])
    pk, prefix, year, last = row
    return pk, f"{prefix}-{year}-{last:06d}"


def _record_receipt(case: Case, *, actor: Actor, now: datetime, reason: str) -> None:
    ticket = case.ticket
    data: dict[str, Any] = {
        "severity": ticket.severity,
        "kind": ticket.kind,
        "standard": ticket.standard_version_id,
        "channel": ticket.channel,
    }
    if reason.strip():
        data["time_reason"] = reason.strip()
    case.record(
        FactKind.RECEIVED,
        actor=actor,
        now=now,
        at=ticket.received_at,
        data=data,
        body=ticket.symptom,
    )
    if ticket.follows_up is not None:
        data = {"ticket": ticket.follows_up.number}
        case.record(EventKind.CONTINUED, actor=actor, now=now, data=data)


def _answer_on_the_phone(
    case: Case, words: str, *, actor: Actor, now: datetime
) -> None:
    case.record(
        FactKind.ANSWERED,
        actor=actor,
        now=now,
        at=case.ticket.received_at,
        body=words.strip(),
        data={"by": "phone"},
    )
    case.ticket.state = State.IN_PROGRESS
    if actor.is_staff and case.ticket.assignee_id is None:
        case.ticket.assignee_id = actor.membership_id


def _add_followers(
    ticket: Ticket, followers: Collection[Membership], *, now: datetime
) -> None:
    Follower.objects.bulk_create(
        [
            Follower(ticket=ticket, membership=person, added_at=now)
            for person in followers
        ],
        ignore_conflicts=True,
    )


def _tell_receipt(case: Case, actor: Actor) -> None:
    """A receipt with the promise to the requester; the dedicated engineer learns of it."""
    ticket = case.ticket
    if ticket.requester_id is not None:
        dues = {
            f"{name}_due_at": row.due_at.isoformat()
            for name, metric in (
                ("response", "first_response"),
                ("resolution", "resolution"),
            )
            for row in case.clocks.values()
            if row.metric == metric and row.counts and row.due_at is not None
        }
        tell(case, {ticket.requester_id}, kind="received", key="received", params=dues)
    engineer = ticket.project.engineer_id if ticket.project else None
    if engineer is not None and actor.role in CLIENT_SIDE:
        params = {"client": ticket.client.name} | next_due(ticket)
        tell(case, {engineer}, kind="new_request", key="received", params=params)
