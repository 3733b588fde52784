"""When somebody is away: said by themselves, by their manager, by an administrator."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from people.models import Absence, Membership
from people.queries.rows import coming_absences
from people.roles import Permission
from people.services import add_absence, end_absence
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import BIGGEST, Nothing
from servicedesk.api.people_shapes import (
    ID,
    TAG,
    AbsenceInput,
    AbsenceList,
    AbsenceShape,
    absence_of,
)
from servicedesk.api.schema import reads, writes

ABSENCE = OpenApiParameter(
    "absence",
    {"type": "integer", "minimum": 1, "maximum": BIGGEST},
    OpenApiParameter.PATH,
)


class AbsenceApi(Api):
    """What the endpoints of absences share."""

    permission: ClassVar[Any] = Permission.PEOPLE_READ

    def whose(self, pk: int) -> Membership:
        """A member through the door."""
        row: Membership = find(
            Membership.objects.visible_to(self.actor).select_related("user"), pk=pk
        )
        return row


class AbsencesView(AbsenceApi):
    """Somebody's absences; a new one."""

    @reads(
        AbsenceList,
        summary="List a person's absences",
        tag=TAG,
        parameters=[ID],
        operation_id="absences",
    )
    def get(self, request: Request, pk: int) -> Response:
        """Now and to come, the nearest first."""
        del request
        rows = coming_absences(self.whose(pk), now=self.now)
        return Response({"results": [absence_of(row) for row in rows]})

    @writes(
        AbsenceInput,
        AbsenceShape,
        summary="Say when somebody is away",
        tag=TAG,
        status=201,
        parameters=[ID],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Their deputy stands in meanwhile. 403 unless it is you, or you manage them."""
        del request
        person = self.whose(pk)
        values = self.read(AbsenceInput)
        row = add_absence(**self.common, membership=person, **values)
        return created(absence_of(row), reverse("api:absences", args=[pk]))


class AbsenceEndView(AbsenceApi):
    """Somebody is back, or does not go."""

    permission = {"POST": Permission.PEOPLE_READ}

    @writes(
        Nothing,
        AbsenceList,
        summary="End an absence",
        tag=TAG,
        parameters=[ID, ABSENCE],
        operation_id="absence_end",
    )
    def post(self, request: Request, pk: int, absence: int) -> Response:
        """One that has begun ends now; one that has not is taken out."""
        del request
        person = self.whose(pk)
        self.read(Nothing)
        rows = Absence.objects.filter(membership=person).select_related("membership")
        end_absence(**self.common, absence=find(rows, pk=absence))
        left = coming_absences(person, now=self.now)
        return Response({"results": [absence_of(row) for row in left]})
