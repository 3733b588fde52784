"""What people can be told: each kind with its words, in the reader's language.

A kind is data. Its title and sentences are gettext templates with named places that
``params`` fills (see ``notifications.readable`` for how values become words); a sentence
with an empty place is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

#: A translatable template.
Words = Any

EVERYONE, STAFF, CLIENTS, ADMINISTRATORS = (
    "everyone",
    "staff",
    "clients",
    "administrators",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message.

    ``title`` is a line, ``body`` sentences, ``item`` the line of each of ``params["items"]``.
    ``label`` names the kind on the settings page, for the ``audience`` that can get it.
    ``urgent`` goes to the top of a digest. What is not ``muteable`` always goes by e-mail.
    """

    key: str
    label: Words
    title: Words
    body: tuple[Words, ...] = ()
    item: Words = ""
    link: Callable[[Mapping[str, Any]], str] | None = None
    action: Words = ""
    icon: str = "bell"
    tone: str = "info"
    urgent: bool = False
    muteable: bool = True
    audience: str = STAFF


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds. Raises ValueError where a key is taken."""
    for kind in kinds:
        if kind.key in _kinds:
            message = f"The kind {kind.key} is registered twice."
            raise ValueError(message)
        _kinds[kind.key] = kind


def kind_of(key: str) -> Kind:
    """The kind with a key. Raises LookupError where nobody registered it."""
    _load()
    try:
        return _kinds[key]
    except KeyError:
        message = f"No words are registered for messages of kind {key!r}."
        raise LookupError(message) from None


def all_kinds() -> Iterator[Kind]:
    """Every kind, in the order of registration."""
    _load()
    yield from _kinds.values()


@cache
def _load() -> None:
    """Read the words of this app; higher apps register theirs when they are ready."""
    for module in ("promise", "work", "flow", "house"):
        import_module(f"notifications.kinds.{module}")
