"""A stored message in words, for the page and for every channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from notifications.kinds import Kind, Words, kind_of
from notifications.kinds.links import page
from notifications.readable import readable

MAX_ITEMS = 50


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in the active language and time zone; ``path`` is of the tenant's site."""

    title: str
    lines: Sequence[str]
    items: Sequence[str]
    path: str
    action: str
    icon: str
    tone: str
    urgent: bool


def render(kind_key: str, params: Mapping[str, Any]) -> Rendered:
    """Fill the words of a kind. A kind whose app is gone shows as itself, not as an error."""
    try:
        kind = kind_of(kind_key)
    except LookupError:
        return _unknown(kind_key)
    values = readable(params)
    return Rendered(
        title=_fill(kind.title, values) or str(kind.label),
        lines=[line for line in (_fill(words, values) for words in kind.body) if line],
        items=list(_items(kind, params)),
        path=kind.link(params) if kind.link else page("notifications:inbox"),
        action=str(kind.action),
        icon=kind.icon,
        tone=kind.tone,
        urgent=kind.urgent,
    )


def _items(kind: Kind, params: Mapping[str, Any]) -> Iterable[str]:
    rows = params.get("items")
    if not kind.item or not isinstance(rows, list):
        return
    for row in rows[:MAX_ITEMS]:
        if isinstance(row, Mapping) and (line := _fill(kind.item, readable(row))):
            yield line


class _Gaps(dict[str, str]):
    """Notices that a place of the template stays empty."""

    empty = False

    def __missing__(self, key: str) -> str:
        self.empty = True
        return ""

    def __getitem__(self, key: str) -> str:
        value = super().__getitem__(key)
        if not value:
            self.empty = True
        return value


def _fill(words: Words, values: Mapping[str, str]) -> str:
    """The template with its places filled; "" where one of them stays empty.

    Only the template is ours to interpret: what people wrote goes in as a value.
    """
    gaps = _Gaps(values)
    text = str(words) % gaps
    return "" if gaps.empty else text


def _unknown(key: str) -> Rendered:
    return Rendered(
        title=key,
        lines=(),
        items=(),
        path=page("notifications:inbox"),
        action="",
        icon="bell",
        tone="info",
        urgent=False,
    )


def render_row(message: Model) -> Rendered:
    """The words of a stored ``Message``."""
    return render(message.kind, message.params)  # type: ignore[attr-defined]
