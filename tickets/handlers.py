"""What happens when a ticket's deadline fires: its case is settled, whatever was due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from servicedesk.lib.failpoints import hit
from tickets.engine import load_cases, settle_and_save


def settle_tickets(
    *, topic_ids: Sequence[int], take: Callable[[], set[int]], now: datetime
) -> None:
    """Lock the tickets, then their clocks, then the deadlines that are still ours; settle."""
    cases = load_cases(topic_ids)
    ours = take()
    hit("tickets.locked")
    settle_and_save([case for pk, case in cases.items() if pk in ours], now=now)
    hit("tickets.settled")
