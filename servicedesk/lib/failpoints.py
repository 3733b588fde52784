"""Named points at which a fault test kills the process, as ``kill -9`` would.

``FAILPOINT=deliver.after_send`` in the environment kills at the first passage of that point,
``FAILPOINT=deliver.after_send:3`` at the third. A process that already runs is armed by
writing the same words into the file named by ``FAILPOINT_FILE``; of several processes one
takes the file away and dies, so that whoever is started in its place lives. Outside
ENVIRONMENT=test a point does nothing.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

from django.conf import settings

_passed: Counter[str] = Counter()


def hit(name: str) -> None:
    """Pass the point ``name``: return, or never return where a test armed it."""
    if settings.ENVIRONMENT != "test":
        return
    _passed[name] += 1
    if _matches(os.environ.get("FAILPOINT", ""), name) or _taken(name):
        os.kill(os.getpid(), signal.SIGKILL)


def forget() -> None:
    """Count from nothing again (between tests)."""
    _passed.clear()


def _matches(armed: str, name: str) -> bool:
    point, _, count = armed.strip().partition(":")
    return point == name and _passed[name] == int(count or 1)


def _taken(name: str) -> bool:
    path = os.environ.get("FAILPOINT_FILE")
    if not path:
        return False
    file = Path(path)
    try:
        armed = file.read_text()
        point, _, count = armed.strip().partition(":")
        if point != name or _passed[name] < int(count or 1):
            return False
        # One process wins: renaming a file that another has renamed fails.
        file.rename(file.with_name(f"{file.name}.hit.{os.getpid()}"))
    except OSError:
        return False
    return True
