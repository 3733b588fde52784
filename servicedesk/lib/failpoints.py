"""Named points at which a fault test kills processes, as ``kill -9`` would.

``FAILPOINT=deliver.after_send`` in the environment kills at the first passage of that point,
``FAILPOINT=deliver.after_send:3`` at the third. A process that already runs is armed by
writing the same words into the file named by ``FAILPOINT_FILE``; of several processes one
takes the file away and dies, so that whoever is started in its place lives. In
``deliver.after_send@812,-900`` other processes die at that point: 812, and the whole group 900.
Outside ENVIRONMENT=test a point does nothing.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings

_passed: Counter[str] = Counter()


def hit(name: str) -> None:
    """Pass the point ``name``: return, or never return where a test armed it."""
    if settings.ENVIRONMENT != "test":
        return
    _passed[name] += 1
    armed = os.environ.get("FAILPOINT", "")
    if _matches(armed, name):
        _kill(armed)
    if armed := _taken(name):
        _kill(armed)


def forget() -> None:
    """Count from nothing again (between tests)."""
    _passed.clear()


def _kill(armed: str) -> None:
    """Kill this process, or those that are named instead."""
    victims = armed.partition("@")[2]
    for victim in [int(one) for one in victims.split(",") if one] or [os.getpid()]:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


def _matches(armed: str, name: str) -> bool:
    point, _, count = armed.strip().partition("@")[0].partition(":")
    return point == name and _passed[name] == int(count or 1)


def _taken(name: str) -> str:
    """What the file says, where it arms this passage and no other process was faster."""
    path = os.environ.get("FAILPOINT_FILE")
    if not path:
        return ""
    file = Path(path)
    try:
        armed = file.read_text().strip()
        point, _, count = armed.partition("@")[0].partition(":")
        if point != name or _passed[name] < int(count or 1):
            return ""
        # One process wins: renaming a file that another has renamed fails.
        file.rename(file.with_name(f"{file.name}.hit.{os.getpid()}"))
    except OSError:
        return ""
    return armed
