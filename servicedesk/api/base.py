"""The base of every endpoint: strict bodies, idempotent POST, entity tags, problems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from activity.services import record
from people.actors import Actor
from people.models import Membership
from servicedesk.api import idempotency
from servicedesk.lib.rest import RateLimit, TooLarge, check_match, matches

BIGGEST = 2**63 - 1
#: No body needs more levels than this.
DEEPEST = 20
#: How much a call with files may send at most: five files of the largest size.
MULTIPART_FILES = 5


class StrictJson(JSONParser):
    """JSON that says one thing: no name twice, no NaN, nothing nested out of all reason."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises ParseError."""
        del media_type, parser_context
        try:
            value = json.loads(
                stream.read().decode(),
                object_pairs_hook=_once,
                parse_constant=_no_number,
            )
        except RecursionError:
            raise _too_deep() from None
        except ValueError as error:
            words = _("This is no JSON: %(error)s")
            raise exceptions.ParseError(words % {"error": error}) from None
        _measure(value, DEEPEST)
        return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        words = _("“%(name)s” is given twice.") % {"name": twice[:100]}
        raise exceptions.ParseError(words)
    return value


def _no_number(name: str) -> Any:
    raise exceptions.ParseError(_("“%(name)s” is no JSON number.") % {"name": name})


def _measure(value: Any, left: int) -> None:
    if not isinstance(value, dict | list):
        return
    if not left:
        raise _too_deep()
    for one in value.values() if isinstance(value, dict) else value:
        _measure(one, left - 1)


def _too_deep() -> exceptions.ParseError:
    return exceptions.ParseError(_("This JSON is nested too deeply."))


class Api(APIView):
    """An endpoint. ``permission`` is declared for each method (or one for all)."""

    permission: ClassVar[Any] = None
    parser_classes = [StrictJson]
    throttle_classes = [RateLimit]
    claimed: int | None = None

    @property
    def actor(self) -> Actor:
        """Who asks."""
        actor: Actor = self.request._request.actor  # type: ignore[attr-defined]
        return actor

    @property
    def now(self) -> datetime:
        """The instant of the request, by PostgreSQL's clock."""
        now: datetime = self.request._request.now  # type: ignore[attr-defined]
        return now

    @property
    def membership(self) -> Membership:
        """The member behind the actor."""
        return self.request._request.membership  # type: ignore[attr-defined, no-any-return]

    @property
    def common(self) -> dict[str, Any]:
        """What every service is called with."""
        return {"actor": self.actor, "now": self.now}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who, how often, may they, how much; then the idempotency key."""
        super().initial(request, *args, **kwargs)
        self._check_size(request)
        if request.method == "POST":
            self.claimed = idempotency.begin(request, actor=self.actor, now=self.now)

    def check_permissions(self, request: Request) -> None:
        """How often first, then may they: what is refused counts too."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Done before the permission was looked at."""

    def _check_size(self, request: Request) -> None:
        most = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        kind = request.content_type or ""
        if MultiPartParser in self.parser_classes and kind.startswith("multipart/"):
            most += MULTIPART_FILES * int(settings.ATTACHMENT_MAX_BYTES)
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > most:
            raise TooLarge(most)

    def handle_exception(self, exc: Exception) -> Response:
        """The stored answer of a repeated call, else a problem document."""
        if isinstance(exc, idempotency.Replayed):
            return exc.response
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Keep what was answered under the call's key, in the same transaction."""
        if self.claimed is not None and response.status_code < 400:
            idempotency.keep(self.claimed, response)
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def refused(self, request: Request) -> None:
        """Somebody asked for what they may not use: the journal keeps it."""
        plain = request._request
        actor, now, path = self.actor, self.now, plain.path_info[:200]
        plain.after_rollback.append(  # type: ignore[attr-defined]
            lambda: record(
                actor=actor, now=now, verb="access.refused", data={"path": path}
            )
        )

    # -- input ---------------------------------------------------------------------------

    def read(
        self, serializer: type[serializers.Serializer[Any]], **more: Any
    ) -> dict[str, Any]:
        """The body as values. Raises ValidationError naming each field that is wrong."""
        form = serializer(
            data=self.request.data,
            context={"actor": self.actor, "now": self.now},
            **more,
        )
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    # -- answers -------------------------------------------------------------------------

    def tagged(self, tag: str) -> Response | None:
        """The 304 of somebody who knows this version already; None for the others."""
        known = self.request.headers.get("If-None-Match")
        if known is not None and matches(known, tag):
            return Response(status=304, headers={"ETag": tag})
        return None

    def matched(self, tag: str) -> bool:
        """Whether the caller named the version that they know; 412 if it is another."""
        return check_match(self.request, tag)


def find(rows: QuerySet[Any], **key: Any) -> Any:
    """The row at the one door. Absent and forbidden are the same 404."""
    if key.get("pk", 0) > BIGGEST:
        raise Http404
    found = rows.filter(**key).first()
    if found is None:
        raise Http404
    return found


def created(data: Mapping[str, Any], location: str, tag: str = "") -> Response:
    """A 201 that says where the new thing lives."""
    headers = {"Location": location} | ({"ETag": tag} if tag else {})
    return Response(data, status=201, headers=headers)
