"""Ids of elements: unique on the page, and the same when the same part is fetched again."""

from __future__ import annotations

import zlib

from django.http import HttpRequest
from django.template import Context


def next_id(context: Context, prefix: str = "u") -> str:
    """The next id with this prefix.

    Counted per response. A part fetched by htmx carries a mark made of its address and
    target, so that it can't meet an id of the page it is put into, and its menus keep
    their ids when it is refreshed.
    """
    request = context.get("request") or getattr(context, "request", None)
    if request is None:
        holder = context.render_context.setdefault("ui_ids", {"mark": "", "next": 0})
    else:
        if not hasattr(request, "ui_ids"):
            request.ui_ids = {"mark": _mark(request), "next": 0}
        holder = request.ui_ids
    holder["next"] += 1
    return f"{prefix}-{holder['mark']}{holder['next']}"


def _mark(request: HttpRequest) -> str:
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-Boosted") == "true":
        return ""
    source = f"{request.get_full_path()} {headers.get('HX-Target', '')}"
    return f"{zlib.crc32(source.encode()):x}-"
