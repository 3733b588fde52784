"""The interface for programs, described for people in their language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from people.roles import Permission
from servicedesk.api.schema import schema
from servicedesk.lib.pages import page


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation: method, path, what it does, and where the console shows it."""

    method: str
    path: str
    summary: str
    anchor: str

    @property
    def words(self) -> str:
        """What it does, in the reader's language."""
        return gettext(self.summary)


@dataclass(frozen=True, slots=True)
class Group:
    """The endpoints of one kind of thing."""

    tag: str
    endpoints: tuple[Endpoint, ...]

    @property
    def words(self) -> str:
        """What they are about, in the reader's language."""
        return gettext(self.tag)


@cache
def groups() -> tuple[Group, ...]:
    """Every endpoint of the schema, in its order, by tag."""
    found: dict[str, list[Endpoint]] = {}
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            tag, name = operation["tags"][0], operation["operationId"]
            anchor = f"#/{quote(tag)}/{name}"
            one = Endpoint(method.upper(), path, operation["summary"], anchor)
            found.setdefault(tag, []).append(one)
    return tuple(Group(tag, tuple(ones)) for tag, ones in found.items())


@page(Permission.SIGNED_IN)
def docs(request: HttpRequest) -> HttpResponse:
    """What programs can do, at a glance."""
    return render(request, "api/reference.html", {"groups": groups()})


@page(Permission.SIGNED_IN)
def console(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its fields, to try out."""
    return render(request, "api/console.html")
