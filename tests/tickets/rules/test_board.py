"""How a day lies on the board: the hours shown, lanes without gaps, overlaps below one another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.rules.board import SLOT, Ground, Shade, Window, lanes, window_of
from tickets.rules.work import Booking

DAY = datetime(2026, 3, 2, tzinfo=UTC)
END = DAY + timedelta(days=1)


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def book(key: int, start: float, end: float) -> Booking:
    return Booking(key, at(start), at(end))


@pytest.mark.parametrize(
    ("bookings", "whole", "shown"),
    [
        ([], False, (7, 20)),
        ([book(1, 9, 11)], False, (7, 20)),
        ([book(1, 5.5, 6)], False, (5, 20)),
        ([book(1, 19, 21.25)], False, (7, 22)),
        ([book(1, -3, 2)], False, (0, 20)),
        ([book(1, 22, 30)], False, (7, 24)),
        ([], True, (0, 24)),
    ],
)
def test_the_usual_hours_are_shown_and_those_with_a_job(bookings, whole, shown):
    window = window_of(DAY, END, bookings, whole=whole)
    assert (window.start, window.end) == (at(shown[0]), at(shown[1]))


def test_jobs_that_overlap_lie_below_one_another():
    window = Window(at(8), at(12))
    rows = lanes(window, [book(1, 8, 10), book(2, 9, 11), book(3, 10, 11)])
    keys = [[piece.key for piece in row if piece.key] for row in rows]
    assert keys == [[1, 3], [2]]


def test_free_time_ends_with_each_hour_and_where_its_ground_changes():
    window = Window(at(8), at(10))
    away = Shade(at(8.5), at(9.25), Ground.AWAY)
    duty = Shade(at(8), at(10), Ground.DUTY)
    [row] = lanes(window, [], [duty, away])
    assert [(piece.at, piece.span, piece.ground) for piece in row] == [
        (at(8), 2, Ground.DUTY),
        (at(8.5), 2, Ground.AWAY),
        (at(9), 1, Ground.AWAY),
        (at(9.25), 3, Ground.DUTY),
    ]


minutes = st.integers(-200, 2000)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(minutes, st.integers(1, 300)), max_size=8))
def test_every_lane_fills_the_hours_and_every_job_in_them_is_there_once(drawn):
    bookings = [
        Booking(
            key,
            DAY + timedelta(minutes=start),
            DAY + timedelta(minutes=start + length),
        )
        for key, (start, length) in enumerate(drawn, 1)
    ]
    window = window_of(DAY, END, bookings, whole=True)
    rows = lanes(window, bookings)
    for row in rows:
        at_slot = window.start
        for piece in row:
            assert piece.at == at_slot
            assert piece.span > 0
            at_slot += piece.span * SLOT
        assert at_slot == window.end
    found = sorted(piece.key for row in rows for piece in row if piece.key)
    assert found == sorted(b.key for b in bookings if b.start < END and b.end > DAY)
