"""kill -9 at every named point of claim → fire → commit → send → mark.

After each: every step that was due has fired exactly once, no message is lost, and a mail is
there twice only between "accepted by the mail server" and "marked", with the same Message-ID.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.fault import Fault

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
UNDECIDED = {"deliver.after_send", "deliver.before_mark"}
LETTER_POINTS = [
    "letter.claimed",
    "letter.before_send",
    "letter.after_send",
    "letter.marked",
]
ROUNDS = range(5 if os.environ.get("TEST_LONG") else 1)
TICKETS = 3


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("_round", ROUNDS)
def test_a_worker_and_then_everything_killed_at(
    point: str, _round: int, fault: Fault
) -> None:
    """First one process of the worker, then the whole worker and beat at one instant."""
    fault.run("worker", "beat")
    fault.file(TICKETS)
    fault.kill_at(point, "worker")
    fault.file(1)
    fault.kill_at(point, "worker", victims=("beat", "worker"))
    fault.run("worker", "beat")
    fault.holds(undecided=1 if point in UNDECIDED else 0)


@pytest.mark.parametrize("point", LETTER_POINTS)
@pytest.mark.parametrize("_round", ROUNDS)
def test_a_worker_that_sends_letters_killed_at(
    point: str, _round: int, fault: Fault
) -> None:
    fault.run("worker", "beat")
    fault.file(1)
    fault.stage.ask("write", 3)
    fault.kill_at(point, "worker")
    fault.holds(undecided=1 if point == "letter.after_send" else 0)


@pytest.mark.parametrize("point", ["wake.before_send", "wake.sent"])
@pytest.mark.parametrize("_round", ROUNDS)
def test_beat_killed_at(point: str, _round: int, fault: Fault) -> None:
    fault.run("worker", "beat")
    fault.kill_at(point, "beat", victims=("beat",))
    fault.file(TICKETS)
    fault.run("worker", "beat")
    fault.holds()
