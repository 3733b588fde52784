"""kill -9 at every named point of claim → fire → commit → send → mark.

After each: every step that was due has fired exactly once, no message is lost, and a mail is
there twice only between "accepted by the mail server" and "marked", with the same Message-ID.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.site import Site, check, wait_for

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(180)]

POINTS = [
    "deadlines.claimed",
    "tickets.locked",
    "tickets.settled",
    "deadlines.before_commit",
    "deadlines.committed",
    "deliver.claimed",
    "deliver.grouped",
    "deliver.before_send",
    "deliver.after_send",
    "deliver.before_mark",
    "deliver.marked",
]
#: Where a mail may have been accepted and not yet marked.
DUPLICATES_POSSIBLE = {"deliver.after_send", "deliver.before_mark"}
ROUNDS = 5 if os.environ.get("TEST_LONG") else 1
TICKETS = 3
#: Warning, miss and general manager, of the response and of the resolution.
STEPS = 6


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_worker_killed_at(point: str, _round: int, site: Site) -> None:
    before = site.steps()
    site.start("worker")
    site.start("beat")
    site.arm(point)
    site.scene("file", str(TICKETS))
    wait_for(site.was_hit, seconds=40, what=site.logs)
    report = site.settle(steps=before + STEPS * TICKETS)
    check(site, report, duplicates=point in DUPLICATES_POSSIBLE)
