"""What is signed, and what a signature is worth: pure functions.

A sheet's text is JSON in canonical form (RFC 8785, of which we allow the part without
fractions): UTF-8, keys in the order of their UTF-16 units, no white space. A phone without
network makes the same bytes (``static/js/canonical.js``), so the SHA-256 that a signer's
phone has computed is the one that the server expects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

#: Beyond these a number is not the same in every program that reads JSON.
INTEGER_MOST: Final = 2**53 - 1
DEPTH_MOST: Final = 32
BYTES_MOST: Final = 512 * 1024


class NotCanonical(ValueError):
    """The content has no canonical form; ``path`` says where, such as ``$.photos[2]``."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


def canonical(content: Any) -> bytes:
    """The one text of a content, as bytes.

    Content is made of text, whole numbers, true, false, null, lists, and objects with text
    as keys. Raises NotCanonical for anything else: fractions, numbers that some programs
    round, half a character, more than 32 levels or 512 KiB.
    """
    plain = _plain(content, "$", 1)
    text = json.dumps(
        plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()
    if len(text) > BYTES_MOST:
        raise NotCanonical("$", f"more than {BYTES_MOST} bytes")
    return text


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes, in 64 small hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read(text: str) -> Any:
    """The content of a canonical text."""
    return json.loads(text)


def _plain(value: Any, path: str, depth: int) -> Any:
    if depth > DEPTH_MOST:
        raise NotCanonical(path, f"more than {DEPTH_MOST} levels")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        return _integer(value, path)
    if isinstance(value, Mapping):
        return _object(value, path, depth)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [
            _plain(item, f"{path}[{place}]", depth + 1)
            for place, item in enumerate(value)
        ]
    raise NotCanonical(path, f"{type(value).__name__} is not allowed")


def _text(value: str, path: str) -> str:
    plain = str.__str__(value)
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(path, "half a character") from error
    return plain


def _integer(value: int, path: str) -> int:
    if abs(value) > INTEGER_MOST:
        raise NotCanonical(path, "too large a number")
    return int(value)


def _object(value: Mapping[Any, Any], path: str, depth: int) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(path, "a key is not text")
        _text(key, f"{path}.{key!a}")
    ordered = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return {
        str.__str__(key): _plain(value[key], f"{path}.{key}", depth + 1)
        for key in ordered
    }


class How(StrEnum):
    """How somebody answered the question to sign."""

    DRAWN = "drawn"
    PAPER = "paper"
    REFUSED = "refused"


class State(StrEnum):
    """What has become of a subject's signature."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    OUTDATED = "outdated"  # what was signed has changed since
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer of a signer: on which text, and how."""

    sha256: str
    how: str


def state_of(newest: str | None, marks: Sequence[Mark]) -> State:
    """Where a subject stands: ``newest`` is the hash of its newest sheet, marks in order.

    The last answer on exactly the newest text counts. A refusal of an earlier text says
    nothing of the newest; a signature on an earlier one is outdated.
    """
    on_newest = [mark for mark in marks if mark.sha256 == newest]
    if on_newest:
        return State.REFUSED if on_newest[-1].how == How.REFUSED else State.SIGNED
    if any(mark.how != How.REFUSED for mark in marks):
        return State.OUTDATED
    return State.UNSIGNED


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was signed: degrees, and metres of doubt as the phone gave them."""

    latitude: float
    longitude: float
    accuracy: int | None = None

    @property
    def possible(self) -> bool:
        """Whether there is such a place on Earth."""
        return (
            -90 <= self.latitude <= 90
            and -180 <= self.longitude <= 180
            and (self.accuracy is None or 0 <= self.accuracy <= 1_000_000)
        )
