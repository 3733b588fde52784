"""Work orders over REST: given out, done and signed as in the browser, by the same services.

The table ``WORK_VERBS`` is the whole of what can be done with one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.rules import canonical, sha256
from people.actors import Actor
from people.models import Membership
from people.roles import Permission
from servicedesk.api.base import Api, StrictJson, created, find
from servicedesk.api.fields import (
    BIGGEST,
    Choice,
    Flag,
    Input,
    Instant,
    Nothing,
    Output,
    QueryWhole,
    Ref,
    Text,
    Whole,
    query_id,
)
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.reading import find_ticket
from servicedesk.api.schema import reads, writes
from servicedesk.api.tickets import NUMBER
from servicedesk.api.verbs import Reasoned, Timed
from servicedesk.api.work_shapes import (
    WorkOrderFull,
    WorkOrderList,
    WorkOrderPage,
    full_of,
    short_of,
)
from servicedesk.lib.errors import Conflict
from servicedesk.lib.rest import PreconditionFailed
from tickets.models import Attachment, ExtraWork, WorkOrder, WorkTime
from tickets.queries.people import WORKING_ROLES
from tickets.queries.work import CLIENT_VERBS, OFFERS, may_do
from tickets.services import work
from tickets.sheets import sheet_content

TAG = "Work orders"
WORDS = 10_000
PRICE = r"^\d{1,8}(\.\d{1,2})?$"
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)


def _engineers(actor: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.visible_to(actor).active()
    return rows.filter(role__in=WORKING_ROLES).select_related("user")


def visible(actor: Actor) -> QuerySet[WorkOrder]:
    """The work orders that the actor may see, with what an answer names."""
    rows: QuerySet[WorkOrder] = WorkOrder.objects.visible_to(actor)
    return rows.select_related("ticket__client", "engineer__user")


def tag_of(order: WorkOrder) -> str:
    """The version of a work order."""
    return f'W/"{order.version}"'


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


class _OfExtra(Input):
    """Which piece of extra work."""

    extra = Ref(ExtraWork.objects.visible_to)


class Decision(_OfExtra):
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


class SheetShape(Output):
    """What the customer is to be shown, and the hash that their signature is bound to."""

    sha256 = serializers.CharField()
    content = serializers.DictField(child=serializers.JSONField(allow_null=True))


class WorkOrderQuery(Paged):
    """What narrows the list."""

    state = Choice(choices=WorkOrder.State.values, required=False)
    engineer = query_id("A membership.")


Values = dict[str, Any]
Before = Callable[[Api, Values], Values]


def _plain(_view: Api, values: Values) -> Values:
    return values


def _priced(_view: Api, values: Values) -> Values:
    return values | {"price": Decimal(values["price"])}


def _hand(view: Api, values: Values) -> Values:
    """Name and time of whoever answers, as the services take them."""
    at = values.pop("signed_at", view.now)
    return values | {"hand": work.Hand(name=values.pop("name"), signed_at=at)}


def _signed(view: Api, values: Values) -> Values:
    try:
        image = base64.b64decode(values["image"], validate=True)
    except (ValueError, binascii.Error):
        words = [_("Send the drawing as a PNG in Base64.")]
        raise serializers.ValidationError({"image": words}) from None
    return _hand(view, values | {"image": image})


@dataclass(frozen=True, slots=True)
class WorkVerb:
    """One endpoint: what may be done (``tickets.queries.work``), by which service, with what."""

    name: str
    service: Callable[..., Any]
    form: type[Input]
    summary: str
    tail: str = ""
    offer: str = ""
    before: Before = _plain
    versioned: bool = True
    files: bool = False

    @property
    def path(self) -> str:
        """The tail of the address."""
        return self.tail or self.name.replace("_", "-")

    @property
    def offered_as(self) -> str:
        """Its name among the offers of the page."""
        return self.offer or self.name


WORK_VERBS: tuple[WorkVerb, ...] = (
    WorkVerb("accept", work.accept_work, Timed, "Accept a work order"),
    WorkVerb("decline", work.decline_work, Reasoned, "Decline a work order"),
    WorkVerb(
        "check",
        work.check_off,
        Check,
        "Tick an item of the checklist",
        offer="accept",
        versioned=False,
    ),
    WorkVerb("depart", work.depart_for_work, Departure, "Depart for a work order"),
    WorkVerb("arrive", work.arrive_for_work, Arrival, "Arrive for a work order"),
    WorkVerb("begin", work.begin_work, Timed, "Begin a remote job"),
    WorkVerb("record", work.record_work, Words, "Write down what was done"),
    WorkVerb("part", work.add_part, PartUsed, "Add a part", "parts", versioned=False),
    WorkVerb("time", work.add_time, Time, "Add hours", "times", versioned=False),
    WorkVerb(
        "photos", work.add_photos, Photos, "Add photos", versioned=False, files=True
    ),
    WorkVerb(
        "extra",
        work.ask_extra,
        ExtraFound,
        "Ask for extra work",
        "extras",
        before=_priced,
        versioned=False,
    ),
    WorkVerb(
        "decide",
        work.decide_extra,
        Decision,
        "Record the customer's word on extra work",
        "extras/decide",
        versioned=False,
    ),
    WorkVerb(
        "extra_done",
        work.do_extra,
        _OfExtra,
        "Extra work is done",
        "extras/done",
        versioned=False,
    ),
    WorkVerb("finish", work.finish_work, Finish, "Finish a work order"),
    WorkVerb("sign", work.sign_work, Signing, "Let the customer sign", before=_signed),
    WorkVerb(
        "scan",
        work.file_scan,
        Scan,
        "File a sheet that was signed on paper",
        "signed-sheet",
        files=True,
    ),
    WorkVerb(
        "refuse",
        work.refuse_work,
        Refusal,
        "Record that the customer does not sign",
        before=_hand,
    ),
    WorkVerb("resume", work.resume_work, Nothing, "Go on with a work order"),
    WorkVerb("rate", work.rate_work, Rating, "Rate a work order", versioned=False),
    WorkVerb("plan", work.plan_work, Redispatch, "Plan who does it and when"),
    WorkVerb("redispatch", work.redispatch, Redispatch, "Give it to somebody else"),
    WorkVerb("reschedule", work.reschedule, Reschedule, "Move a work order"),
    WorkVerb("cancel", work.cancel_work, Reasoned, "Cancel a work order"),
)


class WorkOrdersView(Api):
    """All work orders that the caller may see."""

    permission = Permission.TICKET_READ

    @reads(
        WorkOrderPage,
        summary="List work orders",
        tag=TAG,
        parameters=[WorkOrderQuery],
        operation_id="work_orders",
    )
    def get(self, request: Request) -> Response:
        """The oldest first."""
        asked = read_query(request, WorkOrderQuery)
        rows = visible(self.actor)
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        if "engineer" in asked:
            rows = rows.filter(engineer_id=asked["engineer"])
        return Response(by_id(rows, asked, short_of))


class TicketWorkOrdersView(Api):
    """The work orders of one ticket."""

    permission = {"GET": Permission.TICKET_READ, "POST": Permission.WORK_DISPATCH}

    @reads(
        WorkOrderList,
        summary="List a ticket's work orders",
        tag=TAG,
        parameters=[NUMBER],
        operation_id="ticket_work_orders",
    )
    def get(self, request: Request, number: str) -> Response:
        """In the order in which they were given out."""
        del request
        ticket = find_ticket(self.actor, number)
        rows = visible(self.actor).filter(ticket=ticket).order_by("ordinal")
        return Response({"results": [short_of(row) for row in rows]})

    @writes(
        Dispatch,
        WorkOrderFull,
        summary="Dispatch a work order",
        tag=TAG,
        status=201,
        parameters=[NUMBER],
        operation_id="ticket_dispatch",
    )
    def post(self, request: Request, number: str) -> Response:
        """Send somebody, or put a job on the board. A visit decides that one is needed."""
        del request
        ticket = find_ticket(self.actor, number)
        values = self.read(Dispatch)
        order = work.dispatch(**self.common, ticket=ticket, **values)
        order = find(visible(self.actor), pk=order.pk)
        where = f"/api/v1/work-orders/{order.pk}"
        return created(full_of(order, self.actor), where, tag_of(order))


class WorkOrderView(Api):
    """One work order."""

    permission = Permission.TICKET_READ

    @reads(WorkOrderFull, summary="Read a work order", tag=TAG, parameters=[ID])
    def get(self, request: Request, pk: int) -> Response:
        """With everything that it records, and what may be done with it now."""
        del request
        order = find(visible(self.actor), pk=pk)
        tag = tag_of(order)
        known = self.tagged(tag)
        return known or Response(full_of(order, self.actor), headers={"ETag": tag})


class SheetView(Api):
    """What the customer signs."""

    permission = Permission.TICKET_READ

    @reads(
        SheetShape,
        summary="Read what the customer is to sign",
        tag=TAG,
        parameters=[ID],
        operation_id="work_order_sheet",
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show `content` to the signer; send `sha256` back with the signature.

        The hash is the SHA-256 of the content as canonical JSON (RFC 8785).
        """
        del request
        order = find(visible(self.actor), pk=pk)
        content = sheet_content(order)
        return Response({"sha256": sha256(canonical(content)), "content": content})


class WorkVerbView(Api):
    """A verb done to a work order; the answer is the work order as it then is."""

    verb: WorkVerb

    def act(self, pk: int) -> Response:
        """Find it, mind what the caller knows of it, do it, show it."""
        order = find(visible(self.actor), pk=pk)
        if not may_do(self.verb.offered_as, self.actor):
            raise Http404
        values = self.read(self.verb.form)
        if issubclass(self.verb.form, Timed):
            values["reason"] = values.pop("time_reason", "")
        values = self.verb.before(self, values)
        if self.matched(tag_of(order)) and self.verb.versioned:
            values["version"] = order.version
        try:
            self.verb.service(**self.common, order=order, **values)
        except Conflict as error:
            if error.code == "moved_on":
                raise PreconditionFailed from error
            raise
        order = find(visible(self.actor), pk=pk)
        return Response(full_of(order, self.actor), headers={"ETag": tag_of(order)})


def work_verb_view(verb: WorkVerb) -> type[WorkVerbView]:
    """The endpoint of a verb."""
    side = "" if verb.offered_as in CLIENT_VERBS else " Only for staff."
    body: Any = {"multipart/form-data": verb.form} if verb.files else verb.form

    @writes(
        body,
        WorkOrderFull,
        summary=verb.summary,
        tag=TAG,
        parameters=[ID],
        match=True,
        operation_id=f"work_order_{verb.name}",
        description=f"{verb.summary}.{side} Answers with the work order as it then is.",
    )
    def post(self: WorkVerbView, request: Request, pk: int) -> Response:
        del request
        return self.act(pk)

    members = {
        "verb": verb,
        "permission": {"POST": OFFERS[verb.offered_as][1]},
        "parser_classes": [MultiPartParser] if verb.files else [StrictJson],
        "post": post,
        "__doc__": f"{verb.summary}.",
        "__module__": __name__,
    }
    name = f"Work{verb.name.title().replace('_', '')}View"
    return type(name, (WorkVerbView,), members)
