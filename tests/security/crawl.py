"""The hostile site, walked once by each person; many tests look at what was answered.

Walking costs seconds, so what was seen is kept for the process: tests that use it carry
``xdist_group("crawl")``.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client, override_settings

from tests.security.hostile import fill
from tests.security.site import Site, body_of, rooms
from tests.world import House

#: Tables that looking may change: when a session was last seen, and what Django keeps in it.
LOOKING = {"people_session"}
#: What is written because somebody asked for what is not theirs is no change of theirs.
BUT = {"activity_entry": "WHERE verb <> 'access.refused'"}


@dataclass(frozen=True)
class Seen:
    """One answer."""

    name: str
    url: str
    response: Any
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    @property
    def is_html(self) -> bool:
        """Whether a browser shows it as a page, or as a part of one."""
        return str(self.response.get("Content-Type", "")).startswith("text/html")


@dataclass(frozen=True)
class Walk:
    """All that one person was answered, and which tables were changed by their looking."""

    seen: list[Seen]
    changed: set[str]
    asked: dict[
        str, set[str]
    ]  # the parameters that each page looked for in its address


_walks: dict[str, Walk] = {}


def walk(house: House, sign_in: Callable[[House, str], Client], role: str) -> Walk:
    """Open everything that a person may open, pages and REST."""
    if role not in _walks:
        with _for_a_while():
            site = Site(house, sign_in, fill(house))
            browser = site.browser(role)
            origin = {"origin": "https://evil.example"}
            before = tables()
            seen, asked = [], {}
            for page in site.pages(role):
                with _spy() as names:
                    answer = browser.get(page.url, headers=origin)
                seen.append(_seen(page.name, page.url, answer))
                asked[page.url] = names
            seen += [
                _seen("api", url, browser.get(url, headers=origin))
                for url in rooms(house.ticket.number)
            ]
            after = tables()
        changed = {name for name in before if before[name] != after[name]} - LOOKING
        _walks[role] = Walk(seen, changed, asked)
    return _walks[role]


@contextmanager
def _for_a_while() -> Iterator[None]:
    """Everything that is made inside is gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as media,
        override_settings(MEDIA_ROOT=media),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)


@contextmanager
def _spy() -> Iterator[set[str]]:
    """The names that are looked for in query strings and forms."""
    names: set[str] = set()

    def noting(read: Any) -> Any:
        def noted(self: Any, key: Any, *more: Any, **kwargs: Any) -> Any:
            names.add(str(key))
            return read(self, key, *more, **kwargs)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for method in ("__getitem__", "get", "getlist"):
            patch.setattr(QueryDict, method, noting(getattr(QueryDict, method)))
        yield names


def _seen(name: str, url: str, response: Any) -> Seen:
    return Seen(name, url, response, body_of(response))


def tables() -> dict[str, str]:
    """A digest of every table, as far as the open tenant sees it."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in cursor.fetchall():
            cursor.execute(
                "SELECT coalesce(string_agg(t::text, '|' ORDER BY t::text), '')"
                f" FROM {name} t {BUT.get(name, '')}"
            )
            text = cursor.fetchone()[0]
            found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found
