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
    ``g`` on the keyboard.
    ``under`` is a second URL name: pages below its address light this entry too.
    """

    url_name: str
    label: Any
    icon: str
    permission: str = ""
    phone: bool = False
    key: str = ""
    under: str = ""


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
        (section.label, [(item, url, _fit(item, url, path)) for item, url in allowed])
        for section in sections
        if (allowed := list(_open(section.items, can)))
    ]
    best = max((fit for _, entries in shown for _, _, fit in entries), default=0)
    return [
        (label, [NavLink(item, url, 0 < fit == best) for item, url, fit in entries])
        for label, entries in shown
    ]


def _open(
    items: Iterable[NavItem], can: Callable[[str], bool]
) -> Iterator[tuple[NavItem, str]]:
    for item in items:
        url = safe_reverse(item.url_name)
        if url and (not item.permission or can(item.permission)):
            yield item, url


def _fit(item: NavItem, url: str, path: str) -> int:
    """How much of a page's address is an entry's; 0 where it lies elsewhere."""
    own = (url, safe_reverse(item.under))
    return max((len(one) for one in own if one and _within(path, one)), default=0)


def _within(path: str, url: str) -> bool:
    """Whether a page lies under an entry; "/" is under itself only."""
    return path == url or (url != "/" and path.startswith(url))
