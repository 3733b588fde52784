"""What can be done with a ticket: one endpoint per verb, each with its own input.

The table at the end is the whole of it: address, service, input, words. Permission and state
are the same as for the buttons of the page (``tickets.queries.offers``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.api.base import Api
from servicedesk.api.fields import Input, Nothing
from servicedesk.api.reading import find_ticket, show, tag_of, with_surroundings
from servicedesk.api.schema import writes
from servicedesk.api.ticket_shapes import TicketFull
from servicedesk.api.tickets import NUMBER, TAG
from servicedesk.api.verb_inputs import (
    Appointment,
    Assignment,
    Back,
    Confirmation,
    Contingency,
    Correction,
    FlowRecord,
    Following,
    Merge,
    NewSeverity,
    Offer,
    Proposal,
    Reasoned,
    Said,
    Timed,
    Triage,
    VisitDecision,
    Wait,
)
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.rest import PreconditionFailed
from tickets import services
from tickets.models import Ticket, TicketEvent
from tickets.queries.offers import CLIENT_VERBS, NEEDS, may_do


@dataclass(frozen=True, slots=True)
class Verb:
    """One endpoint: the service's verb, its tail of the address, what it takes."""

    name: str
    service: Callable[..., Any]
    form: type[Input]
    summary: str
    tail: str = ""
    versioned: bool = True
    renames: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The tail of the address."""
        return self.tail or self.name.replace("_", "-")


class VerbView(Api):
    """A verb done to a ticket; the answer is the ticket as it then is."""

    verb: Verb

    def act(self, number: str) -> Response:
        """Find it, mind what the caller knows of it, do it, show it."""
        ticket = find_ticket(self.actor, number)
        if not may_do(self.verb.name, self.actor):
            raise Http404
        values = self._values(ticket)
        known = self.matched(tag_of(ticket, self.actor))
        if known and self.verb.versioned:
            values["version"] = ticket.last_seq
        try:
            done = self.verb.service(**self.common, ticket=ticket, **values)
        except Conflict as error:
            if error.code == "moved_on":
                raise PreconditionFailed from error
            raise
        except ServiceError as error:
            raise _named(error, self.verb) from error
        return self._answer(done)

    def _values(self, ticket: Ticket) -> dict[str, Any]:
        values = self.read(self.verb.form)
        if self.verb.name == "correct":
            values["event"] = _event(ticket, values["event"])
        if issubclass(self.verb.form, Timed):
            values["reason"] = values.pop("time_reason", "")
        return {self.verb.renames.get(n, n): value for n, value in values.items()}

    def _answer(self, ticket: Ticket) -> Response:
        ticket = with_surroundings(ticket, self.actor)
        data = show(ticket, self.actor, self.now)
        return Response(data, headers={"ETag": tag_of(ticket, self.actor)})


def _named(error: ServiceError, verb: Verb) -> ServiceError:
    """The refusal beside the field as it was sent."""
    back = {new: old for old, new in verb.renames.items()}
    back |= {"severity": "to", "files": "attachments"}
    if (error.field or "").startswith("field_"):
        error.field = f"record.{(error.field or '').removeprefix('field_')}"
    if error.field in back and error.field not in verb.form().fields:
        error.field = back[error.field]
    return error


def _event(ticket: Ticket, seq: int) -> TicketEvent:
    event = TicketEvent.objects.filter(ticket=ticket, seq=seq).first()
    if event is None:
        words = _("There is no such event.")
        raise serializers.ValidationError({"event": [words]})
    return event


_FOLLOWER = {"person": "membership"}
VERBS: tuple[Verb, ...] = (
    Verb("answer", services.answer, Said, "Answer: the first response"),
    Verb("triage", services.triage, Triage, "Triage"),
    Verb("assign", services.assign, Assignment, "Assign"),
    Verb("decide_visit", services.decide_visit, VisitDecision, "Decide on a visit"),
    Verb(
        "agree_appointment",
        services.agree_appointment,
        Appointment,
        "Agree an appointment, or move it",
    ),
    Verb(
        "cancel_appointment",
        services.cancel_appointment,
        Reasoned,
        "Cancel the appointment",
    ),
    Verb(
        "offer_appointment",
        services.offer_appointment,
        Offer,
        "Offer the customer a time",
    ),
    Verb(
        "withdraw_offer",
        services.withdraw_offer,
        Nothing,
        "Take the offered time back",
    ),
    Verb(
        "accept_offer",
        services.accept_offer,
        Nothing,
        "Accept the offered time, as the customer",
    ),
    Verb(
        "propose_time",
        services.propose_time,
        Proposal,
        "Propose another time, as the customer",
    ),
    Verb(
        "accept_proposal",
        services.accept_proposal,
        Nothing,
        "Take the time that the customer proposes",
    ),
    Verb("depart", services.depart, Timed, "Depart"),
    Verb("arrive", services.arrive, Timed, "Arrive"),
    Verb("propose_solution", services.propose_solution, Said, "Propose a solution"),
    Verb("start_wait", services.start_wait, Wait, "Start a wait"),
    Verb("end_wait", services.end_wait, Timed, "End the wait"),
    Verb(
        "raise_severity",
        services.raise_severity,
        NewSeverity,
        "Raise the severity",
        "raise",
    ),
    Verb(
        "lower_severity",
        services.lower_severity,
        NewSeverity,
        "Lower the severity",
        "lower",
    ),
    Verb("resolve", services.resolve, Said, "Resolve"),
    Verb("confirm", services.confirm, Confirmation, "Confirm that it is solved"),
    Verb("refuse", services.refuse, Reasoned, "Say that it is not solved"),
    Verb("reopen", services.reopen, Reasoned, "Reopen"),
    Verb("cancel", services.cancel, Reasoned, "Cancel"),
    Verb(
        "merge",
        services.merge,
        Merge,
        "Merge into another; the answer is the survivor",
        versioned=False,
    ),
    Verb("unmerge", services.unmerge, Nothing, "Undo a merge", versioned=False),
    Verb("call_back", services.call_back, Said, "Call back"),
    Verb(
        "record_step",
        services.record_step,
        FlowRecord,
        "Record a step of the flow",
        "flow/steps",
        renames={"record": "fields", "attachments": "pictures"},
    ),
    Verb(
        "go_back", services.go_back, Back, "Take a step of the flow back", "flow/back"
    ),
    Verb("correct", services.correct, Correction, "Correct an event's time"),
    Verb(
        "agree_contingency",
        services.agree_contingency,
        Contingency,
        "Record the contingency plan",
        "contingency",
    ),
    Verb(
        "follow",
        services.follow,
        Following,
        "Add a follower",
        versioned=False,
        renames=_FOLLOWER,
    ),
    Verb(
        "unfollow",
        services.unfollow,
        Following,
        "Remove a follower",
        versioned=False,
        renames=_FOLLOWER,
    ),
)


def view_of(verb: Verb) -> type[VerbView]:
    """The endpoint of a verb."""
    side = "" if verb.name in CLIENT_VERBS else " Only for staff."

    @writes(
        verb.form,
        TicketFull,
        summary=verb.summary,
        tag=TAG,
        parameters=[NUMBER],
        match=True,
        operation_id=f"ticket_{verb.name}",
        description=f"{verb.summary}.{side} Answers with the ticket as it then is.",
    )
    def post(self: VerbView, request: Request, number: str) -> Response:
        del request
        return self.act(number)

    members = {
        "verb": verb,
        "permission": {"POST": NEEDS[verb.name]},
        "post": post,
        "__doc__": f"{verb.summary}.",
        "__module__": __name__,
    }
    return type(f"{verb.name.title().replace('_', '')}View", (VerbView,), members)
