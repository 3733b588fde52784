"""From YAML to a plain tree that remembers lines, with nothing clever of YAML in it.

Every scalar stays the text that was written: YAML 1.1 would read 09:00 as 540 and no as
false. Aliases, anchors, tags, repeated keys and deep nesting are refused while the events
come in, before anything could be expanded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from servicedesk.lib.textfile.problems import Problems

MAX_BYTES = 64 * 1024
_MAX_DEPTH = 10
_KEY_SHOWN = 60


@dataclass(slots=True)
class Leaf:
    """A single value, as it was written. ``plain`` if it was without quotation marks.

    One that is ``refused`` was told as a fault already and has no value.
    """

    line: int
    path: str
    text: str
    plain: bool = True
    refused: bool = False

    @property
    def missing(self) -> bool:
        """Whether nothing was written, or what YAML calls nothing."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(slots=True)
class Items:
    """A list."""

    line: int
    path: str
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """Keys with values, in the order of the file."""

    line: int
    path: str
    entries: dict[str, Node] = field(default_factory=dict)


Node = Leaf | Items | Table


def parse(text: str, problems: Problems) -> Node | None:
    """The tree of a file; None where it can't be read, with the reason in ``problems``."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        problems.add("", "too_large", limit=MAX_BYTES // 1024)
        return None
    builder = _Builder(problems)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except _StopError:
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problems.add_at(line, "", "not_printable")
        return None
    except yaml.MarkedYAMLError as error:
        _syntax(error, problems)
        return None
    if builder.root is None:
        problems.add("", "empty_file")
    return builder.root


class _StopError(Exception):
    """The rest of the file is not looked at."""


@dataclass(slots=True)
class _Open:
    """A table or list whose end has not come yet, and the key whose value comes next."""

    node: Table | Items
    key: str | None = None
    key_line: int = 0
    keep: bool = True


class _Builder:
    """Puts the tree together from YAML's events, without recursion."""

    def __init__(self, problems: Problems) -> None:
        self.root: Node | None = None
        self._problems = problems
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """One event of the parser."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(event, "many_documents")
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.NodeEvent):
            self._begin(event)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._awaits_key():
            self._stop(event, "complex_key")
        self._problems.add_at(_line(event), self._path(), "alias")
        self._place(Leaf(_line(event), self._path(), "", refused=True))

    def _begin(self, event: yaml.NodeEvent) -> None:
        line = _line(event)
        if event.anchor is not None:
            self._problems.add_at(line, self._path(), "anchor")
        if getattr(event, "tag", None) is not None:
            self._problems.add_at(line, self._path(), "tag")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
            return
        if len(self._open) >= _MAX_DEPTH:
            self._stop(event, "too_deep")
        if self._awaits_key():
            self._stop(event, "complex_key")
        sort = Table if isinstance(event, yaml.MappingStartEvent) else Items
        node = sort(self._line_of(line), self._path())
        self._place(node)
        self._open.append(_Open(node))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self._awaits_key():
            self._key(event.value, line)
            return
        plain = event.style is None
        self._place(Leaf(self._line_of(line), self._path(), event.value, plain))

    def _key(self, key: str, line: int) -> None:
        here = self._open[-1]
        here.key, here.key_line, here.keep = key, line, True
        table = here.node
        if isinstance(table, Table) and key in table.entries:
            first = table.entries[key].line
            here.keep = False
            self._problems.add_at(
                line, self._path(), "duplicate_key", key=key[:_KEY_SHOWN], first=first
            )

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        here = self._open[-1]
        if isinstance(here.node, Items):
            here.node.items.append(node)
        elif here.key is not None:
            if here.keep:
                here.node.entries[here.key] = node
            here.key = None
        if node.path not in self._problems.lines:
            self._problems.lines[node.path] = node.line

    def _awaits_key(self) -> bool:
        if not self._open:
            return False
        return isinstance(self._open[-1].node, Table) and self._open[-1].key is None

    def _line_of(self, line: int) -> int:
        """A value is where its key is, even if it begins further down."""
        if self._open and isinstance(self._open[-1].node, Table):
            return self._open[-1].key_line
        return line

    def _path(self) -> str:
        """The path of the node that comes next."""
        if not self._open:
            return ""
        here = self._open[-1]
        if isinstance(here.node, Items):
            return f"{here.node.path}[{len(here.node.items) + 1}]"
        key = (here.key or "")[:_KEY_SHOWN]
        return f"{here.node.path}.{key}" if here.node.path else key

    def _stop(self, event: yaml.Event, code: str) -> NoReturn:
        path = self._open[-1].node.path if self._open else ""
        self._problems.add_at(_line(event), path, code)
        raise _StopError


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _syntax(error: yaml.MarkedYAMLError, problems: Problems) -> None:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    detail = error.problem or error.context or "?"
    if "'\\t'" in detail:
        problems.add_at(line, "", "tab")
    elif "could not find expected ':'" in detail or "quoted scalar" in (
        error.context or ""
    ):
        problems.add_at(line, "", "colon")
    elif "mapping values are not allowed" in detail:
        problems.add_at(line, "", "stray_colon")
    else:
        problems.add_at(line, "", "syntax", detail=detail)
