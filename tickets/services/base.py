"""What every verb does first: lock, look whether it may, mind the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from notifications.services import Draft
from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import Conflict, NotPermitted, ServiceError
from tickets.engine import Case, working_on
from tickets.models import Follower, Ticket, TicketEvent
from tickets.models.ticket import State
from tickets.rules.agreement import Standing, agrees
from tickets.rules.states import allowed, state_after

#: How far ahead of the server's clock a person's watch may be (rule 7).
FUTURE: Final = timedelta(minutes=2)
#: How long entering what happens now takes by itself: no reason is asked for that.
MOMENT: Final = timedelta(minutes=1)


class _Unset:
    """The mark of an argument that was not given (None means none)."""


UNSET: Final = _Unset()


@contextmanager
def acting_on(
    ticket: Ticket,
    *,
    verb: str,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    time_field: str = "happened_at",
) -> Iterator[Case]:
    """The locked case of one ticket, if the verb is allowed in its state.

    Raises Conflict when the ticket has moved on since ``version`` was read, or is in a state
    that does not allow the verb; ServiceError for ``time_field`` when the time of what the
    caller records would turn the order of events around.
    """
    with working_on([ticket.pk], now=now) as cases:
        case = cases[ticket.pk]
        if version is not None and case.seq_loaded != version:
            raise Conflict(
                "moved_on",
                _(
                    "Somebody has changed this ticket meanwhile. Look at it, then try again."
                ),
            )
        if verb not in allowed(case.ticket.state):
            raise Conflict(
                "state_does_not_allow",
                _("This can't be done while the ticket is “%(state)s”.")
                % {"state": case.ticket.get_state_display()},
            )
        in_order = _agrees(case)
        yield case
        _move(case, verb)
        if in_order and not _agrees(case):
            raise ServiceError(
                "after_next",
                _("Something else had already happened by then."),
                field=time_field,
            )
    ticket.refresh_from_db()


def _agrees(case: Case) -> bool:
    """Whether the facts, in the order of their times, lead to where the ticket stands."""
    ticket = case.ticket
    needed = None
    if ticket.visit != Ticket.Visit.UNDECIDED:
        needed = ticket.visit == Ticket.Visit.NEEDED
    stand = Standing(ticket.state, ticket.wait_reason, needed, ticket.appointment_at)
    return agrees(case.facts, stand)


def _move(case: Case, verb: str) -> None:
    """The state that the verb leads to; a wait that is over leaves no reason."""
    ticket = case.ticket
    before = ticket.state
    ticket.state = state_after(before, verb, wait=ticket.wait_reason or None).value
    if ticket.state != State.WAITING:
        ticket.wait_reason = ""


def need(actor: Actor, permission: str) -> None:
    """Raise NotPermitted unless the actor has a permission."""
    if not actor.may(permission):
        raise NotPermitted("not_permitted", _("Your role does not allow this."))


def event_time(
    case: Case,
    *,
    happened_at: datetime | None,
    reason: str,
    actor: Actor,
    now: datetime,
    field: str = "happened_at",
) -> datetime:
    """Check when something is said to have happened (rule 7).

    Within the standard's backdating limit and with a reason; beyond it only by somebody who
    may approve it; never before the receipt, nor more than two minutes ahead.
    """
    if happened_at is None:
        return now
    if happened_at < case.ticket.received_at:
        raise ServiceError(
            "before_received",
            _("This time lies before the request was received."),
            field=field,
        )
    check_time(
        case.standard.backdate_limit,
        happened_at=happened_at,
        reason=reason,
        actor=actor,
        now=now,
        field=field,
    )
    return min(happened_at, now)


def check_time(
    limit: timedelta,
    *,
    happened_at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
    field: str = "happened_at",
    at_once: timedelta = MOMENT,
) -> None:
    """Raise unless a time is past, has its reason and lies within the limit (rule 7).

    What happened within ``at_once`` is entered as it happens, and needs no reason.
    """
    if happened_at > now + FUTURE:
        raise ServiceError(
            "in_the_future",
            _("This time lies in the future. Enter when it happened."),
            field=field,
        )
    if now - happened_at > at_once and not reason.strip():
        raise ServiceError(
            "reason_missing",
            _("Say why the time is entered afterwards."),
            field="time_reason",
        )
    if now - happened_at > limit and not actor.may(Permission.BACKDATE_APPROVE):
        raise ServiceError(
            "beyond_backdate_limit",
            _(
                "This lies further back than %(hours)s hours. Ask your department manager."
            )
            % {"hours": int(limit.total_seconds() // 3600)},
            field=field,
        )


def need_text(value: str, *, field: str) -> str:
    """The words that a verb can't do without, trimmed. Raises where there are none."""
    text = value.strip()
    if not text:
        raise ServiceError("text_missing", _("Write a few words here."), field=field)
    return text


def timed(reason: str, happened_at: datetime | None, /, **data: Any) -> dict[str, Any]:
    """Event data with the reason for a time that was entered afterwards."""
    if happened_at is not None and reason.strip():
        data["time_reason"] = reason.strip()
    return data


def sides(case: Case, *, but: int | None) -> tuple[set[int], set[int]]:
    """Who follows a ticket's news on the client's side, and who on ours; one query.

    Requester and followers; followers and the assignee.
    """
    ticket = case.ticket
    theirs: set[int] = {ticket.requester_id} if ticket.requester_id else set()
    ours: set[int] = {ticket.assignee_id} if ticket.assignee_id else set()
    followers = Follower.objects.filter(ticket_id=ticket.pk)
    for person, role in followers.values_list("membership_id", "membership__role"):
        (theirs if role in CLIENT_SIDE else ours).add(person)
    return theirs - {but}, ours - {but}


def audience(case: Case, *, clients: bool, staff: bool, but: int | None) -> set[int]:
    """Of those who follow a ticket's news: the client's side, ours, or both."""
    theirs, ours = sides(case, but=but)
    return (theirs if clients else set()) | (ours if staff else set())


CLIENT_SIDE = frozenset({"client_staff", "client_manager"})


def tell(
    case: Case, people: Iterable[int], *, kind: str, key: str, params: dict[str, Any]
) -> None:
    """Queue a message to some people, once each for ``key``."""
    ticket = case.ticket
    common = {
        "number": ticket.number,
        "title": ticket.title,
        "state": ticket.state,
        "severity": ticket.severity,
    }
    case.drafts += [
        Draft(
            recipient_id=person,
            kind=kind,
            dedupe_key=f"t{ticket.pk}:{key}",
            topic="ticket",
            topic_id=ticket.pk,
            params=common | params,
        )
        for person in sorted(people)
    ]


def tell_reply(
    case: Case, event: TicketEvent, *, actor: Actor, kind: str = "replied"
) -> None:
    """Tell both sides of words that are public; the client's side in ``kind``'s words."""
    params = {"by": actor.name, "excerpt": excerpt(event.body)}
    theirs, ours = sides(case, but=actor.membership_id)
    for words, people in ((kind, theirs), ("replied", ours)):
        tell(case, people, kind=words, key=f"reply:{event.seq}", params=params)


def tell_change(case: Case, *, actor: Actor, state: str, reason: str = "") -> None:
    """Tell the client's side and ours of a change of state."""
    people = audience(case, clients=True, staff=True, but=actor.membership_id)
    params = {"by": actor.name, "state": state}
    if reason:
        params["reason"] = excerpt(reason)
    key = f"state:{case.ticket.last_seq}"
    tell(case, people, kind="state_changed", key=key, params=params)


def excerpt(text: str) -> str:
    """The beginning of somebody's words, for a message."""
    return text if len(text) <= 300 else f"{text[:299]}…"


def next_due(ticket: Ticket) -> dict[str, Any]:
    """What is due next, for a message's words."""
    if ticket.next_due_at is None:
        return {}
    return {"metric": ticket.next_metric, "due_at": ticket.next_due_at.isoformat()}
