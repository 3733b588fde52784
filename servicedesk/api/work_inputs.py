"""What the verbs of a work order take: one input each."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from people.actors import Actor
from people.models import Membership
from servicedesk.api.fields import (
    Choice,
    Flag,
    Input,
    Instant,
    QueryWhole,
    Ref,
    Text,
    Whole,
)
from servicedesk.api.verb_inputs import Timed
from tickets.models import Attachment, ExtraWork, WorkOrder, WorkTime
from tickets.queries.people import WORKING_ROLES

WORDS = 10_000
PRICE = r"^\d{1,8}(\.\d{1,2})?$"


def _engineers(actor: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.visible_to(actor).active()
    return rows.filter(role__in=WORKING_ROLES).select_related("user")


class Plan(Input):
    """Who, and when."""

    engineer = Ref(
        _engineers,
        required=False,
        allow_null=True,
        help_text="A membership; null puts it on the board.",
    )
    start = Instant(required=False)
    end = Instant(required=False)
    travel = Whole(
        min_value=0,
        max_value=600,
        required=False,
        help_text="Minutes for the way there; the engineer is reminded by it.",
    )


class Dispatch(Plan):
    """A new work order."""

    kind = Choice(choices=WorkOrder.Kind.values, required=False)
    purpose = Text(max_length=500, help_text="The customer reads this.")


class Consent(Input):
    """The customer's word on another time."""

    asked_by = Choice(choices=("client", "us"), required=False)
    consent = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="Who of the customer agreed; needed when the time was agreed with them.",
    )


class Redispatch(Plan, Consent):
    """Another engineer, another time."""

    engineer = Ref(_engineers, allow_null=True, help_text="A membership.")
    reason = Text(max_length=300, required=False, allow_blank=True)


class Reschedule(Consent):
    """Another time."""

    start = Instant()
    end = Instant()


class Departure(Timed):
    """On the way."""

    unprepared_reason = Text(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="Needed where the checklist is not done.",
    )


class Arrival(Timed):
    """On site."""

    place = Text(max_length=200, required=False, allow_blank=True)


class Check(Input):
    """A tick on the preparation checklist."""

    item = Whole(min_value=0, max_value=999, help_text="Its place, from 0.")
    done = Flag()


class Words(Input):
    """What was found, done and advised; what is not given stays."""

    found = Text(max_length=WORDS, required=False, allow_blank=True)
    done = Text(max_length=WORDS, required=False, allow_blank=True)
    advice = Text(max_length=4_000, required=False, allow_blank=True)


class PartUsed(Input):
    """A part that was used."""

    name = Text(max_length=160)
    quantity = Whole(min_value=1, max_value=9_999, required=False)
    part_number = Text(max_length=80, required=False, allow_blank=True)
    serial_in = Text(max_length=100, required=False, allow_blank=True)
    serial_out = Text(max_length=100, required=False, allow_blank=True)


class Time(Input):
    """A stretch of work or travel."""

    start = Instant()
    end = Instant()
    kind = Choice(choices=WorkTime.Kind.values, required=False)
    person = Ref(
        _engineers, required=False, help_text="A membership; yourself if absent."
    )


class Photos(Input):
    """Pictures, as ``multipart/form-data``."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), min_length=1, max_length=20
    )
    stage = Choice(choices=Attachment.Stage.values, required=False)
    taken_at = Instant(required=False)


class ExtraFound(Input):
    """Something more was found."""

    description = Text(max_length=500)
    price = serializers.RegexField(PRICE, help_text="Such as 120.50.")


class OfExtra(Input):
    """Which piece of extra work."""

    extra = Ref(ExtraWork.objects.visible_to)


class Decision(OfExtra):
    """The customer's word on extra work."""

    authorised = Flag()
    decided_by = Text(
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="Who of the customer said so; needed from staff.",
    )


class Finish(Timed):
    """What came of it."""

    outcome = Choice(choices=WorkOrder.Outcome.values)
    done = Text(max_length=WORDS, required=False, allow_blank=True)


class Signing(Input):
    """A signature on the text with this hash (see the work order's sheet)."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    name = Text(max_length=100)
    image = serializers.CharField(
        max_length=2_000_000, help_text="The drawing: a PNG in Base64."
    )
    signed_at = Instant(required=False)


class Scan(Input):
    """A signed sheet as ``multipart/form-data``: one PDF, PNG or JPEG."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), min_length=1, max_length=1
    )
    name = Text(max_length=100, help_text="Who signed.")
    signed_at = Instant()
    number = Text(
        max_length=30,
        required=False,
        help_text="Of the sheet, where its code can't be read; with `sheet`, its version.",
    )
    sheet = QueryWhole(min_value=1, max_value=2**31 - 1, required=False)


class Refusal(Input):
    """Who does not sign, and why."""

    name = Text(max_length=100)
    reason = Text(max_length=1_000)
    signed_at = Instant(required=False)


class Rating(Input):
    """One to five, and a word."""

    rating = Whole(min_value=1, max_value=5)
    words = Text(max_length=1_000, required=False, allow_blank=True)
