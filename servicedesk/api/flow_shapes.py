"""The fault handling flow as programs see it: a version, and where a ticket stands in it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from people.actors import Actor
from servicedesk.api.fields import Input, Output, Text
from servicedesk.api.shapes import Named, instant, pages, person
from tickets.models import FlowVersion
from tickets.queries.flow import FlowRow, Handling, PublicStep, words
from tickets.queries.flow_sentences import CONTINGENCIES
from tickets.rules.flow import (
    Answer,
    Effect,
    FaultClass,
    Field,
    FieldKind,
    Flow,
    ReminderKind,
    Step,
)

TEXT_MOST = 64 * 1024
STAFF_ONLY = "Only for staff."


class Choice(Output):
    """One of the choices of a field."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class StepField(Output):
    """What is recorded with a step."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=[kind.value for kind in FieldKind])
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = Choice(many=True)


class StepAnswer(Output):
    """One way on from a step."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    to = serializers.CharField(allow_null=True, help_text="null: here it is over.")
    needs = serializers.ListField(child=serializers.CharField())
    needs_picture = serializers.BooleanField()
    new_round = serializers.BooleanField()
    effects = serializers.ListField(
        child=serializers.ChoiceField(choices=[effect.value for effect in Effect])
    )


class FlowStep(Output):
    """A step: what to do, what to record, how it goes on."""

    key = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    question = serializers.CharField()
    public = serializers.CharField(help_text="What the client reads of it.")
    fault_class = serializers.ChoiceField(
        choices=[one.value for one in FaultClass], allow_null=True
    )
    fields_ = StepField(many=True)
    answers = StepAnswer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """``fields`` is a name of the serializer's own."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class FlowRowShape(Output):
    """A version of the flow in a list."""

    number = serializers.IntegerField()
    is_shipped = serializers.BooleanField()
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = Named(allow_null=True)
    note = serializers.CharField()


class FlowShape(FlowRowShape):
    """A version of the flow, in the caller's language, and its file."""

    name = serializers.CharField()
    start = serializers.CharField()
    reopened = serializers.CharField()
    steps = FlowStep(many=True)
    text = serializers.CharField()


FlowVersionList = pages(FlowRowShape)


class FlowText(Input):
    """The file of a flow."""

    text = serializers.CharField(
        max_length=TEXT_MOST, trim_whitespace=False, help_text="YAML."
    )


class FlowFile(FlowText):
    """The file of a flow, to be published."""

    note = Text(max_length=300, required=False, allow_blank=True)


class CheckedFlow(Output):
    """What a file says that nothing is wrong with."""

    name = serializers.CharField()
    start = serializers.CharField()
    steps = FlowStep(many=True)


class Value(Output):
    """What was entered in a field, in words."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()


class TakenBack(Output):
    """When, by whom and why a step was taken back."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    reason = serializers.CharField()


class Done(Output):
    """A step that was done."""

    seq = serializers.IntegerField(help_text="Of its event.")
    title = serializers.CharField()
    round = serializers.IntegerField()
    at = serializers.DateTimeField()
    step = serializers.CharField(required=False, help_text=STAFF_ONLY)
    answer = serializers.CharField(required=False, help_text=STAFF_ONLY)
    by = serializers.CharField(required=False, help_text=STAFF_ONLY)
    found = serializers.CharField(required=False, help_text=STAFF_ONLY)
    values = Value(many=True, required=False, help_text=STAFF_ONLY)
    attachments = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text=STAFF_ONLY
    )
    taken_back = TakenBack(allow_null=True, required=False, help_text=STAFF_ONLY)


class Due(Output):
    """Something that somebody has to remember."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in ReminderKind])
    text = serializers.CharField()
    due_at = serializers.DateTimeField()


class Plan(Output):
    """What was agreed with the customer for as long as it is not solved."""

    kind = serializers.ChoiceField(choices=tuple(CONTINGENCIES))
    body = serializers.CharField()
    agreed_with = serializers.CharField()
    at = serializers.DateTimeField()


class HandlingShape(Output):
    """How a ticket was handled, and what comes next."""

    version = serializers.IntegerField(
        allow_null=True, required=False, help_text=f"Of the flow. {STAFF_ONLY}"
    )
    begun = serializers.BooleanField()
    round = serializers.IntegerField()
    now = serializers.CharField(help_text="What is being done, in plain words.")
    next = FlowStep(allow_null=True, required=False, help_text=STAFF_ONLY)
    path = Done(many=True)
    reminders = Due(many=True, required=False, help_text=STAFF_ONLY)
    contingency = Plan(many=True)


# -- makers ----------------------------------------------------------------------------------------


def step_of(step: Step) -> dict[str, Any]:
    """A step."""
    return {
        "key": step.key,
        "title": words(step.title),
        "text": words(step.text) if step.text else "",
        "question": words(step.question) if step.question else "",
        "public": words(step.public) if step.public else "",
        "fault_class": step.fault_class.value if step.fault_class else None,
        "fields": [_field(one) for one in step.fields],
        "answers": [_answer(one) for one in step.answers],
    }


def _field(one: Field) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": words(one.label),
        "kind": one.kind.value,
        "required": one.required,
        "choices": [{"key": o.key, "label": words(o.label)} for o in one.options],
    }


def _answer(one: Answer) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": words(one.label),
        "to": one.to or None,
        "needs": sorted(one.needs),
        "needs_picture": one.picture,
        "new_round": one.again,
        "effects": [effect.value for effect in one.effects],
    }


def row_of(row: FlowVersion) -> dict[str, Any]:
    """A version in a list; needs who published it."""
    return {
        "number": row.number,
        "is_shipped": row.is_shipped,
        "published_at": instant(row.published_at),
        "published_by": person(row.published_by),
        "note": row.note,
    }


def said_of(flow: Flow) -> dict[str, Any]:
    """What a flow's file says."""
    return {
        "name": words(flow.name),
        "start": flow.start,
        "reopened": flow.reopened,
        "steps": [step_of(step) for step in flow.steps.values()],
    }


def handling_of(handling: Handling, actor: Actor) -> dict[str, Any]:
    """How a ticket was handled; for clients the public path and nothing more."""
    data: dict[str, Any] = {
        "begun": handling.has_begun,
        "round": handling.round,
        "now": _now(handling),
        "path": [_done(row, actor) for row in handling.rows],
        "contingency": [
            {
                "kind": plan.kind or "other",
                "body": plan.body,
                "agreed_with": plan.agreed_with,
                "at": instant(plan.at),
            }
            for plan in handling.contingencies
        ],
    }
    if actor.is_client:
        return data
    return data | {
        "version": handling.number or None,
        "next": step_of(handling.step) if handling.step else None,
        "reminders": [
            {"kind": one.kind, "text": one.text, "due_at": instant(one.due_at)}
            for one in handling.reminders
        ],
    }


def _now(handling: Handling) -> str:
    last: PublicStep | None = next(iter(handling.public[-1:]), None)
    return last.text if last is not None and last.at is None else ""


def _done(row: FlowRow, actor: Actor) -> dict[str, Any]:
    data: dict[str, Any] = {
        "seq": row.seq,
        "title": row.title,
        "round": row.round,
        "at": instant(row.at),
    }
    if actor.is_client:
        return data
    undone = row.undone
    return data | {
        "step": row.step,
        "answer": row.answer,
        "by": row.who,
        "found": row.found,
        "values": [{"label": label, "value": value} for label, value in row.values],
        "attachments": [file.pk for file in row.files],
        "taken_back": {
            "at": instant(undone.at),
            "by": undone.who,
            "reason": undone.reason,
        }
        if undone
        else None,
    }
