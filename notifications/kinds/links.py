"""Where a message leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse


def ticket(params: Mapping[str, Any]) -> str:
    """The page of the ticket with ``params["number"]``."""
    return page("tickets:detail", params.get("number"))


def my_tickets(_params: Mapping[str, Any]) -> str:
    """What is assigned to the reader, by time left."""
    return f"{page('tickets:queue')}?tab=mine"


def page(name: str, *args: Any) -> str:
    """The path of a page; that of the inbox where there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return "/"
