"""A POST with an ``Idempotency-Key`` happens once, however often it is sent.

The key is a row, inserted first thing in the transaction of the call: a second call with the
same key waits at the unique index until the first has committed (then it gets the stored
answer) or failed (then it is the first). A refused call rolls its row back with everything
else, so that it can be mended and sent again under the same key.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from people.actors import Actor
from people.models import IdempotencyKey
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.failpoints import hit

#: For how long an answer is kept.
KEPT = timedelta(hours=24)
LONGEST = 200
_KEY = re.compile(r"[!-~]{1,200}")
#: What of an answer's headers is repeated with it.
HEADERS = ("Location", "ETag")

_INSERT = """
INSERT INTO people_idempotencykey AS kept
    (tenant_id, membership_id, token_id, route, key, fingerprint, headers, created_at)
VALUES (%s, %s, %s, %s, %s, %s, '{}', %s)
ON CONFLICT (tenant_id, membership_id, token_id, route, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = NULL
    WHERE kept.created_at < %s
RETURNING id
"""


class KeyReused(ServiceError):
    """The key came with another body before."""

    def __init__(self) -> None:
        words = _("This Idempotency-Key was used for something else before.")
        super().__init__("idempotency_key_reused", words)


class Replayed(Exception):
    """The call has been answered before; ``response`` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


def begin(request: Request, *, actor: Actor, now: datetime) -> int | None:
    """Claim the key of a POST; None without one.

    Raises Replayed with the stored answer, KeyReused when the body is another one.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise exceptions.ValidationError(
            {
                "Idempotency-Key": [
                    _("Send 1 to 200 printable ASCII characters without spaces.")
                ]
            }
        )
    route = request._request.path_info[:LONGEST]
    mark = fingerprint(request)
    mine = [actor.tenant_id, actor.membership_id, actor.token_id, route, key]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*mine, mark, now, now - KEPT])
        row = cursor.fetchone()
    if row is not None:
        hit("api.claimed")
        return int(row[0])
    kept = IdempotencyKey.objects.get(
        membership_id=actor.membership_id,  # type: ignore[misc]
        token_id=actor.token_id,
        route=route,
        key=key,
    )
    if kept.fingerprint != mark:
        raise KeyReused
    raise Replayed(_answer(kept))


def _answer(kept: IdempotencyKey) -> Response:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, status=kept.status, headers=headers)


def keep(claimed: int, response: Response) -> None:
    """Store what was answered under a claimed key."""
    body = JSONRenderer().render(response.data) if response.data is not None else b""
    IdempotencyKey.objects.filter(pk=claimed).update(
        status=response.status_code,
        headers={name: response[name] for name in HEADERS if name in response},
        body=json.loads(body) if body else None,
    )
    hit("api.kept")


def fingerprint(request: Request) -> str:
    """What a call says, whatever the order of its fields or the boundary of its parts."""
    data = request.data
    if hasattr(data, "lists"):
        said: Any = {name: [_said(one) for one in many] for name, many in data.lists()}
    else:
        said = data
    query = request._request.META.get("QUERY_STRING", "")
    text = json.dumps([query, said], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return {"name": value.name, "sha256": digest.hexdigest()}
