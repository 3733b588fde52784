"""People, departments and absences as programs see and send them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from people.models import Absence, Department, Membership
from people.roles import CLIENT_ROLES, GIVEN_ROLES, Role
from servicedesk.api.fields import BIGGEST, Choice, Input, Instant, Output, Ref, Text
from servicedesk.api.shapes import Named, instant, named, pages, person

TAG = "People"
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)
#: The roles that can be given to colleagues, and those of a client's people.
OURS = tuple(role.value for role in Role if role in GIVEN_ROLES - CLIENT_ROLES)
THEIRS = tuple(role.value for role in Role if role in CLIENT_ROLES)
GIVEN = (*OURS, *THEIRS)


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
    places = serializers.CharField(
        help_text="Separated by commas; a site whose address names one is near."
    )
    is_active = serializers.BooleanField()


class AbsenceShape(Output):
    """When somebody is away."""

    id = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    note = serializers.CharField()


class AbsenceList(Output):
    """When somebody is or will be away, the nearest first."""

    results = AbsenceShape(many=True)


PersonList, DepartmentList = pages(Person), pages(DepartmentShape)


# -- what is sent -------------------------------------------------------------------------------


def _colleague() -> Ref:
    return Ref(
        lambda actor: Membership.objects.visible_to(actor).select_related("user"),
        required=False,
        allow_null=True,
        help_text="A membership; null for nobody.",
    )


def _department() -> Ref:
    return Ref(
        lambda actor: Department.objects.visible_to(actor).active(),
        required=False,
        allow_null=True,
    )


class NewPerson(Input):
    """Somebody to invite. A client's people are invited from their contact."""

    email = Text(max_length=254)
    role = Choice(choices=OURS)
    name = Text(
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="How the mail greets them; they say themselves how they are called.",
    )
    department = _department()


class PersonChange(Input):
    """What somebody is here; what is given changes."""

    role = Choice(choices=GIVEN)
    department = _department()
    title = Text(max_length=80, required=False, allow_blank=True)
    phone = Text(max_length=40, required=False, allow_blank=True)
    deputy = _colleague()


class Ending(Input):
    """Why."""

    reason = Text(max_length=200, required=False, allow_blank=True)


class DepartmentInput(Input):
    """A department."""

    name = Text(max_length=80)
    manager = _colleague()
    second_line = _department()
    places = Text(max_length=300, required=False, allow_blank=True)


class AbsenceInput(Input):
    """When somebody is away: from the first instant to the one before the last."""

    starts_at = Instant()
    ends_at = Instant()
    note = Text(max_length=200, required=False, allow_blank=True)


# -- what is answered ---------------------------------------------------------------------------


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
        "places": row.places,
        "is_active": row.is_active,
    }


def absence_of(row: Absence) -> dict[str, Any]:
    """An absence."""
    return {
        "id": row.pk,
        "starts_at": instant(row.starts_at),
        "ends_at": instant(row.ends_at),
        "note": row.note,
    }
