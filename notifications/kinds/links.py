"""Where a message leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse


def ticket(params: Mapping[str, Any]) -> str:
    """The page of the ticket with ``params["number"]``."""
    return page("tickets:detail", params.get("number"))


def page(name: str, *args: Any) -> str:
    """The path of a page; that of the inbox where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return "/"


def given(params: Mapping[str, Any]) -> str:
    """A path of this site that the message brings along (``params["path"]``)."""
    path = str(params.get("path") or "/")
    # Nothing but a path: "//host" and "/\host" would leave this site.
    safe = path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable()
    return path if safe else "/"
