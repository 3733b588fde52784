"""What the verbs of a ticket take: one input each."""

from __future__ import annotations

from rest_framework import serializers

from clients.models import Equipment, Project
from people.models import Department, Membership
from servicedesk.api.fields import (
    Choice,
    Flag,
    Input,
    Instant,
    Level,
    Ref,
    Text,
    TicketRef,
    Whole,
)
from servicedesk.api.tickets import followable
from tickets.models import Attachment, Ticket
from tickets.queries.people import WORKING_ROLES
from tickets.services.escalating import CONTINGENCIES

MESSAGE = 20_000
REASON = 2_000


class Timed(Input):
    """When it happened, where that was not now (rule 7)."""

    happened_at = Instant(required=False, help_text="Now if it is not given.")
    time_reason = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="Needed for a time more than a minute ago.",
    )


class Said(Timed):
    """Words, and when they were said."""

    body = Text(max_length=MESSAGE)


class Reasoned(Input):
    """Why."""

    reason = Text(max_length=REASON, help_text="The client reads this.")


class Contingency(Input):
    """The plan agreed with the customer for as long as it is not solved."""

    kind = Choice(choices=CONTINGENCIES, help_text="`spare`: a spare or loaner unit.")
    body = Text(max_length=MESSAGE, help_text="What was agreed. The client reads this.")
    agreed_with = Text(max_length=100, help_text="Who of the customer agreed.")


class VisitDecision(Timed):
    """Whether somebody has to go there."""

    needed = Flag()


class Appointment(Timed):
    """When we come."""

    at = Instant()
    asked_by = Choice(choices=("client", "us"), required=False)


class Offer(Input):
    """A time to offer to the customer."""

    at = Instant()
    note = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="The customer reads this.",
    )


class Proposal(Input):
    """Another time than was offered."""

    at = Instant()
    words = Text(max_length=500, required=False, allow_blank=True)


class Wait(Input):
    """What it waits for, and what exactly."""

    wait = Choice(choices=("customer", "parts", "third_party"))
    note = Text(max_length=1_000, help_text="The client reads this.")


class NewSeverity(Reasoned):
    """Another severity, with the reason that the client reads."""

    to = Level()


class Assignment(Input):
    """Who does it; optionally which department it belongs to."""

    assignee = Ref(
        lambda actor: (
            Membership.objects.visible_to(actor)
            .active()
            .filter(role__in=WORKING_ROLES)
            .select_related("user")
        ),
        allow_null=True,
        help_text="A membership; null for nobody.",
    )
    department = Ref(
        lambda actor: Department.objects.visible_to(actor).active(),
        required=False,
        allow_null=True,
    )


class Triage(Input):
    """What is given changes, what is not stays."""

    severity = Level(required=False)
    reason = Text(
        max_length=1_000,
        required=False,
        allow_blank=True,
        help_text="Needed with another severity, or for planned work. The client reads this.",
    )
    kind = Choice(choices=Ticket.Kind.values, required=False)
    project = Ref(
        lambda actor: Project.objects.visible_to(actor).filter(is_active=True),
        required=False,
        allow_null=True,
    )
    equipment = Ref(
        lambda actor: Equipment.objects.visible_to(actor).filter(is_active=True),
        required=False,
        allow_null=True,
    )
    department = Ref(
        lambda actor: Department.objects.visible_to(actor).active(),
        required=False,
        allow_null=True,
    )
    note = Text(max_length=1_000, required=False, allow_blank=True)


class Confirmation(Input):
    """A word about it; staff say who confirmed it, and how."""

    body = Text(max_length=REASON, required=False, allow_blank=True)


class Merge(Input):
    """Into which ticket this one goes: same client and project only."""

    into = TicketRef()
    reason = Text(max_length=REASON)


class Correction(Input):
    """When an event really happened."""

    event = Whole(min_value=1, max_value=2**31 - 1, help_text="Its `seq`.")
    at = Instant()
    reason = Text(max_length=300)


class Following(Input):
    """Who follows."""

    person = Ref(followable, help_text="A membership.")


class FlowRecord(Timed):
    """A step of the flow with its record. It must be the next one."""

    step = Text(max_length=40, help_text="Its key; `next` of the ticket's flow.")
    answer = Text(
        max_length=40, required=False, help_text="Not needed where there is one way on."
    )
    record = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        required=False,
        help_text="By the keys of the step's fields. Moments are ISO 8601 with a zone.",
    )
    found = Text(
        max_length=4_000,
        required=False,
        allow_blank=True,
        help_text="What was found. Never shown to clients.",
    )
    attachments = serializers.ListField(
        child=Ref(Attachment.objects.visible_to),
        required=False,
        max_length=20,
        help_text="Files that are on the ticket already, such as a screenshot.",
    )


class Back(Input):
    """Which step was wrong, and why; everything done after it is taken back too."""

    to = Whole(min_value=1, max_value=2**31 - 1, help_text="The `seq` of the step.")
    reason = Text(max_length=REASON, help_text="Never shown to clients.")
