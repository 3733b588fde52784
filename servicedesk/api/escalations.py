"""What climbed because a promise was missed, and the answer of whoever is in charge."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.actors import Actor
from people.roles import Permission
from servicedesk.api.base import Api, find
from servicedesk.api.fields import BIGGEST, Choice, Input, Output, QueryFlag, Text
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.reading import find_ticket
from servicedesk.api.schema import reads, writes
from servicedesk.api.shapes import Named, instant, pages, person
from servicedesk.api.tickets import NUMBER
from servicedesk.lib.rest import entity_tag
from tickets.models import Escalation, EscalationStep, Ticket
from tickets.queries.words import METRICS
from tickets.rules.states import allowed
from tickets.services import acknowledge

TAG = "Escalations"


class Told(Output):
    """Who was told at a step."""

    id = serializers.IntegerField(help_text="Of the membership.")
    role = serializers.CharField(help_text="As what they were told.")


class Step(Output):
    """A step that fired."""

    step = serializers.CharField()
    due_at = serializers.DateTimeField()
    fired_at = serializers.DateTimeField()
    late_seconds = serializers.FloatField()
    told = Told(many=True)
    problem = serializers.CharField(allow_null=True)


class EscalationShape(Output):
    """The climbing of one missed clock."""

    id = serializers.IntegerField()
    ticket = serializers.CharField()
    metric = serializers.ChoiceField(choices=tuple(METRICS))
    tier = serializers.CharField()
    state = serializers.ChoiceField(choices=Escalation.State.values)
    opened_at = serializers.DateTimeField(help_text="The instant of the miss.")
    ended_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = Named(allow_null=True)
    plan = serializers.CharField()
    steps = Step(many=True)
    actions = serializers.ListField(child=serializers.CharField())


EscalationPage = pages(EscalationShape)


class EscalationList(Output):
    """The escalations of a ticket."""

    results = EscalationShape(many=True)


class EscalationQuery(Paged):
    """What narrows the list."""

    state = Choice(choices=Escalation.State.values, required=False)
    acknowledged = QueryFlag(required=False)


class Acknowledgement(Input):
    """What happens now."""

    plan = Text(max_length=4_000)


ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)


def visible(actor: Actor) -> QuerySet[Escalation]:
    """Escalations of the tickets that somebody of staff may see, with their steps."""
    steps = EscalationStep.objects.order_by("due_at", "pk")
    rows = Escalation.objects.select_related("ticket", "acknowledged_by__user")
    rows = rows.prefetch_related(Prefetch("steps", queryset=steps, to_attr="rungs"))
    if actor.is_client:
        return rows.none()
    return rows.filter(ticket_id__in=Ticket.objects.visible_to(actor).values("pk"))


def escalation_of(row: Escalation, actor: Actor) -> dict[str, Any]:
    """An escalation; needs :func:`visible`."""
    return {
        "id": row.pk,
        "ticket": row.ticket.number,
        "metric": row.metric,
        "tier": row.tier,
        "state": row.state,
        "opened_at": instant(row.opened_at),
        "ended_at": instant(row.ended_at),
        "acknowledged_at": instant(row.acknowledged_at),
        "acknowledged_by": person(row.acknowledged_by),
        "plan": row.plan,
        "steps": [_step(step) for step in row.rungs],  # type: ignore[attr-defined]
        "actions": ["acknowledge"] if _may_acknowledge(row, actor) else [],
    }


def _may_acknowledge(row: Escalation, actor: Actor) -> bool:
    waits = row.state == Escalation.State.OPEN and row.acknowledged_at is None
    possible = "acknowledge" in allowed(row.ticket.state)
    return waits and possible and actor.may(Permission.ESCALATION_ACKNOWLEDGE)


def _step(step: EscalationStep) -> dict[str, Any]:
    return {
        "step": step.step,
        "due_at": instant(step.due_at),
        "fired_at": instant(step.fired_at),
        "late_seconds": round((step.fired_at - step.due_at).total_seconds(), 3),
        "told": [
            {"id": one["membership"], "role": str(one.get("as", ""))}
            for one in step.told
        ],
        "problem": step.problem or None,
    }


class TicketEscalationsView(Api):
    """The escalations of one ticket."""

    permission = Permission.TICKET_INTERNAL

    @reads(
        EscalationList,
        summary="List a ticket's escalations",
        tag=TAG,
        parameters=[NUMBER],
        operation_id="ticket_escalations",
    )
    def get(self, request: Request, number: str) -> Response:
        """With every step that fired, the newest miss first."""
        del request
        ticket = find_ticket(self.actor, number)
        rows = visible(self.actor).filter(ticket=ticket).order_by("-opened_at", "-pk")
        return Response({"results": [escalation_of(row, self.actor) for row in rows]})


class EscalationsView(Api):
    """All escalations that the caller may see."""

    permission = Permission.TICKET_INTERNAL

    @reads(
        EscalationPage,
        summary="List escalations",
        tag=TAG,
        parameters=[EscalationQuery],
        operation_id="escalations",
    )
    def get(self, request: Request) -> Response:
        """The oldest first."""
        asked = read_query(request, EscalationQuery)
        rows = visible(self.actor)
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        if "acknowledged" in asked:
            rows = rows.filter(acknowledged_at__isnull=not asked["acknowledged"])
        return Response(by_id(rows, asked, lambda row: escalation_of(row, self.actor)))


class EscalationView(Api):
    """One escalation."""

    permission = Permission.TICKET_INTERNAL

    @reads(
        EscalationShape,
        summary="Read an escalation",
        tag=TAG,
        parameters=[ID],
        etag=True,
    )
    def get(self, request: Request, pk: int) -> Response:
        """With every step that fired."""
        del request
        data = escalation_of(find(visible(self.actor), pk=pk), self.actor)
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class AcknowledgeView(Api):
    """A manager's answer to an escalation."""

    permission = {"POST": Permission.ESCALATION_ACKNOWLEDGE}

    @writes(
        Acknowledgement,
        EscalationShape,
        summary="Acknowledge with a plan",
        tag=TAG,
        parameters=[ID],
        match=True,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Stops the reminders of this escalation, not the clock."""
        del request
        row = find(visible(self.actor), pk=pk)
        values = self.read(Acknowledgement)
        # Whoever changes an escalation holds its ticket: nobody does between here and there.
        Ticket.objects.select_for_update().get(pk=row.ticket_id)
        row = find(visible(self.actor), pk=pk)
        self.matched(entity_tag(escalation_of(row, self.actor)))
        acknowledge(**self.common, escalation=row, **values)
        data = escalation_of(find(visible(self.actor), pk=pk), self.actor)
        return Response(data, headers={"ETag": entity_tag(data)})
