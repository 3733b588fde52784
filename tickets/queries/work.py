"""Work orders as pages show them: what there is, what may be done, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from documents.services import Standing, signature_state
from people.actors import Actor
from people.roles import Permission
from tickets.models import (
    Attachment,
    ExtraWork,
    Ticket,
    WorkOrder,
    WorkPart,
    WorkTime,
)
from tickets.rules.work import minutes_worked, next_verb, possible, unprepared
from tickets.sheets import SUBJECT

P = Permission
#: Verb of the page → the verb of the rules that must be possible, and the permission.
OFFERS: dict[str, tuple[str, str]] = {
    "accept": ("accept", P.TICKET_WORK),
    "decline": ("decline", P.TICKET_WORK),
    "depart": ("depart", P.TICKET_WORK),
    "arrive": ("arrive", P.TICKET_WORK),
    "begin": ("begin", P.TICKET_WORK),
    "record": ("record", P.TICKET_WORK),
    "part": ("record", P.TICKET_WORK),
    "time": ("record", P.TICKET_WORK),
    "photos": ("record", P.TICKET_WORK),
    "extra": ("ask_extra", P.TICKET_WORK),
    "decide": ("ask_extra", P.TICKET_REPLY),
    "extra_done": ("record", P.TICKET_WORK),
    "finish": ("finish", P.TICKET_WORK),
    "sign": ("sign", P.TICKET_WORK),
    "scan": ("sign", P.TICKET_WORK),
    "refuse": ("refuse", P.TICKET_REPLY),
    "resume": ("resume", P.TICKET_WORK),
    "rate": ("rate", P.TICKET_REPLY),
    "plan": ("redispatch", P.WORK_DISPATCH),
    "redispatch": ("redispatch", P.WORK_DISPATCH),
    "reschedule": ("reschedule", P.WORK_DISPATCH),
    "cancel": ("cancel", P.WORK_DISPATCH),
}
#: What a client's person does with a work order.
CLIENT_VERBS = frozenset({"decide", "refuse", "rate"})

NEXT_WORDS = {
    "accept": _("Accept it, so that everybody knows it is yours."),
    "depart": _("Say when you leave: the dispatch clock waits for it."),
    "begin": _("Say when you begin."),
    "arrive": _("Say when you are on site: clocks may start then."),
    "finish": _("Record what you do, then finish."),
    "sign": _("Let the customer read and sign."),
    "resume": _("Go on: the customer has not signed."),
}


def may_do(verb: str, actor: Actor) -> bool:
    """Whether a person's role has a verb at all, whatever the state."""
    if verb not in OFFERS or not actor.may(OFFERS[verb][1]):
        return False
    return verb in CLIENT_VERBS if actor.is_client else True


def offered(order: WorkOrder, actor: Actor) -> list[str]:
    """The verbs to offer on a work order, in the order of the work."""
    able = possible(order.state, order.kind)
    return [
        verb
        for verb, (rule, _permission) in OFFERS.items()
        if rule in able and may_do(verb, actor) and _makes_sense(verb, order)
    ]


def _makes_sense(verb: str, order: WorkOrder) -> bool:
    """Whether a verb that is possible is also of use now."""
    if verb == "rate":
        return order.rating is None
    # A resolved ticket is reopened first, with a reason of its own.
    return verb != "resume" or bool(order.ticket.is_working)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A work order with everything that it records."""

    order: WorkOrder
    step: str
    step_words: str
    offered: list[str]
    signature: Standing
    parts: list[WorkPart] = field(default_factory=list)
    times: list[WorkTime] = field(default_factory=list)
    extras: list[ExtraWork] = field(default_factory=list)
    photos: list[Attachment] = field(default_factory=list)
    minutes: int = 0
    missing: list[str] = field(default_factory=list)


def orders_of(ticket: Ticket, actor: Actor) -> list[WorkOrder]:
    """The work orders of a ticket, the newest first; one query."""
    rows = WorkOrder.objects.visible_to(actor).filter(ticket_id=ticket.pk)
    found = list(rows.select_related("engineer__user").order_by("-ordinal"))
    for row in found:
        row.ticket = ticket
    return found


def read_work_order(order: WorkOrder, actor: Actor, now: datetime) -> WorkPage:
    """Everything that the page of a work order shows, in a fixed number of queries."""
    del now
    able = offered(order, actor)
    step = next_verb(order.state, order.kind)
    step = step if step in able else ""
    times = list(
        order.times.standing().select_related("person__user").order_by("started_at")
    )
    return WorkPage(
        order=order,
        step=step,
        step_words=str(NEXT_WORDS.get(step, "")),
        offered=able,
        signature=signature_state(subject_kind=SUBJECT, subject_id=order.pk),
        parts=list(order.parts.standing().order_by("pk")),
        times=times,
        extras=list(order.extras.order_by("pk")),
        photos=list(order.photos.order_by("pk")),
        minutes=minutes_worked((t.started_at, t.ended_at) for t in times),
        missing=unprepared(order.checklist),
    )
