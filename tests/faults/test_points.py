"""kill -9 at every named point of claim → fire → commit → send → mark.

After each: every step that was due has fired exactly once, no message is lost, and a mail is
there twice only between "accepted by the mail server" and "marked", with the same Message-ID.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from tests.faults.site import Site, wait_for

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


def settled(site: Site, before: int) -> dict[str, Any] | None:
    """The report, once all steps of the new tickets are fired and all mail is sent."""
    report: dict[str, Any] = site.scene("report")
    done = not report["missing"] and not report["queued"] and not report["overdue"]
    return report if done and report["fired"] >= before + 6 * TICKETS else None


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_worker_killed_at(point: str, _round: int, site: Site) -> None:
    before = site.scene("report")["fired"]
    site.start("worker")
    site.start("beat")
    site.arm(point)
    site.scene("file", str(TICKETS))
    wait_for(site.was_hit, seconds=40, what=site.logs)
    found: list[dict[str, Any]] = []

    def quiet() -> bool:
        report = settled(site, before)
        if report:
            found.append(report)
        return bool(report)

    wait_for(quiet, seconds=40, what=lambda: (site.scene("report"), site.logs()))
    check(site, found[0], duplicates=point in DUPLICATES_POSSIBLE)


def check(site: Site, report: dict[str, Any], *, duplicates: bool) -> None:
    """What must hold after every fault."""
    assert report["missing"] == []
    assert report["twice"] == []
    assert report["unforeseen"] == []
    assert report["unrecorded"] == 0
    accepted = site.mail.ids()
    repeated = {uid: n for uid, n in accepted.items() if n > 1}
    assert len(repeated) <= (1 if duplicates else 0)
    assert all(n == 2 for n in repeated.values())
    assert sum(accepted.values()) > 0
