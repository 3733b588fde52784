"""Who works on a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Department, Membership
from people.roles import STAFF_ROLES, Permission
from servicedesk.lib.errors import ServiceError
from tickets.engine import Case, working_on
from tickets.kinds import EventKind
from tickets.models import Ticket
from tickets.services.base import (
    UNSET,
    _Unset,
    acting_on,
    excerpt,
    need,
    need_text,
    next_due,
    tell,
)


def _check_assignee(assignee: Membership | None) -> None:
    if assignee is None:
        return
    if not assignee.is_active or assignee.role not in STAFF_ROLES:
        raise ServiceError(
            "unknown", _("Choose a colleague who is still here."), field="assignee"
        )


def _assign(
    case: Case,
    assignee: Membership | None,
    department: Department | _Unset | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    ticket = case.ticket
    data = {
        "from": ticket.assignee_id,
        "to": assignee.pk if assignee else None,
        "name": assignee.user.name if assignee else "",
    }
    if not isinstance(department, _Unset) and ticket.department_id != (
        department.pk if department else None
    ):
        data |= {"department": str(department or "")}
        ticket.department_id = department.pk if department else None
    elif data["from"] == data["to"]:
        return
    ticket.assignee_id = assignee.pk if assignee else None
    event = case.record(EventKind.ASSIGNED, actor=actor, now=now, data=data)
    if assignee is not None and assignee.pk != actor.membership_id:
        tell(
            case,
            {assignee.pk},
            kind="assigned",
            key=f"assigned:{event.seq}",
            params={"by": actor.name, "client": str(ticket.client)} | next_due(ticket),
        )


def assign(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    assignee: Membership | None,
    department: Department | _Unset | None = UNSET,
    version: int | None = None,
) -> Ticket:
    """Give a ticket to a colleague, or to nobody; optionally to another department."""
    need(actor, Permission.TICKET_ASSIGN)
    _check_assignee(assignee)
    with acting_on(
        ticket, verb="assign", actor=actor, now=now, version=version
    ) as case:
        _assign(case, assignee, department, actor=actor, now=now)
    return ticket


def assign_many(
    *,
    actor: Actor,
    now: datetime,
    tickets: Sequence[Ticket],
    assignee: Membership | None,
) -> int:
    """Give several tickets to a colleague; those that have ended are left. Returns how many."""
    need(actor, Permission.TICKET_ASSIGN)
    _check_assignee(assignee)
    changed = 0
    with working_on([ticket.pk for ticket in tickets], now=now) as cases:
        for case in cases.values():
            if case.ticket.is_working:
                _assign(case, assignee, UNSET, actor=actor, now=now)
                changed += bool(case.events)
    return changed


def hand_over(
    *,
    actor: Actor,
    now: datetime,
    from_membership: Membership,
    to_membership: Membership,
    note: str,
    tickets: Sequence[Ticket],
) -> int:
    """Hand open work over at the end of a shift, with a note to each ticket.

    One message to the successor names all of it. Returns how many were handed over.
    """
    need(actor, Permission.TICKET_ASSIGN)
    _check_assignee(to_membership)
    note = need_text(note, field="note")
    if from_membership.pk == to_membership.pk:
        raise ServiceError("same_person", _("Choose another colleague."), field="to")
    items: list[dict[str, str]] = []
    with working_on([ticket.pk for ticket in tickets], now=now) as cases:
        for case in cases.values():
            ticket = case.ticket
            if not ticket.is_working or ticket.assignee_id != from_membership.pk:
                continue
            ticket.assignee_id = to_membership.pk
            case.record(
                EventKind.HANDED_OVER,
                actor=actor,
                now=now,
                body=note,
                data={
                    "from": from_membership.pk,
                    "to": to_membership.pk,
                    "name": to_membership.user.name,
                },
            )
            items.append({"number": ticket.number, "title": ticket.title})
        if items:
            case = next(iter(cases.values()))
            tell(
                case,
                {to_membership.pk},
                kind="handed_over",
                key=f"handover:{now.isoformat()}",
                params={
                    "by": actor.name,
                    "count": len(items),
                    "items": items[:50],
                    "note": excerpt(note),
                },
            )
    return len(items)
