"""The fault handling flow: its versions, publishing one, and how a ticket was handled."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from people.roles import Permission
from servicedesk.api.base import Api, created
from servicedesk.api.fields import BIGGEST
from servicedesk.api.flow_shapes import (
    CheckedFlow,
    FlowFile,
    FlowShape,
    FlowText,
    FlowVersionList,
    HandlingShape,
    handling_of,
    row_of,
    said_of,
)
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.reading import find_ticket, with_surroundings
from servicedesk.api.schema import reads, writes
from servicedesk.api.tickets import NUMBER
from servicedesk.lib.rest import entity_tag
from servicedesk.lib.textfile.refusal import BrokenFile
from tickets.flows import load_flow
from tickets.queries.flow import read_handling
from tickets.queries.flow_versions import Shown, shown_version, versions_of
from tickets.services import publish_flow
from tickets.services.flow import check_flow_text

TAG = "Fault handling flow"
VERSION = OpenApiParameter(
    "version",
    {"type": "integer", "minimum": 1, "maximum": BIGGEST},
    OpenApiParameter.PATH,
)


class FlowApi(Api):
    """What the endpoints of the flow share."""

    def shown(self, number: int | None = None) -> dict[str, Any]:
        """A version, by default the one in force; 404 for one that there is not."""
        if number is not None and number >= 2**31:
            raise Http404
        found = shown_version(self.actor, number)
        if found is None:
            raise Http404
        return _version(found)


def _version(found: Shown) -> dict[str, Any]:
    row = {
        "number": found.number,
        "is_shipped": True,
        "published_at": None,
        "published_by": None,
        "note": "",
    }
    if found.row is not None:
        row = row_of(found.row)
    return row | said_of(load_flow(found.text)) | {"text": found.text}


class FlowView(FlowApi):
    """The flow that tickets begin with now."""

    permission = Permission.TICKET_INTERNAL

    @reads(FlowShape, summary="Read the flow", tag=TAG, etag=True)
    def get(self, request: Request) -> Response:
        """Every step with its fields and answers."""
        del request
        data = self.shown()
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class FlowVersionsView(FlowApi):
    """The versions of the flow; publishing the next."""

    permission = {"GET": Permission.TICKET_INTERNAL, "POST": Permission.STANDARD_MANAGE}

    @reads(
        FlowVersionList,
        summary="List the flow's versions",
        tag=TAG,
        parameters=[Paged],
        operation_id="flow_versions",
    )
    def get(self, request: Request) -> Response:
        """The oldest first. Empty until somebody has begun or published a flow."""
        asked = read_query(request, Paged)
        return Response(by_id(versions_of(self.actor).order_by("pk"), asked, row_of))

    @writes(FlowFile, FlowShape, summary="Publish a flow", tag=TAG, status=201)
    def post(self, request: Request) -> Response:
        """Publish the next version. Tickets that have begun a flow keep theirs."""
        del request
        values = self.read(FlowFile)
        try:
            row = publish_flow(**self.common, **values)
        except BrokenFile as error:
            raise error.for_programs(values["text"]) from error
        where = reverse("api:flow-version", args=[row.number])
        return created(self.shown(row.number), where)


class FlowVersionView(FlowApi):
    """One version of the flow."""

    permission = Permission.TICKET_INTERNAL

    @reads(
        FlowShape,
        summary="Read a version of the flow",
        tag=TAG,
        parameters=[VERSION],
        etag=True,
    )
    def get(self, request: Request, version: int) -> Response:
        """What it says, and its file."""
        del request
        data = self.shown(version)
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class FlowCheckView(FlowApi):
    """Looking at a file before it is published."""

    permission = {"POST": Permission.STANDARD_MANAGE}

    @writes(FlowText, CheckedFlow, summary="Check a flow's file", tag=TAG)
    def post(self, request: Request) -> Response:
        """What it says, or line by line what is wrong with it. Changes nothing."""
        del request
        text = self.read(FlowText)["text"]
        try:
            flow = check_flow_text(text)
        except BrokenFile as error:
            raise error.for_programs(text) from error
        said = said_of(flow)
        return Response({name: said[name] for name in ("name", "start", "steps")})


class HandlingView(Api):
    """How a ticket was handled."""

    permission = Permission.TICKET_READ

    @reads(
        HandlingShape,
        summary="Read how a ticket was handled",
        tag=TAG,
        parameters=[NUMBER],
        operation_id="ticket_flow",
    )
    def get(self, request: Request, number: str) -> Response:
        """The path taken, the next step with its fields and answers, what is due."""
        del request
        ticket = with_surroundings(find_ticket(self.actor, number), self.actor)
        handling = read_handling(ticket, self.actor, self.now)
        return Response(handling_of(handling, self.actor))
