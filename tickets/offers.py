"""Which verbs may be offered to somebody on a ticket now: state, role and common sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from people.actors import Actor
from people.roles import Permission as P
from tickets.models import Ticket
from tickets.rules.states import allowed

#: Verb → the permission it needs. Those of the client's own word come by either.
NEEDS: Mapping[str, str] = {
    "triage": P.TICKET_WORK,
    "assign": P.TICKET_ASSIGN,
    "raise_severity": P.TICKET_WORK,
    "lower_severity": P.TICKET_WORK,
    "decide_visit": P.TICKET_WORK,
    "reply": P.TICKET_REPLY,
    "add_note": P.TICKET_WORK,
    "agree_contingency": P.TICKET_WORK,
    "answer": P.TICKET_WORK,
    "propose_solution": P.TICKET_WORK,
    "agree_appointment": P.TICKET_WORK,
    "cancel_appointment": P.TICKET_WORK,
    "depart": P.TICKET_WORK,
    "arrive": P.TICKET_WORK,
    "start_wait": P.TICKET_WORK,
    "end_wait": P.TICKET_WORK,
    "call_back": P.TICKET_WORK,
    "resolve": P.TICKET_WORK,
    "confirm": P.TICKET_CONFIRM,
    "refuse": P.TICKET_CONFIRM,
    "reopen": P.TICKET_CONFIRM,
    "cancel": P.TICKET_CONFIRM,
    "merge": P.TICKET_MERGE,
    "unmerge": P.TICKET_MERGE,
}
_EITHER = frozenset({"confirm", "refuse", "reopen", "cancel"})

#: Verbs that make sense only while something holds.
_WHEN: Mapping[str, Callable[[Ticket], bool]] = {
    "cancel_appointment": lambda ticket: ticket.appointment_at is not None,
    "raise_severity": lambda ticket: ticket.severity < max(Ticket.Severity.values),
    "lower_severity": lambda ticket: ticket.severity > min(Ticket.Severity.values),
    "depart": lambda ticket: ticket.visit != Ticket.Visit.NOT_NEEDED,
    "arrive": lambda ticket: ticket.visit != Ticket.Visit.NOT_NEEDED,
}


def offers(ticket: Ticket, actor: Actor) -> frozenset[str]:
    """The verbs to offer; the services check again whatever is sent."""
    return frozenset(
        verb
        for verb in allowed(ticket.state) & NEEDS.keys()
        if _may(actor, verb) and _WHEN.get(verb, _always)(ticket)
    )


def _may(actor: Actor, verb: str) -> bool:
    if verb in _EITHER and actor.may(P.TICKET_WORK):
        return True
    return actor.may(NEEDS[verb])


def _always(_ticket: Ticket) -> bool:
    return True
