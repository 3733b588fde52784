"""Every route of the site, as tests of access walk it: what to put in its place-holders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from servicedesk.lib.pages import is_foreign, permission_of


@dataclass(frozen=True)
class Route:
    """One address: its full name, pattern, place-holders and view."""

    name: str
    path: str
    holders: tuple[str, ...]
    view: Any

    @property
    def permission(self) -> str | None:
        return permission_of(self.view)

    @property
    def foreign(self) -> bool:
        return is_foreign(self.view)


def routes(
    resolver: URLResolver | None = None, prefix: str = "", space: str = ""
) -> Iterator[Route]:
    """All routes, depth first."""
    for entry in (resolver or get_resolver()).url_patterns:
        part = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = f"{space}{entry.name}" if entry.name else part
            yield Route(name, part, tuple(entry.pattern.converters), entry.callback)
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, part, inner)
