"""Each clock in one plain sentence, and why it says what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from sla.rules import ALWAYS, Metric
from tests.tickets.rules.stories import (
    STANDARDS,
    ZONE,
    Told,
    at,
    hours,
    local,
    minutes,
    standard,
    target,
    tier,
)
from tickets.explain import length, reason, sentence
from tickets.rules.explain import Code, Explanation, explain, time_left

GENERAL, SERIOUS, URGENT = 1, 2, 3


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def explained(told: Told, now: str, key: str) -> Explanation:
    """The newest clock whose key begins so."""
    clocks = [c for c in told.clocks(now) if c.key.startswith(key)]
    return explain(clocks[-1], standard=STANDARDS[clocks[-1].standard], now=at(now))


def says(told: Told, now: str, key: str, *, to_client: bool = True) -> str:
    return sentence(explained(told, now, key), ZONE, to_client=to_client)


VISIT = Told().answered("10:30").visit("11:00").agreed("11:00", "+1 10:00")
REPLACED = "Replaced: the promise was kept at 12:00 by the limit that was due first."


@pytest.mark.parametrize(
    ("told", "now", "key", "expected"),
    [
        (Told(), "09:00", "resolution", "Due 17:00: 8 h from 09:00."),
        (
            VISIT,
            "11:00",
            "resolution",
            (
                "Due 16:00 tomorrow: 8 h from 09:00, not counting 23 h waiting for your"
                " appointment. Paused until 10:00 tomorrow."
            ),
        ),
        (
            VISIT,
            "+1 11:00",
            "resolution",
            (
                "Due 16:00: 8 h from 09:00 yesterday, not counting 23 h waiting for your"
                " appointment."
            ),
        ),
        (VISIT, "11:00", "arrival", "Agreed for 10:00 tomorrow."),
        (
            VISIT,
            "11:00",
            "first",
            "Met with 30 min to spare: done 10:30, due 11:00 (2 h from 09:00).",
        ),
        (
            VISIT,
            "+1 10:30",
            "arrival",
            "Missed, 30 min over by now and still counting: due 10:00 (the time agreed).",
        ),
        (
            Told().visit("09:10"),
            "09:10",
            "arrival",
            "At the time that is agreed with you; none is agreed yet.",
        ),
        (
            Told("09:00", URGENT).visit("09:10"),
            "09:10",
            "resolution.urgent.on_site",
            "Starts when the engineer arrives: 2 h from then.",
        ),
        (
            Told("09:00", URGENT).visit("09:10").arrived("10:00"),
            "10:10",
            "resolution.urgent.on_site",
            "Due 12:00: 2 h from the arrival at 10:00.",
        ),
        (
            Told().raised("10:00", URGENT),
            "10:10",
            "resolution.urgent",
            "Due 12:00: 2 h from 10:00, when it became urgent.",
        ),
        (
            Told().raised("10:00", SERIOUS),
            "10:10",
            "resolution.general",
            "Due 17:00: 8 h from 09:00. Another limit is due earlier and counts.",
        ),
        (
            Told("09:00", standard=3).visit("10:00"),
            "10:10",
            "arrival",
            "Due 18:00: 8 h from 10:00, when the visit was decided.",
        ),
        (
            Told("09:00", standard=3).answered("09:30"),
            "10:10",
            "call_back",
            "Due 11:30: 2 h from the first response at 09:30.",
        ),
        (
            Told("09:00", standard=3),
            "10:10",
            "call_back",
            "Starts with the first response: 2 h from then.",
        ),
        (
            Told().waits("10:00"),
            "12:00",
            "resolution",
            "Paused since 10:00, waiting for you. 7 h of the limit are left.",
        ),
        (
            Told().waits("10:00").goes_on("12:00").resolved("15:00").reopened("15:30"),
            "16:00",
            "resolution",
            (
                "Due 19:30: 8 h from 09:00, not counting 2 h waiting for you and 30 min while"
                " it was resolved."
            ),
        ),
        (
            Told().answered("11:00"),
            "12:00",
            "first",
            "Met exactly at the limit: due 11:00 (2 h from 09:00).",
        ),
        (
            Told().visit("09:10").arrived("09:40"),
            "12:00",
            "arrival",
            "Met: done 09:40, before its limit had begun.",
        ),
        (
            Told(),
            "12:30",
            "first",
            "Missed, 1 h 30 min over by now and still counting: due 11:00 (2 h from 09:00).",
        ),
        (
            Told().answered("11:25"),
            "12:30",
            "first",
            "Missed by 25 min: done 11:25, due 11:00 (2 h from 09:00).",
        ),
        (
            Told().cancelled("12:00"),
            "12:30",
            "first",
            (
                "Missed: due 11:00 (2 h from 09:00). Not counted any further since 12:00: the"
                " ticket was cancelled."
            ),
        ),
        (
            Told("09:00", URGENT).answered("09:05").visit("13:00"),
            "13:30",
            "arrival",
            (
                "Missed, 2 h 30 min over by now and still counting: due 11:00 (2 h from 09:00)."
                " The limit had already passed at 13:00, when it came to apply."
            ),
        ),
        (
            Told("09:00", URGENT).visit("09:10").visit("11:10", needed=False),
            "12:30",
            "arrival",
            (
                "Missed: due 11:00 (2 h from 09:00). Not counted any further since 11:10: no"
                " visit is needed."
            ),
        ),
        (
            Told("09:00", URGENT).visit("09:10"),
            "12:30",
            "resolution.urgent.remote",
            "Replaced at 09:10: a visit was decided, and another limit took its place.",
        ),
        (
            Told("09:00", URGENT).lowered("09:05", GENERAL),
            "12:30",
            "first_response.urgent",
            "Replaced at 09:05, when the severity was lowered.",
        ),
        (
            Told().project("09:05", 2),
            "09:06",
            "resolution.general",
            "Replaced at 09:05, when the project was set.",
        ),
        (
            Told().raised("10:00", SERIOUS).resolved("12:00"),
            "13:00",
            "resolution.general",
            REPLACED,
        ),
        (
            Told().raised("10:00", SERIOUS),
            "15:00",
            "resolution.general",
            "Replaced: the limit that was due first was missed at 14:00 and counts.",
        ),
        (
            Told("09:00", SERIOUS).visit("09:00").lowered("09:30", GENERAL),
            "10:00",
            "dispatch",
            "Cancelled at 09:30, when the severity was lowered.",
        ),
        (
            Told("09:00", SERIOUS).visit("09:00").visit("09:30", needed=False),
            "10:00",
            "dispatch",
            "Cancelled at 09:30: no visit is needed.",
        ),
        (
            Told("09:00", SERIOUS).visit("09:00").resolved("09:30"),
            "10:00",
            "dispatch",
            "Cancelled at 09:30: it was solved without that.",
        ),
        (
            Told().add("merged_into", "09:30"),
            "10:00",
            "resolution",
            "Cancelled at 09:30: it goes on in another ticket.",
        ),
        (
            Told().add("kind_changed", "09:30", kind="planned"),
            "10:00",
            "resolution",
            "Cancelled at 09:30, when the kind of request was changed.",
        ),
        (
            Told("16:00", standard=4),
            "16:00",
            "resolution",
            "Due 16:30 tomorrow: 8 h of working time from 16:00.",
        ),
        (
            Told("+4 09:00", standard=4),
            "+4 09:00",
            "resolution",
            (
                "Due 09:30 on 9 Mar: 8 h of working time from 09:00. Provisional: the holidays"
                " of that time are not known yet."
            ),
        ),
        # A night that was waited through took nothing out of office hours.
        (
            Told("16:00", standard=4).waits("18:00").goes_on("+1 09:00"),
            "+1 09:00",
            "resolution",
            "Due 16:30: 8 h of working time from 16:00 yesterday.",
        ),
        (
            Told("+400 09:00"),
            "09:00",
            "resolution",
            "Due 17:00 on 2027-04-06: 8 h from 09:00 on 2027-04-06.",
        ),
    ],
)
def test_sentences(told, now, key, expected):
    assert says(told, now, key) == expected


def test_to_our_own_people_the_customer_is_not_you():
    assert says(Told().waits("10:00"), "12:00", "resolution", to_client=False) == (
        "Paused since 10:00, waiting for the customer. 7 h of the limit are left."
    )
    assert "waiting for the appointment" in says(
        VISIT, "11:00", "resolution", to_client=False
    )
    assert "with the customer" in says(
        Told().visit("09:10"), "09:10", "arrival", to_client=False
    )


def test_short_limits_are_told_to_the_second():
    drill = standard(
        tier("t", "123", target("r", Metric.RESOLUTION, timedelta(seconds=20)))
    )
    (clock,) = Told().clocks("09:00", {1: drill})
    told = explain(clock, standard=drill, now=at("09:00"))
    assert sentence(told, ZONE) == "Due 09:00:20: 20 s from 09:00:00."


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(0), "0 s"),
        (timedelta(microseconds=1), "<1 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=2, seconds=5), "2 min 5 s"),
        (timedelta(minutes=10, seconds=5), "10 min"),
        (hours(8), "8 h"),
        (hours(23.5), "23 h 30 min"),
        (hours(24), "24 h"),
        (hours(47), "47 h"),
        (hours(48), "2 days"),
        (hours(51.5), "2 days 3 h"),
        (-hours(1), "1 h"),
    ],
)
def test_lengths(span, expected):
    assert length(span) == expected


def test_every_way_a_clock_can_stand_has_its_words():
    for to_client in (True, False):
        whys = ["customer", "appointment", "parts", "third_party", "reopened"]
        assert len({reason(why, to_client=to_client) for why in whys}) == 5
    base = explained(Told(), "09:00", "resolution")
    for code in Code:
        words = sentence(replace(base, code=code, why="resolved", since=base.now), ZONE)
        assert words.endswith(".")
        assert "%(" not in words


def test_overlapping_stretches_are_counted_once():
    told = Told().waits("10:00").agreed("11:00", "13:00").goes_on("12:00")
    parts = explained(told, "13:30", "resolution").excluded
    assert [(local(p.start), local(p.end), p.reason, p.counted) for p in parts] == [
        ("10:00", "12:00", "customer", hours(2)),
        ("11:00", "13:00", "appointment", hours(1)),
    ]


def test_a_stretch_that_lasts_counts_until_now():
    parts = explained(Told().waits("10:00"), "10:40", "resolution").excluded
    assert [(p.end, p.counted) for p in parts] == [(None, minutes(40))]


def test_what_is_left():
    pending = Told("09:00", URGENT).visit("09:10").clocks("09:20")[-1]
    assert time_left(pending, calendar=ALWAYS, now=at("09:20")) is None
    running = Told().promise("10:00")["resolution"]
    assert time_left(running, calendar=ALWAYS, now=at("10:00")) == hours(7)
    assert time_left(running, calendar=ALWAYS, now=at("20:00")) == timedelta(0)
