"""A service standard as programs see it, and the files they send."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from people.actors import Actor
from servicedesk.api.fields import SEVERITIES, Input, Instant, Output, Text
from servicedesk.api.shapes import Named, instant, pages, person
from sla.models import ServiceStandard, StandardVersion
from sla.queries.sheet import said
from sla.rules import Standard
from sla.services import standard_of

TEXT_MOST = 64 * 1024


class VersionRow(Output):
    """A version of a standard in a list."""

    id = serializers.IntegerField()
    standard = serializers.IntegerField()
    number = serializers.IntegerField()
    in_force_from = serializers.DateTimeField()
    published_at = serializers.DateTimeField()
    note = serializers.CharField()
    published_by = Named(allow_null=True, required=False, help_text="Only for staff.")


class Target(Output):
    """One promise."""

    metric = serializers.CharField()
    limit_seconds = serializers.IntegerField()
    measured_from = serializers.CharField()
    condition = serializers.CharField()
    calendar = serializers.CharField()


class Tier(Output):
    """A level of service."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    severities = serializers.ListField(child=serializers.CharField())
    may_pause = serializers.ListField(child=serializers.CharField())
    targets = Target(many=True)


class VersionFull(VersionRow):
    """A version with what it promises, in the caller's language."""

    tiers = Tier(many=True)
    text = serializers.CharField(
        required=False, help_text="The file as it was published. Only for staff."
    )


class StandardShape(Output):
    """A service standard."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    is_default = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    current = VersionRow(allow_null=True)


StandardList, VersionList = pages(StandardShape), pages(VersionRow)


class StandardFile(Input):
    """The file of a standard, and from when it is in force."""

    text = serializers.CharField(
        max_length=TEXT_MOST, trim_whitespace=False, help_text="YAML."
    )
    in_force_from = Instant(required=False, help_text="Now if it is not given.")
    note = Text(max_length=300, required=False, allow_blank=True)

    def validate_text(self, text: str) -> str:
        """Not more than a file may have."""
        if len(text.encode()) > TEXT_MOST:
            raise serializers.ValidationError(
                _("The file is too large for a standard.")
            )
        return text


class Checked(Output):
    """What a file says that nothing is wrong with."""

    key = serializers.CharField()
    name = serializers.CharField()
    tiers = Tier(many=True)


class StandardText(Input):
    """The file of a standard."""

    text = serializers.CharField(max_length=TEXT_MOST, trim_whitespace=False)


def version_row(row: StandardVersion, actor: Actor) -> dict[str, Any]:
    """A version in a list."""
    data = {
        "id": row.pk,
        "standard": row.standard_id,
        "number": row.number,
        "in_force_from": instant(row.in_force_from),
        "published_at": instant(row.published_at),
        "note": row.note,
    }
    return (
        data if actor.is_client else data | {"published_by": person(row.published_by)}
    )


def tiers_of(standard: Standard) -> list[dict[str, Any]]:
    """What a standard promises."""
    return [
        {
            "key": tier.key,
            "name": said(tier.name),
            "description": said(tier.description),
            "severities": [SEVERITIES[int(one)] for one in sorted(tier.severities)],
            "may_pause": sorted(str(one) for one in tier.may_pause),
            "targets": [
                {
                    "metric": str(target.metric),
                    "limit_seconds": int(target.limit.total_seconds()),
                    "measured_from": str(target.measured_from),
                    "condition": str(target.condition),
                    "calendar": target.calendar,
                }
                for target in tier.targets
            ],
        }
        for tier in standard.tiers
    ]


def version_full(row: StandardVersion, actor: Actor) -> dict[str, Any]:
    """A version with what it promises."""
    data = version_row(row, actor) | {"tiers": tiers_of(standard_of(row.pk))}
    return data if actor.is_client else data | {"text": row.text}


def standard_shape(
    row: ServiceStandard, current: StandardVersion | None, actor: Actor
) -> dict[str, Any]:
    """A standard with the version in force."""
    return {
        "id": row.pk,
        "key": row.key,
        "name": row.name,
        "source": row.source,
        "is_default": row.is_default,
        "created_at": instant(row.created_at),
        "current": version_row(current, actor) if current else None,
    }
