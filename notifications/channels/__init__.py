"""Ways to people besides the inbox: one folder each, and an entry here.

A channel gets finished facts (a :class:`Letter`) and gives them to the outside world. It
knows no table: claiming, retrying and giving up are the business of
``notifications.services.delivery``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.module_loading import import_string

CHANNELS = {"email": "notifications.channels.email.channel.EmailChannel"}


class ChannelDown(Exception):
    """The channel can't be reached at all; trying the next letter would be pointless."""


class Refused(Exception):
    """The other side did not take this letter; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Note:
    """One message of a letter."""

    kind: str
    params: Mapping[str, Any]
    created_at: datetime
    topic: str = ""
    topic_id: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out at once to one person: one note, or several as a digest.

    ``uid`` identifies it for ever: every try carries the same.
    """

    uid: str
    tenant_id: int
    tenant_name: str
    site: str  # https://zhida.example.com, without a slash at the end
    name: str
    address: str
    language: str
    zone: str
    notes: Sequence[Note]


class Sender(Protocol):
    """An open channel."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over.

        Raises ChannelDown; Refused or anything else concerns this letter only.
        """


class Channel(Protocol):
    """A way to people."""

    def open(self) -> AbstractContextManager[Sender]:
        """A sender for a batch of letters. Connects when the first one is sent."""


def channel(key: str) -> Channel:
    """The channel with a key. Raises LookupError for one that does not exist."""
    try:
        path = CHANNELS[key]
    except KeyError:
        message = f"There is no channel {key!r}."
        raise LookupError(message) from None
    made: Channel = import_string(path)()
    return made
