"""OpenAPI 3.1: what the generator must be told, and the addresses of the schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers

from people.roles import Permission
from servicedesk.lib.pages import page
from servicedesk.lib.rest import PROBLEM

DESCRIPTION = """\
Everything that the pages can do, for programs.

**Who asks.** Send `Authorization: Bearer sd_…` to the tenant's own host name. A token acts as
the member who made it, and can do what both its scopes and the member's present role allow.
A browser's session works too, with Django's CSRF token in `X-CSRFToken`; a call with an
`Authorization` header never uses the session.

**Refusals** are problem documents (RFC 9457) in the caller's language: `Accept-Language`, else
the member's own. `code` is stable, `errors` maps fields to sentences. What you may not see
answers as what does not exist: 404.

**Writing once.** Send an `Idempotency-Key` with a POST; the same call again within 24 hours
gets the same answer, with `Idempotency-Replayed: true`.

**Not overwriting others.** Send the `ETag` that you read as `If-Match`; 412 says that somebody
was faster.

**Lists** go on with `next_cursor`. **Rate**: 429 says in `Retry-After` for how many seconds to
wait. **Times** are ISO 8601 with a zone.
"""
SETTINGS: dict[str, Any] = {
    "TITLE": "Service desk",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SORT_OPERATIONS": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": ["servicedesk.api.schema.finish"],
    "SECURITY": [{"token": []}],
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes who asks."""

    target_class = "servicedesk.lib.rest.RequestAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A bearer token."""
        del auto_schema
        return {"type": "http", "scheme": "bearer", "description": "A token, `sd_…`"}


class InputExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """What is sent has no fields beside those of the schema."""

    target_class = "servicedesk.api.fields.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> Any:
        """The generator's own mapping, closed."""
        found = auto_schema._map_serializer(  # type: ignore[no-untyped-call]  # noqa: SLF001
            self.target, direction, bypass_extensions=True
        )
        return found | {"additionalProperties": False}


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField(help_text="`urn:servicedesk:<code>`")
    title = serializers.CharField(help_text="What kind of refusal, in words.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(required=False, help_text="What to do about it.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Field or parameter → sentences.",
    )
    problems = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Of a broken service standard: line, key and reason of each fault.",
    )


_EXAMPLE = OpenApiExample(
    "A refusal",
    value={
        "type": "urn:servicedesk:invalid",
        "title": "The request is not well-formed",
        "status": 400,
        "code": "invalid",
        "detail": "Some fields need another look.",
        "errors": {"title": ["This field is required."]},
    },
    media_type=PROBLEM,
    response_only=True,
)
WHY = {
    400: "A field or parameter is wrong, or the body is not what it says it is.",
    401: "No token, or none that is good.",
    403: "You may see it, but not do this to it.",
    404: "It does not exist, or not for you.",
    409: "It has moved on meanwhile, or its state does not allow this.",
    412: "`If-Match` names another version than the current one.",
    413: "Too many bytes.",
    415: "Another kind of content than the one described.",
    422: "A rule of the service desk is not kept; `code` says which.",
    429: "Too many calls in this minute; see `Retry-After`.",
}
READING = (400, 401, 403, 404, 429)
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429)

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    OpenApiParameter.HEADER,
    description="Any words of yours; the same call under the same key happens once.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The `ETag` that you have read.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The `ETag` that you know; 304 if it still holds.",
)


def _header(text: str) -> dict[str, Any]:
    return {"schema": {"type": "string"}, "description": text}


def refusals(*statuses: int) -> dict[Any, Any]:
    """The problem documents that an operation may answer with."""
    return {
        (status, PROBLEM): OpenApiResponse(Problem, WHY[status], examples=[_EXAMPLE])
        for status in statuses
    }


def reads(answer: Any, *, summary: str, tag: str, **more: Any) -> Any:
    """Describe a GET."""
    extra = more.pop("parameters", [])
    tagged = more.pop("etag", False)
    answers: dict[Any, Any] = {200: answer} | refusals(*READING)
    if tagged:
        extra = [*extra, IF_NONE_MATCH]
        answers[304] = OpenApiResponse(description="You know this version.")
    return extend_schema(
        summary=summary, tags=[tag], parameters=extra, responses=answers, **more
    )


def writes(
    body: Any, answer: Any, *, summary: str, tag: str, status: int = 200, **more: Any
) -> Any:
    """Describe a POST (``key=False`` for a PATCH) that answers with ``answer``."""
    parameters = [*more.pop("parameters", [])]
    if more.pop("key", True):
        parameters.append(IDEMPOTENCY)
    statuses: tuple[int, ...] = WRITING
    if more.pop("match", False):
        parameters.append(IF_MATCH)
        statuses = (*statuses, 412)
    answers: dict[Any, Any] = {status: answer} | refusals(*statuses)
    return extend_schema(
        summary=summary,
        tags=[tag],
        request=body,
        parameters=parameters,
        responses=answers,
        **more,
    )


def finish(result: Any, **_of_generator: Any) -> Any:
    """What the generator leaves open: headers of answers, forms of parameters."""

    for methods in result["paths"].values():
        for operation in methods.values():
            for status, answer in operation.get("responses", {}).items():
                _headers(status, answer, operation)
    return result


def _headers(status: str, answer: dict[str, Any], operation: dict[str, Any]) -> None:
    names = {one["name"] for one in operation.get("parameters", [])}
    headers = {}
    if status == "201":
        headers["Location"] = _header("Where the new thing lives.")
    if status in {"200", "201", "304"} and names & {"If-Match", "If-None-Match"}:
        headers["ETag"] = _header("The version, for If-Match and If-None-Match.")
    if status in {"200", "201"} and "Idempotency-Key" in names:
        headers["Idempotency-Replayed"] = _header("`true` for a repeated answer.")
    if status == "429":
        headers["Retry-After"] = _header("Seconds.")
    if status == "401":
        headers["WWW-Authenticate"] = _header("`Bearer`")
    if headers:
        answer["headers"] = headers


@cache
def schema() -> dict[str, Any]:
    """The whole schema, generated once in each process."""
    from servicedesk.api import urls  # noqa: PLC0415 - the urls name this module's views

    with patched_settings(SETTINGS), translation.override("en"):
        generator = SchemaGenerator(patterns=urls.described)  # type: ignore[no-untyped-call]
        found: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return _plain(json.loads(json.dumps(found, default=str)))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    """Without the generator's own marks."""
    if isinstance(value, dict):
        return {n: _plain(v) for n, v in value.items() if n != "x-spec-enum-id"}
    return [_plain(one) for one in value] if isinstance(value, list) else value


@cache
def _as_text(kind: str) -> bytes:
    if kind == "yaml":
        return yaml.safe_dump(schema(), allow_unicode=True, sort_keys=False).encode()
    return json.dumps(schema(), ensure_ascii=False, indent=1).encode()


@page(Permission.SIGNED_IN)
def schema_json(request: HttpRequest) -> HttpResponse:
    """The schema as JSON."""
    del request
    return HttpResponse(
        _as_text("json"), content_type="application/vnd.oai.openapi+json"
    )


@page(Permission.SIGNED_IN)
def schema_yaml(request: HttpRequest) -> HttpResponse:
    """The schema as YAML."""
    del request
    return HttpResponse(_as_text("yaml"), content_type="application/vnd.oai.openapi")
