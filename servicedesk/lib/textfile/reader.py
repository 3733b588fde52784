"""Reading one table of a file: typed values, and a note of every fault.

A value that can't be read is None and its fault is noted; reading goes on, so that a person
who mends a file sees everything that is wrong with it at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from enum import Enum, IntEnum
from typing import TypeVar

from servicedesk.lib.bilingual import Text
from servicedesk.lib.textfile.notation import NotationError, Span, read_duration
from servicedesk.lib.textfile.problems import Problems
from servicedesk.lib.textfile.tree import Items, Leaf, Node, Table

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
#: Control characters, halves of surrogates, and separators that only look like line ends.
_UNSHOWABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}


class Section:
    """One table: its keys are taken one by one, and what is left over is unknown."""

    def __init__(self, table: Table, problems: Problems) -> None:
        self.path = table.path
        self.problems = problems
        self._entries = table.entries
        self._known: list[str] = []

    def at(self, key: str) -> str:
        """The path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the key is there, with or without a value. It is a known one then."""
        self._know(key)
        return key in self._entries

    def node(self, key: str, *, required: bool = True) -> Node | None:
        """The value under a key, with a note where it is required and absent."""
        self._know(key)
        node = self._entries.get(key)
        if node is None:
            if required:
                self.problems.add(self.path, "missing_key", key=key)
            return None
        return None if _is_nothing(node, self.problems) else node

    def leaf(self, key: str, *, required: bool = True) -> str | None:
        """The text under a key."""
        node = self.node(key, required=required)
        return None if node is None else text_of(node, self.problems)

    def value(
        self, key: str, read: Callable[[str], T], *, required: bool = True
    ) -> T | None:
        """The text under a key, read by a function that raises NotationError."""
        text = self.leaf(key, required=required)
        if text is None:
            return None
        return attempt(text, read, path=self.at(key), problems=self.problems)

    def duration(self, key: str, *, required: bool = True) -> Span | None:
        """A duration."""
        return self.value(key, read_duration, required=required)

    def choice(self, key: str, kind: type[E], *, required: bool = True) -> E | None:
        """One of the words of an enumeration."""
        text = self.leaf(key, required=required)
        return None if text is None else self._choose(self.at(key), text, kind)

    def choices(self, key: str, kind: type[E]) -> list[E] | None:
        """A list of words of an enumeration, each at most once."""
        node = self.node(key)
        if node is None:
            return None
        chosen: list[E] = []
        for item in items_of(node, self.problems):
            text = text_of(item, self.problems)
            choice = None if text is None else self._choose(item.path, text, kind)
            if choice in chosen:
                self.problems.add(item.path, "listed_twice", value=text)
            elif choice is not None:
                chosen.append(choice)
        return chosen

    def flag(self, key: str) -> bool:
        """true or false; false where it is absent."""
        text = self.leaf(key, required=False)
        if text is not None and text.lower() not in _TRUE | _FALSE:
            self.problems.add(self.at(key), "bad_boolean", value=text[:40])
        return text is not None and text.lower() in _TRUE

    def line(self, key: str, *, limit: int, required: bool = True) -> str | None:
        """A text to show, on one line."""
        text = self.leaf(key, required=required)
        return None if text is None else self._shown(self.at(key), text, limit=limit)

    def both(self, key: str, *, limit: int, lines: bool = False) -> Text | None:
        """The same words in both languages, under zh and en."""
        section = self.section(key)
        if section is None:
            return None
        read: dict[str, str | None] = {}
        for language in ("zh", "en"):
            text = section.leaf(language)
            path = section.at(language)
            read[language] = text and self._shown(path, text, limit=limit, lines=lines)
        section.close()
        zh, en = read["zh"], read["en"]
        return Text(zh=zh, en=en) if zh and en else None

    def section(self, key: str, *, required: bool = True) -> Section | None:
        """A table below."""
        node = self.node(key, required=required)
        if node is None:
            return None
        if not isinstance(node, Table):
            self.problems.add(node.path, "not_a_table")
            return None
        return Section(node, self.problems)

    def named(self, key: str, *, required: bool = True) -> dict[str, Section]:
        """A table of tables under keys that the writer chose; at least one."""
        outer = self.section(key, required=required)
        if outer is None:
            return {}
        return dict(outer.sections())

    def sections(self) -> Iterator[tuple[str, Section]]:
        """All entries of this table as tables under keys that the writer chose."""
        if not self._entries:
            self.problems.add(self.path, "empty")
        for key in self._entries:
            if not KEY.fullmatch(key):
                self.problems.add(self.at(key[:60]), "bad_key", value=key[:60])
            section = self.section(key)
            if section is not None:
                yield key, section

    def entries(self) -> Iterator[tuple[str, Node]]:
        """All entries of this table, whatever their keys."""
        for key in self._entries:
            node = self.node(key)
            if node is not None:
                yield key, node

    def close(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self._entries:
            if key in self._known:
                continue
            path = self.at(key[:60])
            near = get_close_matches(key, self._known, n=1, cutoff=0.75)
            if near:
                self.problems.add(path, "did_you_mean", guess=near[0])
            else:
                self.problems.add(path, "unknown_key", known=", ".join(self._known))

    def _know(self, key: str) -> None:
        if key not in self._known:
            self._known.append(key)

    def _choose(self, path: str, text: str, kind: type[E]) -> E | None:
        known = words_of(kind)
        if text not in known:
            self.problems.add(
                path, "bad_choice", value=text[:40], known=", ".join(known)
            )
        return known.get(text)

    def _shown(
        self, path: str, text: str, *, limit: int, lines: bool = False
    ) -> str | None:
        text = text.strip()
        kept = text.replace("\n", " ") if lines else text
        if any(unicodedata.category(character) in _UNSHOWABLE for character in kept):
            self.problems.add(path, "bad_character")
        elif not text:
            self.problems.add(path, "no_value")
        elif len(text) > limit:
            self.problems.add(path, "too_long_text", limit=limit, length=len(text))
        else:
            return text
        return None


def attempt(
    text: str, read: Callable[[str], T], *, path: str, problems: Problems
) -> T | None:
    """A text read by a function that raises NotationError; its reason is noted."""
    try:
        return read(text)
    except NotationError as error:
        problems.add(path, error.code, **error.params)
        return None


def words_of(kind: type[E]) -> dict[str, E]:
    """How the members of an enumeration are written in a file."""
    if issubclass(kind, IntEnum):
        return {member.name.lower(): member for member in kind}
    return {str(member.value): member for member in kind}


def text_of(node: Node, problems: Problems) -> str | None:
    """The text of a leaf, with a note where it is none."""
    if not isinstance(node, Leaf):
        problems.add(node.path, "not_a_text")
        return None
    return None if _is_nothing(node, problems) else node.text


def _is_nothing(node: Node, problems: Problems) -> bool:
    """Whether there is no value, with a note unless that was told already."""
    if not isinstance(node, Leaf):
        return False
    if node.missing and not node.refused:
        problems.add(node.path, "no_value")
    return node.missing or node.refused


def items_of(node: Node, problems: Problems) -> list[Node]:
    """The items of a list, with a note where it is none."""
    if isinstance(node, Items):
        return node.items
    problems.add(node.path, "not_a_list")
    return []
