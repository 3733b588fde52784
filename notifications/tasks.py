"""Beat and the outbox say "look now"; this looks."""

from __future__ import annotations

import os
import socket
import time

from celery import shared_task

from notifications.services.delivery import deliver_once
from notifications.services.outbox import DELIVER
from servicedesk.lib.now import database_now
from servicedesk.lib.wake import awake

LONGEST = 20.0  # seconds; the next tick goes on


@shared_task(name=DELIVER)
def deliver() -> int:
    """Send all that is due, step by step, until there is no more work (bounded by time)."""
    awake(DELIVER)
    began = time.monotonic()
    worker = f"{socket.gethostname()}:{os.getpid()}"
    total = 0
    while time.monotonic() - began < LONGEST:
        count = deliver_once(now=database_now(), worker=worker)
        total += count
        if not count:
            break
    return total
