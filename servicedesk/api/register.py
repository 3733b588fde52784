"""The register: clients, sites, contacts, projects, equipment. Five kinds of one shape.

A client's people see what they need to file a request, of their own organisation, and less of
it: what is written about them for colleagues is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clients.queries.search import matching
from people.actors import Actor
from people.roles import Permission
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import BIGGEST, Input, Nothing, Output, QueryFlag, query_id
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.schema import reads, writes
from servicedesk.api.shapes import pages
from servicedesk.lib.rest import entity_tag

TAG = "Register"
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)
#: A client's people file requests: they need to name their own things.
READ = (Permission.CLIENT_READ, Permission.TICKET_FILE)


class ClientQuery(Paged):
    """What narrows a list of client organisations."""

    q = serializers.CharField(required=False, max_length=100)
    is_active = QueryFlag(required=False)


class RecordQuery(ClientQuery):
    """What narrows a list of a client's things."""

    client = query_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record: its rows, shape, input and services.

    ``argument`` is what the services call it, ``key`` the name of its addresses, ``says`` what
    each of its endpoints does.
    """

    key: str
    argument: str
    says: dict[str, str]
    rows: Callable[[Actor], QuerySet[Any]]
    shape: type[Output]
    show: Callable[[Any, Actor], dict[str, Any]]
    new: type[Input]
    change: type[Input]
    services: dict[str, Callable[..., Any]]
    create_needs: str = Permission.CLIENT_MANAGE
    change_needs: str = Permission.CLIENT_MANAGE
    read_needs: Any = READ
    query: type[Paged] = RecordQuery


class KindView(Api):
    """What the endpoints of a kind share."""

    kind: Kind

    def shown(self, pk: int) -> dict[str, Any]:
        """One row as the caller sees it."""
        row = find(self.kind.rows(self.actor), pk=pk)
        return self.kind.show(row, self.actor)

    def row(self, pk: int) -> Model:
        """One row through the door."""
        found: Model = find(self.kind.rows(self.actor), pk=pk)
        return found


class ListView(KindView):
    """The list of a kind, and a new one."""

    def page(self, request: Request) -> Response:
        """A page of rows."""
        kind = self.kind
        asked = read_query(request, kind.query)
        rows = kind.rows(self.actor)
        if "client" in asked:
            rows = rows.filter(client_id=asked["client"])
        if "is_active" in asked:
            rows = rows.filter(is_active=asked["is_active"])
        if asked.get("q"):
            rows = matching(rows, asked["q"], actor=self.actor)
        return Response(by_id(rows, asked, lambda row: kind.show(row, self.actor)))

    def create(self) -> Response:
        """A new row."""
        values = self.read(self.kind.new)
        row = self.kind.services["create"](**self.common, **values)
        data = self.shown(row.pk)
        where = reverse(f"api:{self.kind.argument}", args=[row.pk])
        return created(data, where, entity_tag(data))


class DetailView(KindView):
    """One row: read and changed."""

    def show(self, pk: int) -> Response:
        """The row, or that it is still the same."""
        data = self.shown(pk)
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})

    def change(self, pk: int) -> Response:
        """Change what is given, nothing else."""
        row = self.row(pk)
        values = self.read(self.kind.change, partial=True)
        # The row is locked before it is compared, so that of two who read the same only
        # one can write.
        type(row)._default_manager.select_for_update().get(pk=pk)
        self.matched(entity_tag(self.shown(pk)))
        target = {self.kind.argument: row}
        self.kind.services["change"](**self.common, **target, **values)
        data = self.shown(pk)
        return Response(data, headers={"ETag": entity_tag(data)})


class StateView(KindView):
    """A row taken out of use, or back into it."""

    verb: str

    def switch(self, pk: int) -> Response:
        """Do it, and show the row."""
        row = self.row(pk)
        self.read(Nothing)
        type(row)._default_manager.select_for_update().get(pk=pk)
        self.matched(entity_tag(self.shown(pk)))
        self.kind.services[self.verb](**self.common, **{self.kind.argument: row})
        data = self.shown(pk)
        return Response(data, headers={"ETag": entity_tag(data)})


def list_view(kind: Kind) -> type[ListView]:
    """``GET`` and ``POST /<kinds>``."""

    @reads(
        pages(kind.shape),
        summary=kind.says["list"],
        tag=TAG,
        parameters=[kind.query],
        operation_id=f"{kind.argument}_list",
    )
    def get(self: ListView, request: Request) -> Response:
        return self.page(request)

    @writes(
        kind.new,
        kind.shape,
        summary=kind.says["create"],
        tag=TAG,
        status=201,
        operation_id=f"{kind.argument}_create",
    )
    def post(self: ListView, request: Request) -> Response:
        del request
        return self.create()

    permission = {"GET": kind.read_needs, "POST": kind.create_needs}
    members = {"kind": kind, "permission": permission, "get": get, "post": post}
    return type(
        f"{kind.argument}List", (ListView,), _described(members, kind.says["list"])
    )


def detail_view(kind: Kind) -> type[DetailView]:
    """``GET`` and ``PATCH /<kinds>/{pk}``."""

    @reads(
        kind.shape,
        summary=kind.says["read"],
        tag=TAG,
        parameters=[ID],
        etag=True,
        operation_id=f"{kind.argument}_read",
    )
    def get(self: DetailView, request: Request, pk: int) -> Response:
        del request
        return self.show(pk)

    @writes(
        kind.change,
        kind.shape,
        summary=kind.says["change"],
        tag=TAG,
        parameters=[ID],
        key=False,
        match=True,
        operation_id=f"{kind.argument}_change",
    )
    def patch(self: DetailView, request: Request, pk: int) -> Response:
        del request
        return self.change(pk)

    permission = {"GET": kind.read_needs, "PATCH": kind.change_needs}
    members = {"kind": kind, "permission": permission, "get": get, "patch": patch}
    return type(
        f"{kind.argument}Detail", (DetailView,), _described(members, kind.says["read"])
    )


def state_view(kind: Kind, verb: str) -> type[StateView]:
    """``POST /<kinds>/{pk}/deactivate`` and ``…/reactivate``."""

    @writes(
        Nothing,
        kind.shape,
        summary=kind.says[verb],
        tag=TAG,
        parameters=[ID],
        match=True,
        operation_id=f"{kind.argument}_{verb}",
    )
    def post(self: StateView, request: Request, pk: int) -> Response:
        del request
        return self.switch(pk)

    members = {
        "kind": kind,
        "verb": verb,
        "permission": {"POST": Permission.CLIENT_MANAGE},
        "post": post,
    }
    return type(
        f"{kind.argument}{verb}", (StateView,), _described(members, kind.says[verb])
    )


def _described(members: dict[str, Any], words: str) -> dict[str, Any]:
    return members | {"__doc__": words, "__module__": __name__}
