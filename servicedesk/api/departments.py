"""Departments: read, made, changed, closed and opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop
from rest_framework.request import Request
from rest_framework.response import Response

from people import services
from people.models import Department
from people.queries.rows import departments
from people.roles import Permission
from people.services.rights import hold_people
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import Nothing
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.people_shapes import (
    ID,
    TAG,
    DepartmentInput,
    DepartmentList,
    DepartmentShape,
    department_of,
)
from servicedesk.api.schema import reads, writes
from servicedesk.lib.rest import entity_tag


class DepartmentApi(Api):
    """What the endpoints of departments share."""

    def one(self, pk: int) -> Department:
        """A department through the door."""
        row: Department = find(departments(self.actor), pk=pk)
        return row

    def answer(self, pk: int) -> Response:
        """A department as it now is."""
        data = department_of(self.one(pk))
        return Response(data, headers={"ETag": entity_tag(data)})

    def held(self, pk: int) -> Department:
        """A department that nobody else changes now, if the caller's If-Match holds."""
        hold_people(self.actor)
        row = self.one(pk)
        self.matched(entity_tag(department_of(row)))
        return row


class DepartmentsView(DepartmentApi):
    """The departments; a new one."""

    permission = {"GET": Permission.PEOPLE_READ, "POST": Permission.PEOPLE_MANAGE}

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

    @writes(
        DepartmentInput,
        DepartmentShape,
        summary="Create a department",
        tag=TAG,
        status=201,
    )
    def post(self, request: Request) -> Response:
        """Without a manager it is shown as a fault of set-up."""
        del request
        row = services.create_department(**self.common, **self.read(DepartmentInput))
        data = department_of(self.one(row.pk))
        where = reverse("api:department", args=[row.pk])
        return created(data, where, entity_tag(data))


class DepartmentView(DepartmentApi):
    """One department."""

    permission = {"GET": Permission.PEOPLE_READ, "PATCH": Permission.PEOPLE_MANAGE}

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
        data = department_of(self.one(pk))
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})

    @writes(
        DepartmentInput,
        DepartmentShape,
        summary="Change a department",
        tag=TAG,
        parameters=[ID],
        key=False,
        match=True,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """What is given changes."""
        del request
        self.one(pk)
        values = self.read(DepartmentInput, partial=True)
        row = self.held(pk)
        names = ("name", "manager", "second_line", "places")
        now = {name: getattr(row, name) for name in names}
        services.change_department(**self.common, department=row, **(now | values))
        return self.answer(pk)


DEPARTMENT_VERBS: dict[str, tuple[Callable[..., Any], str]] = {
    "close": (services.close_department, gettext_noop("Close a department")),
    "reopen": (
        services.reopen_department,
        gettext_noop("Open a closed department again"),
    ),
}


def department_verb_view(tail: str) -> type[DepartmentApi]:
    """``POST /departments/{id}/close`` and ``…/reopen``."""
    service, summary = DEPARTMENT_VERBS[tail]

    @writes(
        Nothing,
        DepartmentShape,
        summary=summary,
        tag=TAG,
        parameters=[ID],
        match=True,
        operation_id=f"department_{tail}",
        description=f"{summary}. Answers with the department as it then is.",
    )
    def post(self: DepartmentApi, request: Request, pk: int) -> Response:
        del request
        self.one(pk)
        self.read(Nothing)
        service(**self.common, department=self.held(pk))
        return self.answer(pk)

    members = {
        "permission": {"POST": Permission.PEOPLE_MANAGE},
        "post": post,
        "__doc__": summary,
        "__module__": __name__,
    }
    return type(f"Department{tail.title()}View", (DepartmentApi,), members)
