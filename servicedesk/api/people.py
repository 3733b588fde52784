"""Who works here; and who I am."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.actors import Actor
from people.models import Department, Membership
from people.queries.rows import departments, members
from people.roles import Permission, Role
from servicedesk.api.base import Api, find
from servicedesk.api.fields import BIGGEST, Choice, Output, QueryFlag, query_id
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.schema import reads
from servicedesk.api.shapes import Named, instant, named, pages, person
from servicedesk.lib.rest import entity_tag

TAG = "People"
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)


class Person(Output):
    """A member of the tenant."""

    id = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.values)
    title = serializers.CharField()
    phone = serializers.CharField()
    department = Named(allow_null=True)
    deputy = Named(allow_null=True)
    is_active = serializers.BooleanField()
    away_until = serializers.DateTimeField(allow_null=True)


class DepartmentShape(Output):
    """A department."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    manager = Named(allow_null=True)
    second_line = Named(
        allow_null=True, help_text="Called in when it can't solve something on site."
    )
    is_active = serializers.BooleanField()


class Me(Output):
    """Who the caller is here."""

    id = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.values)
    tenant = serializers.CharField()
    language = serializers.CharField()
    zone = serializers.CharField()
    client = serializers.IntegerField(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())
    via = serializers.CharField()


PersonList, DepartmentList = pages(Person), pages(DepartmentShape)


class PeopleQuery(Paged):
    """What narrows the list."""

    role = Choice(choices=Role.values, required=False)
    department = query_id()
    is_active = QueryFlag(required=False)


def person_of(member: Any) -> dict[str, Any]:
    """A member; needs ``people.queries.rows.members``."""
    return {
        "id": member.pk,
        "name": str(member),
        "email": member.user.email,
        "role": member.role,
        "title": member.title,
        "phone": member.phone,
        "department": named(member.department),
        "deputy": person(member.deputy),
        "is_active": member.is_active,
        "away_until": instant(member.away_until),
    }


def department_of(row: Department) -> dict[str, Any]:
    """A department."""
    return {
        "id": row.pk,
        "name": row.name,
        "manager": person(row.manager),
        "second_line": named(row.second_line),
        "is_active": row.is_active,
    }


class PeopleView(Api):
    """The people of the tenant."""

    permission = Permission.PEOPLE_READ

    @reads(
        PersonList,
        summary="List people",
        tag=TAG,
        parameters=[PeopleQuery],
        operation_id="people",
    )
    def get(self, request: Request) -> Response:
        """Colleagues and clients' people."""
        asked = read_query(request, PeopleQuery)
        rows = members(self.actor, now=self.now)
        for name in ("role", "department", "is_active"):
            if name in asked:
                rows = rows.filter(**{name: asked[name]})
        return Response(by_id(rows, asked, person_of))


class PersonView(Api):
    """One person."""

    permission = Permission.PEOPLE_READ

    @reads(Person, summary="Read a person", tag=TAG, parameters=[ID], etag=True)
    def get(self, request: Request, pk: int) -> Response:
        """A member with department, deputy and absence."""
        del request
        data = person_of(find(members(self.actor, now=self.now), pk=pk))
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class DepartmentsView(Api):
    """The departments."""

    permission = Permission.PEOPLE_READ

    @reads(
        DepartmentList,
        summary="List departments",
        tag=TAG,
        parameters=[Paged],
        operation_id="departments",
    )
    def get(self, request: Request) -> Response:
        """With their managers."""
        asked = read_query(request, Paged)
        return Response(by_id(departments(self.actor), asked, department_of))


class DepartmentView(Api):
    """One department."""

    permission = Permission.PEOPLE_READ

    @reads(
        DepartmentShape,
        summary="Read a department",
        tag=TAG,
        parameters=[ID],
        etag=True,
    )
    def get(self, request: Request, pk: int) -> Response:
        """A department with its manager."""
        del request
        data = department_of(find(departments(self.actor), pk=pk))
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class MeView(Api):
    """Who asks."""

    permission = Permission.SIGNED_IN

    @reads(Me, summary="Who am I?", tag=TAG)
    def get(self, request: Request) -> Response:
        """The member behind the token or session, and what they may do with it."""
        del request
        return Response(_me(self.actor, self.membership))


def _me(actor: Actor, member: Membership) -> dict[str, Any]:
    return {
        "id": member.pk,
        "name": actor.name,
        "email": member.user.email,
        "role": actor.role,
        "tenant": member.tenant.slug,
        "language": actor.language,
        "zone": actor.zone,
        "client": actor.client_id,
        "permissions": sorted(actor.permissions),
        "via": actor.via,
    }
