"""Work orders over REST: read, and given out."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from documents.rules import canonical, sha256
from people.actors import Actor
from people.roles import Permission
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import BIGGEST, Choice, Output, query_id
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.reading import find_ticket
from servicedesk.api.schema import reads, writes
from servicedesk.api.tickets import NUMBER
from servicedesk.api.work_inputs import Dispatch
from servicedesk.api.work_shapes import (
    WorkOrderFull,
    WorkOrderList,
    WorkOrderPage,
    full_of,
    short_of,
)
from tickets.models import WorkOrder
from tickets.services import work
from tickets.sheets import sheet_content

TAG = "Work orders"
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)


def visible(actor: Actor) -> QuerySet[WorkOrder]:
    """The work orders that the actor may see, with what an answer names."""
    rows: QuerySet[WorkOrder] = WorkOrder.objects.visible_to(actor)
    return rows.select_related("ticket__client", "engineer__user")


def tag_of(order: WorkOrder) -> str:
    """The version of a work order."""
    return f'W/"{order.version}"'


class SheetShape(Output):
    """What the customer is to be shown, and the hash that their signature is bound to."""

    sha256 = serializers.CharField()
    content = serializers.DictField(child=serializers.JSONField(allow_null=True))


class WorkOrderQuery(Paged):
    """What narrows the list."""

    state = Choice(choices=WorkOrder.State.values, required=False)
    engineer = query_id("A membership.")


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
