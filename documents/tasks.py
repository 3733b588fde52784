"""Beat and whoever asks for a paper say "look now"; this looks."""

from __future__ import annotations

import time

from celery import shared_task

from documents.services.printing import print_once
from documents.services.requesting import PRINT
from servicedesk.lib.now import database_now
from servicedesk.lib.wake import awake

LONGEST = 30.0  # seconds; the next tick goes on


@shared_task(name=PRINT)
def print_papers() -> int:
    """Make the papers that wait, one after the other (bounded by time)."""
    awake(PRINT)
    began = time.monotonic()
    made = 0
    while time.monotonic() - began < LONGEST and print_once(now=database_now()):
        made += 1
    return made
