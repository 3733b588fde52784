"""Rule 5: merged. The survivor is computed as one ticket; it can be undone."""

from __future__ import annotations

import pytest

from tests.tickets.rules.stories import Told, in_short

GENERAL, SERIOUS, URGENT = 1, 2, 3


def test_the_merged_ticket_keeps_what_was_met_and_missed():
    told = Told("09:00", SERIOUS).visit("09:00").answered("09:30")
    told.add("merged_into", "10:30", ticket=7)
    assert {c.target.key: in_short(c) for c in told.clocks("12:00")} == {
        "response": "met due 10:00 done 09:30",
        "dispatch": "missed due 10:00 ended 10:30 merged",
        "arrival": "cancelled due 11:00 ended 10:30 merged",
        "resolution": "cancelled due 13:00 ended 10:30 merged",
    }
    assert not any(clock.open for clock in told.clocks("12:00"))
    told.voided(told.last)
    assert told.says("10:45") == {
        "first_response": "met due 10:00 done 09:30",
        "dispatch": "missed due 10:00",
        "arrival": "running due 11:00",
        "resolution": "running due 13:00",
    }


def test_a_cancelled_ticket_keeps_what_was_met_and_missed():
    told = Told().cancelled("11:30").answered("12:00")
    assert {c.target.key: in_short(c) for c in told.clocks("20:00")} == {
        "response": "missed due 11:00 ended 11:30 cancelled",
        "resolution": "cancelled due 17:00 ended 11:30 cancelled",
    }


def test_cancelled_exactly_at_the_limit_is_not_missed():
    told = Told().cancelled("11:00")
    assert {c.target.key: c.state for c in told.clocks("20:00")} == {
        "response": "cancelled",
        "resolution": "cancelled",
    }


@pytest.mark.parametrize(
    ("survivor", "other", "expected"),
    [
        # Received at the earlier time.
        (
            Told("10:00"),
            Told("09:00"),
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
        (
            Told("09:00"),
            Told("10:00"),
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
        # Raised to the higher severity when the more severe one was received.
        (
            Told("09:00", GENERAL),
            Told("10:00", SERIOUS),
            {"first_response": "running due 11:00", "resolution": "running due 14:00"},
        ),
        (
            Told("10:00", SERIOUS),
            Told("09:00", GENERAL),
            {"first_response": "running due 11:00", "resolution": "running due 14:00"},
        ),
        (
            Told("10:00", GENERAL),
            Told("09:30", SERIOUS),
            {"first_response": "running due 10:30", "resolution": "running due 13:30"},
        ),
        # What the other came to later counts from then; what it was lowered from does not.
        (
            Told("09:00", GENERAL),
            Told("09:20", GENERAL).raised("10:00", SERIOUS),
            {"first_response": "running due 11:00", "resolution": "running due 14:00"},
        ),
        (
            Told("09:00", GENERAL),
            Told("09:20", URGENT).lowered("10:00", GENERAL),
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
        # A metric done in either is done.
        (
            Told("09:30", GENERAL),
            Told("09:00", GENERAL).answered("09:20"),
            {
                "first_response": "met due 11:00 done 09:20",
                "resolution": "running due 17:00",
            },
        ),
        (
            Told("09:00", GENERAL).answered("10:10"),
            Told("09:00", GENERAL).answered("10:00"),
            {
                "first_response": "met due 11:00 done 10:00",
                "resolution": "running due 17:00",
            },
        ),
        # Pauses are the survivor's.
        (
            Told("09:00", GENERAL),
            Told("09:00", GENERAL).waits("09:30").goes_on("10:00"),
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
        (
            Told("09:00", GENERAL).waits("09:20").goes_on("09:50"),
            Told("09:00", GENERAL),
            {"first_response": "running due 11:30", "resolution": "running due 17:30"},
        ),
        # What was corrected in the other, stays corrected.
        (
            Told("09:00", GENERAL),
            Told("08:30", GENERAL).corrected(1, "08:00"),
            {"first_response": "running due 10:00", "resolution": "running due 16:00"},
        ),
    ],
)
def test_the_survivor_is_computed_as_one_ticket(survivor, other, expected):
    before = survivor.clocks("10:15")
    told = Told()
    told.facts = list(survivor.facts)
    told.absorbs("10:15", other)
    # Looked at early enough for nothing to be missed.
    assert told.says("09:59") == expected
    told.voided(told.last)
    assert told.clocks("10:15") == before


def test_the_survivors_clocks_keep_their_keys():
    survivor = Told("10:00", SERIOUS)
    keys = {clock.key for clock in survivor.clocks("10:15")}
    survivor.absorbs("10:15", Told("09:00", GENERAL))
    assert keys < {clock.key for clock in survivor.clocks("10:15")}


def test_three_tickets_become_one():
    first, second = Told("09:30", GENERAL), Told("09:00", GENERAL)
    second.absorbs("09:40", Told("08:00", GENERAL).answered("08:30"))
    first.absorbs("09:50", second)
    assert first.says("09:50") == {
        "first_response": "met due 10:00 done 08:30",
        "resolution": "running due 16:00",
    }
    first.absorbs("09:55", Told("09:10", URGENT))
    assert first.says("09:55")["resolution"] == "running due 11:10"


def test_a_merge_with_a_resolved_ticket():
    survivor = Told("09:00").absorbs("11:00", Told("09:00").resolved("10:00"))
    assert survivor.says("12:00")["resolution"] == "met due 17:00 done 10:00"


def test_absorbing_nothing_changes_nothing():
    other = Told()
    other.facts = []
    survivor = Told("09:00")
    before = survivor.clocks("10:00")
    assert survivor.absorbs("09:30", other).clocks("10:00") == before
