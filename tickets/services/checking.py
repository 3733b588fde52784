"""Whether what is stored of the clocks is what the record says (rule 1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from people import directory
from tickets.engine import load_cases
from tickets.engine.settle import Settlement

HEAD = ("severity", "received_at", "resolved_at")


def differing_clocks(
    *, ticket_ids: Collection[int], now: datetime
) -> dict[str, list[str]]:
    """What is stored otherwise than recomputed: by ticket number, clocks and columns.

    Changes nothing. A ticket for which something is due by ``now`` is passed over: its sweep
    is on the way.
    """
    found: dict[str, list[str]] = {}
    with transaction.atomic():
        cases = load_cases(ticket_ids)
        staff = directory.later(now=now)
        for case in cases.values():
            if case.next_alarm is not None and case.next_alarm <= now:
                continue
            stored = {name: getattr(case.ticket, name) for name in HEAD}
            Settlement(case, staff=staff, now=now).derive()
            names = [n for n in HEAD if getattr(case.ticket, n) != stored[n]]
            if wrong := [*names, *sorted(case.changed_clocks)]:
                found[case.ticket.number] = wrong
    return found
