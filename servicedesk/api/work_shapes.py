"""Work orders as programs read them: the schema of each piece beside its maker."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from documents.services import signature_state
from people.actors import Actor
from servicedesk.api.conversation import File, file_of
from servicedesk.api.fields import Output
from servicedesk.api.shapes import Named, instant, pages, person
from tickets.models import ExtraWork, WorkOrder, WorkPart, WorkTime
from tickets.queries.work import offered
from tickets.rules.work import minutes_worked
from tickets.sheets import SUBJECT


class WorkOrderShape(Output):
    """One visit or one remote job."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    ticket = serializers.CharField()
    kind = serializers.ChoiceField(choices=WorkOrder.Kind.values)
    state = serializers.ChoiceField(choices=WorkOrder.State.values)
    purpose = serializers.CharField()
    engineer = Named(allow_null=True)
    planned_start_at = serializers.DateTimeField(allow_null=True)
    planned_end_at = serializers.DateTimeField(allow_null=True)
    travel = serializers.IntegerField(help_text="Minutes for the way there.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    departed_at = serializers.DateTimeField(allow_null=True)
    arrived_at = serializers.DateTimeField(
        allow_null=True, help_text="Of a remote job: when it was begun."
    )
    finished_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(
        choices=[*WorkOrder.Outcome.values, ""], help_text="Empty until it is finished."
    )
    rating = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    version = serializers.IntegerField(help_text="Grows with every change.")


class Item(Output):
    """What has to be ready before departure."""

    text = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    done_at = serializers.DateTimeField(allow_null=True)


class Part(Output):
    """A part that was used."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    part_number = serializers.CharField()
    quantity = serializers.IntegerField()
    serial_in = serializers.CharField()
    serial_out = serializers.CharField()


class Stretch(Output):
    """A stretch of somebody's work or travel."""

    id = serializers.IntegerField()
    person = Named()
    kind = serializers.ChoiceField(choices=WorkTime.Kind.values)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class Extra(Output):
    """Work found on site, with the customer's word on it."""

    id = serializers.IntegerField()
    description = serializers.CharField()
    price = serializers.CharField(help_text="Two decimals.")
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=ExtraWork.State.values)
    decided_by = serializers.CharField()
    done_at = serializers.DateTimeField(allow_null=True)


class SignatureShape(Output):
    """Where the customer's signature stands."""

    state = serializers.ChoiceField(
        choices=["unsigned", "signed", "outdated", "refused"]
    )
    sha256 = serializers.CharField(
        allow_null=True, help_text="Of the text that was last shown."
    )
    name = serializers.CharField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of a refusal.")


class WorkOrderFull(WorkOrderShape):
    """A work order with everything that it records."""

    checklist = Item(many=True)
    place = serializers.CharField()
    found = serializers.CharField()
    done = serializers.CharField()
    advice = serializers.CharField()
    rating_words = serializers.CharField()
    parts = Part(many=True)
    times = Stretch(many=True)
    minutes = serializers.IntegerField(help_text="Of all times together.")
    extras = Extra(many=True)
    photos = File(many=True)
    signature = SignatureShape()
    actions = serializers.ListField(child=serializers.CharField())


WorkOrderPage = pages(WorkOrderShape)


class WorkOrderList(Output):
    """The work orders of a ticket."""

    results = WorkOrderShape(many=True)


def short_of(order: WorkOrder) -> dict[str, Any]:
    """A work order in a list; needs ``ticket`` and ``engineer__user``."""
    return {
        "id": order.pk,
        "number": order.number,
        "ticket": order.ticket.number,
        "kind": order.kind,
        "state": order.state,
        "purpose": order.purpose,
        "engineer": person(order.engineer),
        "planned_start_at": instant(order.planned_start_at),
        "planned_end_at": instant(order.planned_end_at),
        "travel": order.travel,
        "accepted_at": instant(order.accepted_at),
        "departed_at": instant(order.departed_at),
        "arrived_at": instant(order.arrived_at),
        "finished_at": instant(order.finished_at),
        "signed_at": instant(order.signed_at),
        "outcome": order.outcome,
        "rating": order.rating,
        "version": order.version,
    }


def full_of(order: WorkOrder, actor: Actor) -> dict[str, Any]:
    """A work order with what it records; six queries."""
    times = list(
        order.times.standing().select_related("person__user").order_by("started_at")
    )
    return short_of(order) | {
        "checklist": [
            {
                "text": item["text"],
                "required": bool(item.get("required")),
                "done_at": item.get("done_at"),
            }
            for item in order.checklist
        ],
        "place": order.place,
        "found": order.found,
        "done": order.done,
        "advice": order.advice,
        "rating_words": order.rating_words,
        "parts": [_part(row) for row in order.parts.standing().order_by("pk")],
        "times": [_stretch(row) for row in times],
        "minutes": minutes_worked((row.started_at, row.ended_at) for row in times),
        "extras": [_extra(row) for row in order.extras.order_by("pk")],
        "photos": [file_of(photo, actor) for photo in order.photos.order_by("pk")],
        "signature": _signature(order),
        "actions": offered(order, actor),
    }


def _part(row: WorkPart) -> dict[str, Any]:
    names = ("name", "part_number", "quantity", "serial_in", "serial_out")
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


def _stretch(row: WorkTime) -> dict[str, Any]:
    return {
        "id": row.pk,
        "person": person(row.person),
        "kind": row.kind,
        "started_at": instant(row.started_at),
        "ended_at": instant(row.ended_at),
    }


def _extra(row: ExtraWork) -> dict[str, Any]:
    return {
        "id": row.pk,
        "description": row.description,
        "price": f"{row.price:.2f}",
        "currency": row.currency,
        "state": row.state,
        "decided_by": row.decided_by,
        "done_at": instant(row.done_at),
    }


def _signature(order: WorkOrder) -> dict[str, Any]:
    standing = signature_state(subject_kind=SUBJECT, subject_id=order.pk)
    answer = standing.signature
    return {
        "state": str(standing.state),
        "sha256": standing.sheet.sha256 if standing.sheet else None,
        "name": answer.name if answer else None,
        "signed_at": instant(answer.signed_at) if answer else None,
        "reason": answer.reason if answer else "",
    }
