"""The pictures of a paper: known by their hash, read only when they are printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from documents.rules import sha256
from servicedesk.lib.pictures import as_jpeg
from servicedesk.lib.vault import read_kept

#: Pillow's names of what a photo may be, and the box in pixels that it is printed from:
#: 200 to the inch at half the width of a page.
PHOTO_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
PHOTO_BOX: Final = (720, 720)


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture: the hash of what it is made from, its media type, and how to get it.

    ``read`` raises OSError or BadPicture where the file is gone or spoiled; the paper then
    shows the words that stand in its place.
    """

    sha256: str
    media_type: str
    read: Callable[[], bytes]


def asset(data: bytes, media_type: str) -> Asset:
    """A picture whose bytes are at hand."""
    return Asset(sha256(data), media_type, lambda: data)


def kept(stored: str, *, sha256: str, media_type: str) -> Asset:
    """A kept file as it is, such as a drawn signature."""
    return Asset(sha256, media_type, lambda: read_kept(stored))


def photo(stored: str, *, sha256: str) -> Asset:
    """A kept photo, made as small as it is printed, without what the camera noted."""

    def read() -> bytes:
        return as_jpeg(read_kept(stored), formats=PHOTO_FORMATS, box=PHOTO_BOX)

    return Asset(sha256, "image/jpeg", read)
