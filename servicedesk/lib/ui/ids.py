"""Ids of elements: unique on the page, and the same when the same part is fetched again."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template import Context


@dataclass(slots=True)
class Counter:
    """The ids given in one response."""

    mark: str = ""
    given: int = 0


def next_id(context: Context, prefix: str = "u") -> str:
    """The next id with this prefix.

    Counted per response. A part fetched by htmx carries a mark made of its address and
    target, so that it can't meet an id of the page it is put into, and its menus keep
    their ids when it is refreshed.
    """
    counter = _counter(context)
    counter.given += 1
    return f"{prefix}-{counter.mark}{counter.given}"


def _counter(context: Context) -> Counter:
    request: Any = context.get("request") or getattr(context, "request", None)
    if request is None:  # a template rendered by itself: a mail, a test
        holder: Any = context.render_context
        return holder.setdefault("ui_ids", Counter())  # type: ignore[no-any-return]
    if not hasattr(request, "ui_ids"):
        request.ui_ids = Counter(_mark(request))
    return request.ui_ids  # type: ignore[no-any-return]


def _mark(request: HttpRequest) -> str:
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-Boosted") == "true":
        return ""
    source = f"{request.get_full_path()} {headers.get('HX-Target', '')}"
    return f"{zlib.crc32(source.encode()):x}-"
