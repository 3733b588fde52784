"""Deriving is cheap: it happens at every event and every deadline of a ticket."""

from __future__ import annotations

from time import process_time

import pytest

from tests.tickets.rules.stories import STANDARDS, Told, at
from tickets.rules.derive import derive

#: Measured: 50 to 150 µs on one core of the machine it was written on. The bound leaves room for
#: slower ones; it is there to notice when the work grows with something it should not.
BOUND = 0.001

TYPICAL = {
    "just filed": Told(),
    "a visit agreed": Told()
    .answered("10:30")
    .visit("11:00")
    .agreed("11:00", "+1 10:00"),
    "raised and solved": (
        Told("09:00", 2)
        .visit("09:00")
        .answered("09:05")
        .raised("10:00", 3, automatic=True)
        .departed("10:10")
        .arrived("10:30")
        .resolved("12:00")
    ),
    "in office hours": Told("16:00", standard=4).waits("17:00").goes_on("+1 10:00"),
}


def seconds(told: Told, rounds: int = 40) -> float:
    """The least time that one of a few series took per run, of this process alone."""
    series = []
    for _ in range(7):
        begin = process_time()
        for _ in range(rounds):
            derive(told.facts, standards=STANDARDS, now=at("12:00"))
        series.append((process_time() - begin) / rounds)
    return min(series)


@pytest.mark.parametrize("name", TYPICAL)
def test_a_typical_ticket(name):
    assert seconds(TYPICAL[name]) < BOUND


def test_a_long_history_costs_in_proportion():
    short, long = Told().answered("09:30"), Told().answered("09:30")
    for _ in range(200):
        long.waits("10:00").goes_on("10:00")
    assert seconds(long, 10) < 100 * seconds(short)
