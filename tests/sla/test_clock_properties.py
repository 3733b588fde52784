"""Working time by property: against a minute-by-minute oracle, and against itself."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.clock import advance, advance_while, counted_pause, elapsed, working_intervals
from sla.rules import ALWAYS, Calendar, Interval
from tests.sla.clockwork import DAY, MINUTE, Oracle

#: A zone, and the UTC date around which something happens there.
PLACES = [
    ("Asia/Shanghai", "2026-02-17"),
    ("Asia/Shanghai", "2026-12-31"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Africa/Cairo", "2026-04-23"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kiritimati", "2028-02-29"),
    ("Pacific/Niue", "2028-02-29"),
    ("America/St_Johns", "2026-03-08"),
]
SEEN = 5 * 24 * 60  # minutes that the oracle looks at


@st.composite
def day_windows(draw):
    """Up to three windows of a day, the last perhaps until midnight or into the night."""
    edges = draw(st.lists(st.integers(0, 1439), max_size=6, unique=True))
    clock = [time(edge // 60, edge % 60) for edge in sorted(edges)]
    pairs = list(zip(clock[::2], clock[1::2], strict=False))
    if len(clock) % 2:
        pairs.append(
            (clock[-1], draw(st.sampled_from([time(0), time(0, 7), clock[-1]])))
        )
    return tuple(pairs)


@st.composite
def calendars(draw, place):
    zone, around = place
    day = datetime.fromisoformat(around).date()
    shifts = st.integers(-3, 4).map(lambda n: day + n * DAY)
    return Calendar(
        key="drawn",
        zone=zone,
        week=tuple(draw(day_windows()) for _ in range(7)),
        exceptions=draw(st.dictionaries(shifts, day_windows(), max_size=3)),
    )


@st.composite
def scenes(draw, unit=MINUTE):
    """A calendar, a start, an end and pauses, within the days that the oracle sees."""
    place = draw(st.sampled_from(PLACES))
    calendar = draw(st.one_of(calendars(place), calendars(place), st.just(ALWAYS)))
    first = datetime.fromisoformat(place[1]).replace(tzinfo=UTC) - 2 * DAY
    instants = st.integers(0, SEEN * MINUTE // unit).map(lambda n: first + n * unit)
    start, end = sorted((draw(instants), draw(instants)))
    pauses = draw(st.lists(st.builds(Interval, instants, instants), max_size=5))
    return first, calendar, start, end, pauses


@settings(max_examples=120, deadline=None)
@given(scenes())
def test_elapsed_is_what_a_watcher_of_the_wall_counts(scene):
    first, calendar, start, end, pauses = scene
    oracle = Oracle(calendar, first, SEEN, pauses)
    asked = {"calendar": calendar, "start": start, "end": end}
    assert elapsed(**asked, pauses=pauses) == oracle.elapsed(start, end)
    unpaused = oracle.elapsed(start, end, paused=False)
    assert elapsed(**asked) == unpaused
    assert counted_pause(**asked, pauses=pauses) == unpaused - oracle.elapsed(
        start, end
    )


@settings(max_examples=120, deadline=None)
@given(scenes(), st.integers(0, SEEN))
def test_due_is_the_first_minute_at_which_the_watcher_has_counted_enough(
    scene, minutes
):
    first, calendar, start, _, pauses = scene
    oracle = Oracle(calendar, first, SEEN, pauses)
    last = first + SEEN * MINUTE
    left = oracle.elapsed(start, last)
    amount = minutes * MINUTE % (left + MINUTE)
    due = oracle.advance(start, amount)
    assert due is not None
    asked = {"calendar": calendar, "start": start, "amount": amount}
    assert advance(**asked, pauses=pauses) == due


MICROSECOND = timedelta.resolution
fine_scenes = scenes(unit=timedelta(microseconds=7))


@settings(max_examples=200, deadline=None)
@given(fine_scenes)
def test_advancing_by_what_elapsed_comes_back_to_the_earliest_instant(scene):
    _, calendar, start, end, pauses = scene
    asked = {"calendar": calendar, "start": start, "pauses": pauses}
    amount = elapsed(**asked, end=end)
    due = advance(**asked, amount=amount)
    assert due <= end
    assert elapsed(**asked, end=due) == amount
    if amount:
        assert elapsed(**asked, end=due - MICROSECOND) == amount - MICROSECOND


@settings(max_examples=200, deadline=None)
@given(fine_scenes, st.floats(0, 1))
def test_time_adds_up_over_any_cut(scene, share):
    _, calendar, start, end, pauses = scene
    cut = start + (end - start) * share
    asked = {"calendar": calendar, "pauses": pauses}
    whole = elapsed(**asked, start=start, end=end)
    parts = [
        elapsed(**asked, start=start, end=cut),
        elapsed(**asked, start=cut, end=end),
    ]
    assert sum(parts, timedelta(0)) == whole
    assert timedelta(0) <= whole <= end - start


@settings(max_examples=200, deadline=None)
@given(fine_scenes, st.floats(0, 1))
def test_more_time_is_never_due_sooner_and_another_pause_neither(scene, share):
    _, calendar, start, end, pauses = scene
    amount = elapsed(calendar=calendar, start=start, end=end, pauses=pauses)
    asked = {"calendar": calendar, "start": start}
    due = advance(**asked, amount=amount, pauses=pauses)
    assert advance(**asked, amount=amount * share, pauses=pauses) <= due
    assert all(
        advance(**asked, amount=amount, pauses=pauses[:n] + pauses[n + 1 :]) <= due
        for n in range(len(pauses))
    )


@settings(max_examples=100, deadline=None)
@given(fine_scenes, st.randoms(use_true_random=False))
def test_the_order_of_pauses_and_cutting_them_up_changes_nothing(scene, random):
    _, calendar, start, end, pauses = scene
    pieces = []
    for pause in pauses:
        middle = pause.start + (pause.end - pause.start) / 2
        pieces += [Interval(pause.start, middle), Interval(middle, pause.end), pause]
    random.shuffle(pieces)
    asked = {"calendar": calendar, "start": start}
    amount = elapsed(**asked, end=end, pauses=pauses)
    assert elapsed(**asked, end=end, pauses=pieces) == amount
    assert advance(**asked, amount=amount, pauses=pieces) == advance(
        **asked, amount=amount, pauses=pauses
    )


@settings(max_examples=100, deadline=None)
@given(fine_scenes)
def test_an_open_pause_is_one_whose_end_makes_no_difference_or_all(scene):
    _, calendar, start, end, pauses = scene
    amount = elapsed(calendar=calendar, start=start, end=end, pauses=pauses)
    asked = {"calendar": calendar, "start": start, "amount": amount}
    since = pauses[0].start if pauses else end
    due = advance_while(**asked, pauses=pauses[1:], paused_since=since)
    for lasted in (timedelta(0), MINUTE, DAY):
        closed = [*pauses[1:], Interval(since, since + lasted)]
        if due is not None:
            assert advance(**asked, pauses=closed) == due
        else:
            assert advance(**asked, pauses=closed) > since


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([zone for zone, _ in PLACES]),
    st.times(),
    st.datetimes(datetime(1971, 1, 1), datetime(2071, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=500)),
)
def test_days_that_follow_each_other_leave_no_gap(zone, edge, start, span):
    """A shift that lasts until the next one begins is 24×7, whenever it begins."""
    calendar = Calendar(key="relay", zone=zone, week=(((edge, edge),),) * 7)
    asked = {"calendar": calendar, "start": start}
    assert elapsed(**asked, end=start + span) == span
    assert advance(**asked, amount=span) == start + span


@settings(max_examples=100, deadline=None)
@given(fine_scenes)
def test_what_is_drawn_adds_up_to_what_elapsed(scene):
    _, calendar, start, end, _ = scene
    drawn = working_intervals(calendar=calendar, start=start, end=end)
    total = sum((span.end - span.start for span in drawn), timedelta(0))
    assert total == elapsed(calendar=calendar, start=start, end=end)
    assert all(a.end < b.start for a, b in pairwise(drawn))
