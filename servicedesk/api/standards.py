"""Service standards and their versions; importing a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people.actors import Actor
from people.roles import Permission
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import (
    BIGGEST,
    SEVERITIES,
    Input,
    Instant,
    Nothing,
    Output,
    Text,
)
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.schema import reads, writes
from servicedesk.api.shapes import Named, instant, pages, person
from servicedesk.lib.rest import entity_tag
from sla.models import ServiceStandard, StandardVersion
from sla.queries.problems import faults_of
from sla.queries.sheet import said
from sla.rules import Standard
from sla.services import (
    BrokenStandardError,
    check_text,
    import_standard,
    publish_version,
    set_default,
    standard_of,
)

TAG = "Service standards"
TEXT_MOST = 64 * 1024
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)
VERSION = OpenApiParameter(
    "version",
    {"type": "integer", "minimum": 1, "maximum": BIGGEST},
    OpenApiParameter.PATH,
)


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


class StandardApi(Api):
    """What the endpoints of standards share."""

    def standard(self, pk: int) -> ServiceStandard:
        """One standard through the door."""
        row: ServiceStandard = find(
            ServiceStandard.objects.visible_to(self.actor), pk=pk
        )
        return row

    def versions(self, *, whole: bool = False) -> Any:
        """Versions that the caller sees."""
        rows = StandardVersion.objects.visible_to(self.actor, self.now)
        rows = rows.select_related("published_by__user")
        return rows if whole else rows.defer("text", "data")

    def current(self, now: datetime) -> dict[int, StandardVersion]:
        """The version in force of each standard; one query."""
        found: dict[int, StandardVersion] = {}
        for row in self.versions().in_force_at(now):
            found.setdefault(row.standard_id, row)
        return found

    def shown(self, row: ServiceStandard) -> dict[str, Any]:
        """One standard."""
        return standard_shape(row, self.current(self.now).get(row.pk), self.actor)

    def published(self, service: Any, text: str, **values: Any) -> Response:
        """Publish a file, or say line by line what is wrong with it."""
        try:
            version = service(**self.common, text=text, **values)
        except BrokenStandardError as error:
            raise broken(error, text) from error
        row = find(self.versions(whole=True), pk=version.pk)
        where = reverse("api:version", args=[version.standard_id, version.number])
        return created(version_full(row, self.actor), where)


def broken(error: BrokenStandardError, text: str) -> BrokenStandardError:
    """The refusal of a file, with each problem for programs."""
    error.extra = {  # type: ignore[attr-defined]
        "problems": [
            {"line": one.line, "key": one.key, "reason": one.reason, "code": one.code}
            for one in faults_of(text, error.problems)
        ]
    }
    return error


class StandardsView(StandardApi):
    """All standards; importing one."""

    permission = {"GET": Permission.STANDARD_READ, "POST": Permission.STANDARD_MANAGE}

    @reads(
        StandardList,
        summary="List service standards",
        tag=TAG,
        parameters=[Paged],
        operation_id="standards",
    )
    def get(self, request: Request) -> Response:
        """With the version in force."""
        asked = read_query(request, Paged)
        rows = ServiceStandard.objects.visible_to(self.actor)
        current = self.current(self.now)
        return Response(
            by_id(
                rows,
                asked,
                lambda row: standard_shape(row, current.get(row.pk), self.actor),
            )
        )

    @writes(StandardFile, VersionFull, summary="Import a standard", tag=TAG, status=201)
    def post(self, request: Request) -> Response:
        """Publish a file: a new standard, or the next version of the one it names."""
        del request
        return self.published(import_standard, **self.read(StandardFile))


class StandardView(StandardApi):
    """One standard."""

    permission = Permission.STANDARD_READ

    @reads(
        StandardShape,
        summary="Read a service standard",
        tag=TAG,
        parameters=[ID],
        etag=True,
    )
    def get(self, request: Request, pk: int) -> Response:
        """With the version in force."""
        del request
        data = self.shown(self.standard(pk))
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class VersionsView(StandardApi):
    """The versions of a standard; publishing the next."""

    permission = {"GET": Permission.STANDARD_READ, "POST": Permission.STANDARD_MANAGE}

    @reads(
        VersionList,
        summary="List versions",
        tag=TAG,
        parameters=[ID, Paged],
        operation_id="versions",
    )
    def get(self, request: Request, pk: int) -> Response:
        """The oldest first."""
        asked = read_query(request, Paged)
        rows = self.versions().filter(standard=self.standard(pk))
        return Response(by_id(rows, asked, lambda row: version_row(row, self.actor)))

    @writes(
        StandardFile,
        VersionFull,
        summary="Publish the next version",
        tag=TAG,
        status=201,
        parameters=[ID],
    )
    def post(self, request: Request, pk: int) -> Response:
        """The file must carry the standard's key. Tickets keep the version they have."""
        del request
        standard = self.standard(pk)
        values = self.read(StandardFile)

        def service(**given: Any) -> StandardVersion:
            return publish_version(standard=standard, **given)

        return self.published(service, **values)


class VersionView(StandardApi):
    """One version."""

    permission = Permission.STANDARD_READ

    @reads(
        VersionFull,
        summary="Read a version",
        tag=TAG,
        parameters=[ID, VERSION],
        etag=True,
    )
    def get(self, request: Request, pk: int, version: int) -> Response:
        """What it promises."""
        del request
        rows = self.versions(whole=True).filter(standard=self.standard(pk))
        if version >= 2**31:
            rows = rows.none()
        data = version_full(find(rows, number=version), self.actor)
        tag = entity_tag(data)
        return self.tagged(tag) or Response(data, headers={"ETag": tag})


class DefaultView(StandardApi):
    """Making a standard the default."""

    permission = {"POST": Permission.STANDARD_MANAGE}

    @writes(
        Nothing,
        StandardShape,
        summary="Make it the default",
        tag=TAG,
        parameters=[ID],
    )
    def post(self, request: Request, pk: int) -> Response:
        """For tickets without a project, and projects without a standard."""
        del request
        standard = self.standard(pk)
        self.read(Nothing)
        set_default(**self.common, standard=standard)
        return Response(self.shown(self.standard(pk)))


class CheckView(StandardApi):
    """Looking at a file before it is published."""

    permission = {"POST": Permission.STANDARD_MANAGE}

    @writes(StandardText, Checked, summary="Check a file", tag=TAG)
    def post(self, request: Request) -> Response:
        """What it promises, or line by line what is wrong with it. Changes nothing."""
        del request
        text = self.read(StandardText)["text"]
        try:
            standard = check_text(text)
        except BrokenStandardError as error:
            raise broken(error, text) from error
        return Response(
            {
                "key": standard.key,
                "name": said(standard.name),
                "tiers": tiers_of(standard),
            }
        )
