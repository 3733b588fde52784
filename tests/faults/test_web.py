"""kill -9 of the web server while programs and people file requests.

After each: every acknowledged request is there exactly once; what was not acknowledged and
sent again under its key is there once; what was not sent again is there once or not at all;
and every clock that was started fires once.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.faults.fault import Fault
from tests.faults.writers import PERSON, PROGRAM, Writers

#: The life of a request; those of ``api.`` are passed by programs only.
POINTS = [
    "api.claimed",
    "tickets.filed",
    "api.kept",
    "web.before_commit",
    "wake.before_send",
    "wake.sent",
    "web.committed",
]
ROUNDS = range(5 if os.environ.get("TEST_LONG") else 1)
SITE = ("web", "worker", "beat")


def all_is_there(fault: Fault, *groups: Writers, undecided: int = 0) -> None:
    """Check the tickets against what their writers know, and the clocks."""
    tickets = fault.stage.ask("tickets", fault.marks)
    files = fault.stage.ask("files", fault.marks)
    known = {filing.title for writers in groups for filing in writers.filings}
    assert set(tickets) <= known
    for writers in groups:
        writers.check(tickets, files)
    fault.holds(undecided=undecided)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("_round", ROUNDS)
def test_the_web_server_killed_at(point: str, _round: int, fault: Fault) -> None:
    """First one of its processes, under programs; then all of it, under people."""
    fault.run(*SITE)
    with Writers(fault, *[PROGRAM] * 3) as programs:
        fault.kill_at(point, "web")
    assert programs.broken(PROGRAM)
    second = PROGRAM if point.startswith("api.") else PERSON
    with Writers(fault, *[second] * 3) as others:
        fault.kill_at(point, "web", victims=("web",))
        fault.run(*SITE)
    assert others.broken(second)
    all_is_there(fault, programs, others)


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_web_server_killed_at_random_moments(seed: int, fault: Fault) -> None:
    """One of its processes, its master alone, all of it; until both sorts were cut off."""
    chance = random.Random(seed)
    kills = [
        lambda: fault.kill_one_of("web"),
        lambda: fault.behead("web"),
        lambda: fault.kill("web"),
    ]
    fault.run(*SITE)
    with Writers(fault, PROGRAM, PROGRAM, PERSON, PERSON) as writers:
        waiting = list(kills)
        while waiting or not (writers.broken(PROGRAM) and writers.broken(PERSON)):
            writers.wait_for_more(chance.randrange(1, 8))
            kill = waiting.pop(0) if waiting else chance.choice(kills)
            kill()
            fault.run(*SITE)
    all_is_there(fault, writers)
