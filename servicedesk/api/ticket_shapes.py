"""A ticket as programs see it: for staff, and (with less) for the client's people.

The serializers are the schema; the values are made by plain functions, which cost a fraction
of it. What only staff see is not merely empty for clients: it is not there.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from people.actors import Actor
from servicedesk.api.fields import SEVERITIES, Output
from servicedesk.api.shapes import Named, instant, named, pages, person
from tickets.models import Ticket
from tickets.models.ticket import State
from tickets.queries.detail import Relative
from tickets.queries.promise import Promised
from tickets.queries.words import METRICS
from tickets.rules.explain import Excluded
from tickets.rules.facts import ClockState

STAFF_ONLY = "Only for staff."
#: Verb of the services → the tail of its address; the others are the same with hyphens.
TAILS = {
    "reply": "replies",
    "add_note": "notes",
    "raise_severity": "raise",
    "lower_severity": "lower",
    "agree_contingency": "contingency",
    "record_step": "flow/steps",
    "go_back": "flow/back",
}


def _level() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=tuple(SEVERITIES.values()))


class TicketRow(Output):
    """A ticket in a list."""

    number = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Ticket.Kind.values)
    state = serializers.ChoiceField(choices=State.values)
    wait_reason = serializers.ChoiceField(choices=Ticket.Wait.values, allow_null=True)
    severity = _level()
    severity_asked = _level()
    tier = serializers.CharField(help_text="Key of the tier in the service standard.")
    channel = serializers.ChoiceField(choices=Ticket.Channel.values)
    visit = serializers.ChoiceField(choices=Ticket.Visit.values)
    appointment_at = serializers.DateTimeField(allow_null=True)
    appointment_moves = serializers.IntegerField()
    client = Named()
    project = Named(allow_null=True)
    equipment = Named(allow_null=True)
    assignee = Named(allow_null=True)
    received_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    next_metric = serializers.ChoiceField(choices=tuple(METRICS), allow_null=True)
    next_due_at = serializers.DateTimeField(allow_null=True)
    missed = serializers.BooleanField(
        help_text="A promise is missed and the thing is not yet done."
    )
    department = Named(allow_null=True, required=False, help_text=STAFF_ONLY)
    escalated = serializers.BooleanField(required=False, help_text=STAFF_ONLY)
    updated_at = serializers.DateTimeField(required=False, help_text=STAFF_ONLY)


class NotCounted(Output):
    """A stretch of time that a clock did not count."""

    reason = serializers.CharField()
    text = serializers.CharField(help_text="The reason in words.")
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True, help_text="null while it lasts.")
    seconds = serializers.IntegerField(help_text="How much of the clock it took out.")


class Clock(Output):
    """One promise of a ticket, derived at the instant of the call."""

    metric = serializers.ChoiceField(choices=tuple(METRICS))
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=[state.value for state in ClockState])
    counts = serializers.BooleanField(
        help_text="Whether it is the one of its metric that is the promise."
    )
    tier = serializers.CharField()
    severity = _level()
    limit_seconds = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    missed_at = serializers.DateTimeField(allow_null=True)
    provisional = serializers.BooleanField(
        help_text="The holidays of that time are not known yet."
    )
    explanation = serializers.CharField(help_text="Why it says so, in one sentence.")
    not_counted = NotCounted(many=True)
    corrections = serializers.ListField(child=serializers.CharField())
    warn_at = serializers.DateTimeField(
        allow_null=True, required=False, help_text=STAFF_ONLY
    )


class ClockList(Output):
    """The promise of a ticket."""

    results = Clock(many=True)


class Standard(Output):
    """The version of a service standard that a ticket was received under."""

    id = serializers.IntegerField(help_text="Of the version.")
    name = serializers.CharField()


class TicketLink(Output):
    """Another ticket."""

    number = serializers.CharField()
    title = serializers.CharField()


class TicketFull(TicketRow):
    """A ticket with its promise, and what the caller may do with it now."""

    symptom = serializers.CharField()
    effect = serializers.CharField()
    wish = serializers.CharField()
    site = Named(allow_null=True)
    contact = Named(allow_null=True)
    requester = Named(allow_null=True)
    standard = Standard()
    clocks = Clock(many=True)
    merged_into = TicketLink(allow_null=True)
    follows_up = TicketLink(allow_null=True)
    actions = serializers.ListField(
        child=serializers.CharField(),
        help_text="What may be done now: POST to `…/tickets/{number}/{action}`.",
    )


class Follower(Output):
    """Somebody who follows a ticket."""

    id = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    is_client = serializers.BooleanField()


class FollowerList(Output):
    """Who follows a ticket."""

    results = Follower(many=True)


TicketRowList = pages(TicketRow)


def row_of(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """A ticket in a list; needs client, project, equipment and assignee loaded."""
    data = {
        "number": ticket.number,
        "title": ticket.title,
        "kind": ticket.kind,
        "state": ticket.state,
        "wait_reason": ticket.wait_reason or None,
        "severity": SEVERITIES[ticket.severity],
        "severity_asked": SEVERITIES[ticket.severity_asked],
        "tier": ticket.tier,
        "channel": ticket.channel,
        "visit": ticket.visit,
        "appointment_at": instant(ticket.appointment_at),
        "appointment_moves": ticket.appointment_moves,
        "client": named(ticket.client),
        "project": named(ticket.project),
        "equipment": _device(ticket),
        "assignee": person(ticket.assignee),
        "received_at": instant(ticket.received_at),
        "resolved_at": instant(ticket.resolved_at),
        "closed_at": instant(ticket.closed_at),
        "next_metric": ticket.next_metric or None,
        "next_due_at": instant(ticket.next_due_at),
        "missed": ticket.missed_open,
    }
    if not actor.is_client:
        data |= {
            "department": named(ticket.department),
            "escalated": ticket.escalated,
            "updated_at": instant(ticket.updated_at),
        }
    return data


def _device(ticket: Ticket) -> dict[str, Any] | None:
    device = ticket.equipment
    return None if device is None else {"id": device.pk, "name": str(device)}


def full_of(
    ticket: Ticket,
    actor: Actor,
    *,
    standard: str,
    clocks: list[dict[str, Any]],
    offered: list[str],
    relatives: list[Relative],
) -> dict[str, Any]:
    """A ticket with everything; needs its surroundings loaded."""
    others = {one.pk: one for one in relatives}
    return row_of(ticket, actor) | {
        "symptom": ticket.symptom,
        "effect": ticket.effect,
        "wish": ticket.wish,
        "site": named(ticket.site),
        "contact": named(ticket.contact),
        "requester": person(ticket.requester),
        "standard": {"id": ticket.standard_version_id, "name": standard},
        "clocks": clocks,
        "merged_into": _link(others.get(ticket.merged_into_id or 0)),
        "follows_up": _link(others.get(ticket.follows_up_id or 0)),
        "actions": [
            TAILS.get(verb, verb.replace("_", "-"))
            for verb in offered
            if verb != "acknowledge"  # said of the escalation
        ],
    }


def _link(other: Relative | None) -> dict[str, Any] | None:
    return {"number": other.number, "title": other.title} if other else None


def clock_of(promised: Promised, actor: Actor) -> dict[str, Any]:
    """One promise with its explanation in the active language."""
    clock, view = promised.clock, promised.view
    data = {
        "metric": promised.metric,
        "label": str(view.label),
        "state": clock.state.value,
        "counts": clock.counts,
        "tier": clock.tier,
        "severity": SEVERITIES[int(clock.severity)],
        "limit_seconds": int(clock.target.limit.total_seconds()),
        "started_at": instant(clock.started_at),
        "due_at": instant(clock.due_at),
        "finished_at": instant(clock.finished_at),
        "missed_at": instant(clock.missed_at),
        "provisional": clock.provisional,
        "explanation": promised.sentence,
        "not_counted": [
            _stretch(part, str(shown.reason))
            for part, shown in zip(
                promised.explanation.excluded, view.excluded, strict=True
            )
        ],
        "corrections": [str(line) for line in view.trail],
    }
    if not actor.is_client:
        data["warn_at"] = instant(clock.warn_at)
    return data


def _stretch(part: Excluded, text: str) -> dict[str, Any]:
    return {
        "reason": str(part.reason),
        "text": text,
        "start": instant(part.start),
        "end": instant(part.end),
        "seconds": int(part.counted.total_seconds()),
    }
