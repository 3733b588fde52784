"""What the local commands say: one line a step, with what failed and how to mend it."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 34


def say(text: str = "") -> None:
    """Write a line at once, also when the output is a file or a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write a line to the error output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def explain(error: Exception) -> str:
    """What went wrong, with what to do about the two mishaps of any machine."""
    if isinstance(error, PermissionError):
        return (
            f"{error}\nWas it started as another user before? That user owns the files."
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"{error}\nThe disk is full."
    return str(error)


class Note:
    """What a step wants to add to its line."""

    def __init__(self) -> None:
        self.text = "done"


@contextmanager
def step(title: str) -> Iterator[Note]:
    """Announce a step and say how it ended and how long it took."""
    note = Note()
    began = time.monotonic()
    sys.stdout.write(f"  {title} ".ljust(WIDTH, ".") + " ")
    sys.stdout.flush()
    try:
        yield note
    except BaseException:
        say("failed" if _failing() else "stopped")
        raise
    say(f"{note.text} ({time.monotonic() - began:.1f} s)")


def _failing() -> bool:
    return isinstance(sys.exc_info()[1], Exception)
