"""Words: public replies, internal notes; and who follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.attachments import Upload, attach
from tickets.kinds import EventKind
from tickets.models import Follower, Ticket
from tickets.rules.facts import FactKind
from tickets.services.base import (
    CLIENT_SIDE,
    acting_on,
    need,
    need_text,
    tell,
    tell_reply,
)


def reply(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str,
    files: Sequence[Upload] = (),
    version: int | None = None,
) -> Ticket:
    """Reply publicly. A client's reply ends waiting-for-customer at its time (rule 2).

    A reply of ours is no first response: that is an answer with way of service and plan.
    """
    need(actor, Permission.TICKET_REPLY)
    body = need_text(body, field="body")
    verb = "client_reply" if actor.is_client else "reply"
    with acting_on(ticket, verb=verb, actor=actor, now=now, version=version) as case:
        event = case.record(EventKind.REPLY, actor=actor, now=now, body=body)
        if actor.is_client and case.ticket.wait_reason == "customer":
            case.record(
                FactKind.WAIT_ENDED, actor=actor, now=now, data={"reason": "customer"}
            )
        tell_reply(case, event, actor=actor)
    if files:
        attach(ticket=ticket, event=event, files=files, actor=actor, now=now)
    return ticket


def add_note(
    *,
    actor: Actor,
    now: datetime,
    ticket: Ticket,
    body: str,
    files: Sequence[Upload] = (),
    version: int | None = None,
) -> Ticket:
    """Write an internal note, which no client ever sees in any form."""
    need(actor, Permission.TICKET_INTERNAL)
    need(actor, Permission.TICKET_WORK)
    body = need_text(body, field="body")
    with acting_on(
        ticket, verb="add_note", actor=actor, now=now, version=version
    ) as case:
        event = case.record(
            EventKind.NOTE, actor=actor, now=now, body=body, internal=True
        )
    if files:
        attach(ticket=ticket, event=event, files=files, actor=actor, now=now)
    return ticket


def follow(
    *, actor: Actor, now: datetime, ticket: Ticket, membership: Membership
) -> Ticket:
    """Let somebody follow: a colleague of the actor's own side, who then sees the ticket."""
    _check_follower(actor, ticket, membership)
    with acting_on(ticket, verb="add_note", actor=actor, now=now) as case:
        _row, created = Follower.objects.get_or_create(
            ticket=ticket, membership=membership, defaults={"added_at": now}
        )
        if created:
            case.record(
                EventKind.FOLLOWER_ADDED,
                actor=actor,
                now=now,
                data={"membership": membership.pk, "name": membership.user.name},
                internal=membership.role not in CLIENT_SIDE,
            )
            if membership.pk != actor.membership_id:
                tell(
                    case,
                    {membership.pk},
                    kind="follower_added",
                    key=f"follow:{case.ticket.last_seq}",
                    params={"by": actor.name},
                )
    return ticket


def unfollow(
    *, actor: Actor, now: datetime, ticket: Ticket, membership: Membership
) -> Ticket:
    """Stop somebody following."""
    _check_follower(actor, ticket, membership)
    with acting_on(ticket, verb="add_note", actor=actor, now=now) as case:
        gone, _rows = Follower.objects.filter(
            ticket=ticket, membership=membership
        ).delete()
        if gone:
            case.record(
                EventKind.FOLLOWER_REMOVED,
                actor=actor,
                now=now,
                data={"membership": membership.pk, "name": membership.user.name},
                internal=membership.role not in CLIENT_SIDE,
            )
    return ticket


def _check_follower(actor: Actor, ticket: Ticket, membership: Membership) -> None:
    if not membership.is_active:
        raise ServiceError("unknown", _("Choose one of the list."), field="membership")
    if membership.role in CLIENT_SIDE:
        contact = Contact.objects.filter(
            membership=membership, client_id=ticket.client_id
        )
        if not contact.exists():
            raise ServiceError(
                "unknown", _("Choose one of the list."), field="membership"
            )
    elif actor.is_client:
        raise ServiceError("unknown", _("Choose one of the list."), field="membership")
