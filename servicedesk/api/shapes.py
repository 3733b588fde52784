"""Pieces that several resources answer with: the schema of each beside its maker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from people.models import Membership
from servicedesk.api.fields import Output


class Named(Output):
    """Something else, by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class Paging(Output):
    """What every list carries beside its results."""

    next_cursor = serializers.CharField(allow_null=True)
    previous_cursor = serializers.CharField(allow_null=True)


def pages(item: type[Output]) -> type[Output]:
    """The schema of a list of things."""
    name = item.__name__ + "List"
    fields = {
        "results": item(many=True),
        "next_cursor": serializers.CharField(allow_null=True),
        "previous_cursor": serializers.CharField(allow_null=True),
        "__doc__": f"A page of a list: {item.__name__}.",
    }
    return type(name, (Output,), fields)


def instant(value: datetime | None) -> str | None:
    """An instant in UTC, ISO 8601."""
    if value is None:
        return None
    return (
        value.isoformat().removesuffix("+00:00") + "Z"
        if _utc(value)
        else str(value.isoformat())
    )


def _utc(value: datetime) -> bool:
    offset = value.utcoffset()
    return offset is not None and not offset


def named(row: Model | None, name: str = "name") -> dict[str, Any] | None:
    """Something else, by id and name; None for nothing."""
    return None if row is None else {"id": row.pk, "name": getattr(row, name)}


def person(member: Membership | None) -> dict[str, Any] | None:
    """A member by the id of the membership; needs ``user`` to be loaded."""
    return None if member is None else {"id": member.pk, "name": str(member)}
