"""Who knows what to do when a kind of deadline fires."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol


class Handler(Protocol):
    """Settles what is due for some topics of the open tenant.

    It locks its own rows first (lock order: ticket, clock, deadline), then calls ``take``
    to learn which topics' deadlines are still ours, then recomputes, acts, and re-arms with
    :func:`deadlines.services.sync`. Everything happens in one transaction, or not at all.
    """

    def __call__(
        self, *, topic_ids: Sequence[int], take: Callable[[], set[int]], now: datetime
    ) -> None: ...


_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Name the handler of a kind; called once, when the app is ready."""
    _handlers[kind] = handler


def handler_of(kind: str) -> Handler:
    """The handler of a kind. Raises LookupError for a kind that nobody registered."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(
            f"No handler is registered for deadlines of kind {kind!r}."
        ) from None


def kinds() -> frozenset[str]:
    """Every kind that has a handler."""
    return frozenset(_handlers)
