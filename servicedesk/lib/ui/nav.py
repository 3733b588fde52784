"""The navigation as data: what there is to open, who may see it, and which one is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation.

    ``permission`` empty means everyone who is signed in. ``phone`` puts it in the bar at the
    bottom of a phone (at most four are shown there). ``key`` is the letter that follows
    ``g`` on the keyboard. ``topic`` names a pulse topic whose number is shown as a badge.
    """

    url_name: str
    label: Any
    icon: str
    permission: str = ""
    phone: bool = False
    key: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class NavSection:
    """Entries under one heading; an empty label has no heading."""

    label: Any
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class NavLink:
    """A NavItem that this person may open, with its address."""

    item: NavItem
    url: str
    active: bool


def safe_reverse(name: str) -> str:
    """The address of a URL name without arguments, or "" where there is none."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""


def links(
    sections: Iterable[NavSection], *, path: str, can: Callable[[str], bool]
) -> list[tuple[Any, list[NavLink]]]:
    """The sections with the entries that ``can`` allows; the longest match is active."""
    shown = [
        (section.label, [(item, url) for item, url in _open(section.items, can)])
        for section in sections
    ]
    urls = [url for _, entries in shown for _, url in entries if _within(path, url)]
    best = max(urls, key=len, default="")
    return [
        (label, [NavLink(item, url, url == best) for item, url in entries])
        for label, entries in shown
        if entries
    ]


def _open(
    items: Iterable[NavItem], can: Callable[[str], bool]
) -> Iterator[tuple[NavItem, str]]:
    for item in items:
        url = safe_reverse(item.url_name)
        if url and (not item.permission or can(item.permission)):
            yield item, url


def _within(path: str, url: str) -> bool:
    """Whether a page lies under an entry; "/" is under itself only."""
    return path == url or (url != "/" and path.startswith(url))
