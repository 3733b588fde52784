"""Service standards and their versions; importing a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from people.roles import Permission
from servicedesk.api.base import Api, created, find
from servicedesk.api.fields import (
    BIGGEST,
    Nothing,
)
from servicedesk.api.paging import Paged, by_id, read_query
from servicedesk.api.schema import reads, writes
from servicedesk.api.standard_shapes import (
    Checked,
    StandardFile,
    StandardList,
    StandardShape,
    StandardText,
    VersionFull,
    VersionList,
    standard_shape,
    tiers_of,
    version_full,
    version_row,
)
from servicedesk.lib.rest import entity_tag
from sla.models import ServiceStandard, StandardVersion
from sla.queries.sheet import said
from sla.services import (
    BrokenStandardError,
    check_text,
    import_standard,
    publish_version,
    set_default,
)

TAG = "Service standards"
ID = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": BIGGEST}, OpenApiParameter.PATH
)
VERSION = OpenApiParameter(
    "version",
    {"type": "integer", "minimum": 1, "maximum": BIGGEST},
    OpenApiParameter.PATH,
)


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
            raise error.for_programs(text) from error
        row = find(self.versions(whole=True), pk=version.pk)
        where = reverse("api:version", args=[version.standard_id, version.number])
        return created(version_full(row, self.actor), where)


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
            raise error.for_programs(text) from error
        return Response(
            {
                "key": standard.key,
                "name": said(standard.name),
                "tiers": tiers_of(standard),
            }
        )
