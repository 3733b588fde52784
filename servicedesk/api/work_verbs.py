"""What can be done with a work order: one endpoint per verb, by the services of the page.

The table ``WORK_VERBS`` is the whole of it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.api.base import Api, StrictJson, find
from servicedesk.api.fields import Input, Nothing
from servicedesk.api.schema import writes
from servicedesk.api.verb_inputs import Reasoned, Timed
from servicedesk.api.work import ID, TAG, tag_of, visible
from servicedesk.api.work_inputs import (
    Arrival,
    Check,
    Decision,
    Departure,
    ExtraFound,
    Finish,
    OfExtra,
    PartUsed,
    Photos,
    Rating,
    Redispatch,
    Refusal,
    Reschedule,
    Scan,
    Signing,
    Time,
    Words,
)
from servicedesk.api.work_shapes import WorkOrderFull, full_of
from servicedesk.lib.errors import Conflict
from servicedesk.lib.rest import PreconditionFailed
from tickets.queries.work import CLIENT_VERBS, OFFERS, may_do
from tickets.services import work

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
        OfExtra,
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
