"""Beat says "look now"; this looks."""

from __future__ import annotations

import os
import socket
import time
from datetime import timedelta

from celery import shared_task

from deadlines.services import report_sweep, sweep_once

_last_report = 0.0


@shared_task(name="deadlines.sweep")
def sweep() -> int:
    """Fire all that is due, in rounds, until there is no more work (bounded by time)."""
    global _last_report  # noqa: PLW0603 -- one sign of life a few seconds a process
    began = time.monotonic()
    total = failed = 0
    while time.monotonic() - began < 30:
        claimed, bad = sweep_once()
        total += claimed
        failed += bad
        if not claimed:
            break
    if total or time.monotonic() - _last_report > 5:
        _last_report = time.monotonic()
        report_sweep(
            worker=f"{socket.gethostname()}:{os.getpid()}"[:80],
            claimed=total,
            fired=total - failed,
            duration=timedelta(seconds=time.monotonic() - began),
        )
    return total
