"""Appointments offered to customers over REST; what is done with them are verbs of the ticket."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.roles import Permission
from servicedesk.api.base import Api
from servicedesk.api.fields import Output
from servicedesk.api.reading import find_ticket
from servicedesk.api.schema import reads
from servicedesk.api.shapes import instant
from servicedesk.api.tickets import NUMBER, TAG
from tickets.models import AppointmentOffer


class OfferShape(Output):
    """A time that was offered to the customer."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    note = serializers.CharField()
    state = serializers.ChoiceField(choices=AppointmentOffer.State.values)
    offered_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(
        help_text="Until then it can be answered, where it is `open`."
    )
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField(help_text="A name; empty if nobody has.")
    proposed_at = serializers.DateTimeField(
        allow_null=True, help_text="The time that the customer proposes instead."
    )
    words = serializers.CharField(help_text="The customer's, with that proposal.")


class OfferList(Output):
    """The offered appointments of a ticket."""

    results = OfferShape(many=True)


class TicketOffersView(Api):
    """The appointments offered for one ticket."""

    permission = Permission.TICKET_READ

    @reads(
        OfferList,
        summary="List a ticket's offered appointments",
        tag=TAG,
        parameters=[NUMBER],
        operation_id="ticket_offers",
    )
    def get(self, request: Request, number: str) -> Response:
        """The newest first. One is open at most."""
        del request
        ticket = find_ticket(self.actor, number)
        rows = AppointmentOffer.objects.visible_to(self.actor).filter(ticket=ticket)
        return Response({"results": [_offer(row) for row in rows.order_by("-pk")]})


def _offer(row: AppointmentOffer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": instant(row.at),
        "note": row.note,
        "state": row.state,
        "offered_at": instant(row.offered_at),
        "expires_at": instant(row.expires_at),
        "answered_at": instant(row.answered_at),
        "answered_by": row.answered_by,
        "proposed_at": instant(row.proposed_at),
        "words": row.words,
    }
