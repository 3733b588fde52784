"""The parts of a service report, each composed by a function of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.assets import Asset
from servicedesk.lib.ui.times import exact
from tickets.papers.source import Source


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a paper: its heading, the template that shows it, plain data, pictures.

    ``data`` is what :func:`documents.rules.canonical` allows: text ready to be read. Ids of
    ``assets`` must not collide between sections: begin them with the section's name.
    """

    title: str
    template: str
    data: Mapping[str, Any]
    assets: Mapping[str, Asset] = field(default_factory=dict)


#: Composes a section; None where the ticket has nothing of the kind.
Compose = Callable[[Source], Section | None]

_sections: dict[str, tuple[int, Compose]] = {}


def register_section(name: str, place: int, compose: Compose) -> None:
    """Add a section to the service report; sections stand in the order of ``place``.

    What stands there: request 10, promise 20, flow 25, handling 30, work 50, words 70, photos 80.
    """
    _sections[name] = (place, compose)


def compose_sections(source: Source) -> list[Section]:
    """All sections that have something to say, in their order."""
    ordered = sorted(_sections.items(), key=lambda entry: (entry[1][0], entry[0]))
    found = (compose(source) for _name, (_place, compose) in ordered)
    return [section for section in found if section is not None]


def plain(section: Section) -> dict[str, Any]:
    """A section as a part of a paper's context."""
    return {
        "title": section.title,
        "template": section.template,
        "data": dict(section.data),
    }


def facts(*pairs: tuple[Any, Any]) -> list[list[str]]:
    """Names and what they are, without those that are empty."""
    return [[str(name), str(value)] for name, value in pairs if value]


def moment(instant: datetime | None) -> str:
    """An instant in the tenant's zone; empty for none."""
    return exact(instant) if instant is not None else ""
