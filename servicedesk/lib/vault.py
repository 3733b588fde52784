"""Files that are kept: under random names below MEDIA_ROOT, outside any served path.

A stored name contains nothing from a user. The row that names it is what makes a file exist;
a file that no row names is rubbish of a transaction that was rolled back.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

CHUNK = 64 * 1024


class Readable(Protocol):
    """Whatever gives its bytes piece by piece."""

    def read(self, num_bytes: int = ..., /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """What a row must remember of a file: its stored name, size in bytes and SHA-256."""

    stored: str
    size: int
    sha256: str


def keep(source: Readable | bytes, *, tenant_id: int) -> Kept:
    """Write a file under a new random name and say what became of it.

    It is on the disk when this returns: a phone drops its photo when it is told so.
    """
    readable = io.BytesIO(source) if isinstance(source, bytes) else source
    stored = f"{tenant_id}/{secrets.token_hex(2)}/{secrets.token_hex(24)}"
    path = path_of(stored)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as target:
        while chunk := readable.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    _keep_names(path)
    return Kept(stored, size, digest.hexdigest())


def _keep_names(path: Path) -> None:
    """Put the names that lead to a file on the disk; a folder may be new as well."""
    root = Path(settings.MEDIA_ROOT).resolve()
    for folder in path.parents:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == root:
            return


def path_of(stored: str) -> Path:
    """Where a file lies. Raises ValueError for a name that leads elsewhere."""
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / stored).resolve()
    if not path.is_relative_to(root):
        raise ValueError(stored)
    return path


def open_kept(stored: str) -> BinaryIO:
    """The bytes of a file whose permission has been checked. Raises OSError when it is gone."""
    return path_of(stored).open("rb")


def read_kept(stored: str) -> bytes:
    """All of a small file. Raises OSError when it is gone."""
    return path_of(stored).read_bytes()
