"""Whom to send: one thing decides after the other, and each is said."""

from __future__ import annotations

import pytest

from tickets.rules.suggest import Candidate, Why, suggest

PLAIN = {"key": 1, "name": "A"}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"is_dedicated": True, "is_on_duty": False}, {"is_on_duty": True}),
        ({"is_on_duty": True}, {"is_on_duty": False, "knows": True}),
        ({"knows": True, "jobs": 5}, {"knows": False}),
        ({"jobs": 1}, {"jobs": 2, "is_near": True}),
        ({"is_near": True}, {"is_near": False}),
        ({}, {"is_busy": True, "is_dedicated": True}),
    ],
)
def test_what_decides_first(better, worse):
    found = suggest(
        [Candidate(key=1, name="A", **worse), Candidate(key=2, name="B", **better)]
    )
    assert [one.key for one in found] == [2, 1]


def test_by_name_where_nothing_decides():
    people = [Candidate(key=1, name="B"), Candidate(key=2, name="A")]
    assert [one.key for one in suggest(people)] == [2, 1]


def test_whoever_is_away_is_not_suggested_and_no_more_than_three_are():
    people = [Candidate(key=key, name=str(key)) for key in range(1, 6)]
    gone = Candidate(key=9, name="0", is_dedicated=True, is_away=True)
    assert [one.key for one in suggest([gone, *people])] == [1, 2, 3]
    assert suggest([gone]) == []


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({}, (Why.LOAD,)),
        (
            {"is_dedicated": True, "is_on_duty": True, "knows": True, "is_near": True},
            (Why.DEDICATED, Why.ON_DUTY, Why.KNOWS, Why.LOAD, Why.NEAR),
        ),
        (
            {"is_busy": True, "is_on_duty": False, "knows": False, "is_near": False},
            (Why.BUSY, Why.OFF_DUTY, Why.LOAD),
        ),
    ],
)
def test_every_reason_that_counted_is_said(known, reasons):
    [one] = suggest([Candidate(**PLAIN, **known)])
    assert one.reasons == reasons
