"""Many tickets at once: given to somebody, or handed over at the end of a shift."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.models import Membership
from people.roles import Permission
from servicedesk.api.base import Api
from servicedesk.api.fields import Input, Output, Ref, Text
from servicedesk.api.schema import writes
from servicedesk.api.tickets import TAG
from tickets import services
from tickets.models import Ticket
from tickets.queries.people import WORKING_ROLES

#: So many tickets one call may name.
MOST = 200


def _colleague(**more: Any) -> Ref:
    return Ref(
        lambda actor: (
            Membership.objects.visible_to(actor)
            .active()
            .filter(role__in=WORKING_ROLES)
            .select_related("user")
        ),
        help_text="A membership.",
        **more,
    )


class Several(Input):
    """Tickets by their numbers."""

    tickets = serializers.ListField(
        child=Text(max_length=24), min_length=1, max_length=MOST
    )

    def validate_tickets(self, numbers: list[str]) -> list[Ticket]:
        """The tickets themselves, of those the actor may see; one query."""
        rows = Ticket.objects.visible_to(self.actor).filter(number__in=numbers)
        known = {ticket.number: ticket for ticket in rows}
        words = [_("There is no such ticket.")]
        unknown = {
            str(place): words
            for place, number in enumerate(numbers)
            if number not in known
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        return list(known.values())


class AssignMany(Several):
    """Who does all of this."""

    assignee = _colleague(allow_null=True)


class HandOver(Several):
    """From whom to whom, and what the successor has to know."""

    to = _colleague()
    note = Text(max_length=2_000)

    def get_fields(self) -> dict[str, Any]:
        """With the one whose name is a word of the language."""
        return super().get_fields() | {
            "from": Ref(
                lambda actor: Membership.objects.visible_to(actor).select_related(
                    "user"
                ),
                help_text="A membership.",
            )
        }


class Count(Output):
    """How many tickets it was done to; what has ended, or is not theirs, is left."""

    count = serializers.IntegerField()


class AssignManyView(Api):
    """Many tickets given to one colleague."""

    permission = {"POST": Permission.TICKET_ASSIGN}

    @writes(
        AssignMany,
        Count,
        summary="Assign several tickets",
        tag=TAG,
        operation_id="tickets_assign",
    )
    def post(self, request: Request) -> Response:
        """Those that have ended are left as they are."""
        del request
        values = self.read(AssignMany)
        return Response({"count": services.assign_many(**self.common, **values)})


class HandOverView(Api):
    """The end of a shift."""

    permission = {"POST": Permission.TICKET_ASSIGN}

    @writes(
        HandOver,
        Count,
        summary="Hand tickets over",
        tag=TAG,
        operation_id="tickets_hand_over",
    )
    def post(self, request: Request) -> Response:
        """One message to the successor names all of it. What the first has not is left."""
        del request
        values = self.read(HandOver)
        count = services.hand_over(
            **self.common,
            from_membership=values["from"],
            to_membership=values["to"],
            note=values["note"],
            tickets=values["tickets"],
        )
        return Response({"count": count})
