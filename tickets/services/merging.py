"""Two tickets for one thing (rule 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, ServiceError
from tickets.engine import Case, working_on
from tickets.kinds import EventKind
from tickets.models import Ticket, TicketEvent, WorkOrder
from tickets.models.ticket import State
from tickets.rules.facts import FactKind
from tickets.rules.states import allowed
from tickets.services.base import need, need_text, tell_change


def merge(
    *, actor: Actor, now: datetime, ticket: Ticket, into: Ticket, reason: str
) -> Ticket:
    """Merge a ticket into another of the same client and project; returns the survivor.

    Open clocks of the merged one are cancelled, its met and missed stay in every statistic;
    the survivor is computed as one ticket. Can be undone until the next event.
    """
    need(actor, Permission.TICKET_MERGE)
    reason = need_text(reason, field="reason")
    if ticket.pk == into.pk:
        raise ServiceError("same_ticket", _("Choose another ticket."), field="into")
    with working_on([ticket.pk, into.pk], now=now) as cases:
        gone, survivor = cases[ticket.pk], cases[into.pk]
        _check_mergeable(gone.ticket, survivor.ticket)
        before = {"before": gone.ticket.state, "wait": gone.ticket.wait_reason}
        survivor.record(
            FactKind.ABSORBED,
            actor=actor,
            now=now,
            body=reason,
            data={
                "ticket": gone.ticket.pk,
                "number": gone.ticket.number,
                "facts": [_plain(fact) for fact in gone.facts],
            },
        )
        gone.record(
            FactKind.MERGED_INTO,
            actor=actor,
            now=now,
            body=reason,
            data={
                "ticket": survivor.ticket.pk,
                "number": survivor.ticket.number,
            }
            | before,
        )
        gone.ticket.state, gone.ticket.wait_reason = State.MERGED, ""
        gone.ticket.merged_into_id = survivor.ticket.pk
        tell_change(gone, actor=actor, state="merged", reason=survivor.ticket.number)
    into.refresh_from_db()
    ticket.refresh_from_db()
    return into


def _check_mergeable(gone: Ticket, survivor: Ticket) -> None:
    if gone.client_id != survivor.client_id or gone.project_id != survivor.project_id:
        raise ServiceError(
            "not_the_same_project",
            _("Only tickets of the same client and project can be merged."),
            field="into",
        )
    if WorkOrder.objects.filter(ticket_id=gone.pk).open().exists():
        raise ServiceError(
            "work_order_open",
            _(
                "Somebody is to work on this one. Finish or cancel its work orders first."
            ),
        )
    if "merge" not in allowed(gone.state) or not survivor.is_working:
        raise Conflict(
            "state_does_not_allow", _("Only tickets that are still open can be merged.")
        )


def _plain(fact: Any) -> dict[str, Any]:
    return {
        "seq": fact.seq,
        "kind": fact.kind.value,
        "at": fact.at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "data": dict(fact.data),
    }


def unmerge(*, actor: Actor, now: datetime, ticket: Ticket) -> Ticket:
    """Undo a merge, as long as nothing has happened on either ticket since."""
    need(actor, Permission.TICKET_MERGE)
    if ticket.merged_into_id is None or ticket.state != State.MERGED:
        raise Conflict("not_merged", _("This ticket is not merged."))
    with working_on([ticket.pk, ticket.merged_into_id], now=now) as cases:
        gone, survivor = cases[ticket.pk], cases[ticket.merged_into_id]
        marks = _marks(gone, survivor)
        gone_event, survivor_event = marks
        gone.record(
            FactKind.VOIDED, actor=actor, now=now, data={"fact": gone_event.seq}
        )
        survivor.record(
            FactKind.VOIDED, actor=actor, now=now, data={"fact": survivor_event.seq}
        )
        gone.record(EventKind.UNMERGED, actor=actor, now=now)
        survivor.record(
            EventKind.UNMERGED,
            actor=actor,
            now=now,
            data={"number": gone.ticket.number},
        )
        gone.ticket.state = gone_event.data["before"]
        gone.ticket.wait_reason = gone_event.data.get("wait", "")
        gone.ticket.merged_into_id = None
    ticket.refresh_from_db()
    return ticket


def _marks(gone: Case, survivor: Case) -> tuple[TicketEvent, TicketEvent]:
    """The two events of the merge, if each is the last that a person did."""
    found = []
    for case, kind in ((gone, FactKind.MERGED_INTO), (survivor, FactKind.ABSORBED)):
        events = TicketEvent.objects.filter(ticket_id=case.ticket.pk).order_by("-seq")
        newest = events.exclude(via="system").first()
        if newest is None or newest.kind != kind:
            raise Conflict(
                "too_late_to_undo",
                _("Something has happened since; the merge can't be undone any more."),
            )
        found.append(newest)
    return found[0], found[1]
