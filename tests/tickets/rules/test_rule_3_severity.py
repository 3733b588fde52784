"""Rule 3: the severity raised and lowered. A raise never gives us more time."""

from __future__ import annotations

import pytest

from sla.rules import Metric
from tests.tickets.rules.stories import Told, in_short, local

GENERAL, SERIOUS, URGENT = 1, 2, 3


def of(told: Told, metric: Metric, now: str) -> dict[str, str]:
    """Every clock of a metric in short, by tier and origin; the one that counts has a star."""
    return {
        ".".join(clock.key.split(".")[1::2]) + ("*" if clock.counts else ""): in_short(
            clock
        )
        for clock in told.clocks(now)
        if clock.target.metric is metric
    }


def raised(when: str, to: int, severity: int = GENERAL) -> Told:
    return Told("09:00", severity).raised(when, to)


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        # The new tier's clocks start at the raise; the earlier due counts.
        (
            raised("09:30", SERIOUS),
            "09:31",
            {"first_response": "running due 10:30", "resolution": "running due 13:30"},
        ),
        (
            raised("16:00", URGENT).answered("16:05"),
            "16:06",
            # Missed at 11:00 and 17:00 is sooner than 16:00 + 2 h.
            {
                "first_response": "missed due 11:00 done 16:05",
                "resolution": "running due 17:00",
            },
        ),
        # Equal dues: the older one goes on counting.
        (
            raised("10:00", SERIOUS),
            "10:01",
            {"first_response": "running due 11:00", "resolution": "running due 14:00"},
        ),
        # Met stays as it is.
        (
            Told().answered("09:20").raised("09:30", SERIOUS),
            "09:31",
            {
                "first_response": "met due 11:00 done 09:20",
                "resolution": "running due 13:30",
            },
        ),
        # Missed stays as it is.
        (
            raised("11:30", SERIOUS),
            "11:31",
            {"first_response": "missed due 11:00", "resolution": "running due 15:30"},
        ),
        # Two raises: three tiers side by side.
        (
            Told().answered("09:20").raised("10:00", SERIOUS).raised("11:00", URGENT),
            "11:01",
            {
                "first_response": "met due 11:00 done 09:20",
                "resolution": "running due 13:00",
            },
        ),
        # To the same severity, or a lower one: nothing.
        (
            raised("09:30", SERIOUS, SERIOUS),
            "09:31",
            {"first_response": "running due 10:00", "resolution": "running due 13:00"},
        ),
        (
            raised("09:30", GENERAL, SERIOUS),
            "09:31",
            {"first_response": "running due 10:00", "resolution": "running due 13:00"},
        ),
    ],
)
def test_raised(told, now, expected):
    assert told.says(now) == expected


def test_a_metric_met_or_missed_gets_no_second_clock():
    met = Told().answered("09:20").raised("09:30", SERIOUS).raised("09:40", URGENT)
    assert list(of(met, Metric.FIRST_RESPONSE, "09:41")) == ["general.received*"]
    missed = Told().raised("11:00:00.000001", URGENT)
    assert list(of(missed, Metric.FIRST_RESPONSE, "11:30")) == ["general.received*"]


def test_at_the_instant_of_the_miss_only_an_automatic_raise_finds_it_missed():
    by_itself = Told().raised("11:00", SERIOUS, automatic=True)
    assert of(by_itself, Metric.FIRST_RESPONSE, "11:01") == {
        "general.received*": "missed due 11:00"
    }
    by_hand = Told().raised("11:00", SERIOUS)
    assert of(by_hand, Metric.FIRST_RESPONSE, "11:01") == {
        "general.received*": "missed due 11:00",
        "serious.r2": "superseded due 12:00 ended 11:00 missed",
    }


def test_two_misses_at_one_instant_and_one_raise():
    told = Told("09:00", SERIOUS).visit("09:00").raised("10:00", URGENT, automatic=True)
    assert told.says("10:01") == {
        "first_response": "missed due 10:00",
        "dispatch": "missed due 10:00",
        "arrival": "running due 11:00",
        "resolution": "running due 13:00",
    }
    assert len(of(told, Metric.FIRST_RESPONSE, "10:01")) == 1


def test_a_clock_that_only_the_old_tier_has_goes_on():
    told = Told("09:00", SERIOUS).visit("09:00").raised("09:30", URGENT)
    assert told.says("09:31")["dispatch"] == "running due 10:00"
    assert told.says("10:01")["dispatch"] == "missed due 10:00"


def test_a_clock_that_only_the_new_tier_has_starts_at_the_raise():
    told = Told("09:00", GENERAL).visit("09:10").raised("09:30", SERIOUS)
    assert told.says("09:31")["dispatch"] == "running due 10:30"
    gone = (
        Told("09:00", GENERAL).visit("09:10").departed("09:20").raised("09:30", SERIOUS)
    )
    assert "dispatch" not in gone.says("09:31")


@pytest.mark.parametrize(
    ("arrived", "due"), [("10:30", "12:30"), ("11:00", "13:00"), ("11:30", "13:00")]
)
def test_a_pending_clock_counts_only_once_it_has_a_due(arrived, due):
    told = Told("09:00", SERIOUS).visit("09:00").raised("09:30", URGENT)
    assert told.says("09:31")["resolution"] == "running due 13:00"
    assert told.arrived(arrived).says(arrived)["resolution"] == f"running due {due}"


def test_an_event_before_the_raise_starts_the_new_clock_at_the_raise():
    told = (
        Told("09:00", SERIOUS).visit("09:00").arrived("09:20").raised("09:30", URGENT)
    )
    resolution = told.promise("09:31")["resolution"]
    assert (local(resolution.due_at), resolution.start_event) == ("11:30", "raised")


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        # General may wait for an appointment, serious not: the pause ends at the raise.
        (
            Told().agreed("10:00", "14:00").raised("11:00", SERIOUS),
            "11:01",
            {
                "general.received": "running due 18:00",
                "serious.r3*": "running due 15:00",
            },
        ),
        # Both may wait for the customer: it goes on for both, and nobody knows the due.
        (
            Told().waits("10:00").raised("11:00", SERIOUS),
            "11:01",
            {"general.received": "paused", "serious.r3*": "paused"},
        ),
        (
            Told().waits("10:00").raised("11:00", SERIOUS).goes_on("12:00"),
            "12:01",
            {
                "general.received": "running due 19:00",
                "serious.r3*": "running due 16:00",
            },
        ),
        # Of two paused clocks the one with less left: 1 h of 8 h, or 4 h.
        (
            Told().waits("16:00").raised("16:30", SERIOUS),
            "16:31",
            {"general.received*": "paused", "serious.r3": "paused"},
        ),
        # Urgent never pauses.
        (
            Told().waits("10:00").raised("11:00", URGENT),
            "11:01",
            {
                "general.received": "running due 18:00",
                "urgent.r3*": "running due 13:00",
            },
        ),
        # Nor does a wait that begins under it, for the old tier's clock either.
        (
            Told().raised("10:00", URGENT).waits("11:00"),
            "11:01",
            {
                "general.received": "running due 17:00",
                "urgent.r2*": "running due 12:00",
            },
        ),
    ],
)
def test_a_wait_that_the_new_tier_does_not_allow_ends_as_a_pause(told, now, expected):
    assert of(told, Metric.RESOLUTION, now) == expected


def test_a_raise_to_a_tier_that_pauses_more_gives_no_more_time():
    # Usual may wait for the customer and for parts, urgent for parts and third parties.
    told = Told("09:00", GENERAL, standard=4).raised("10:00", URGENT)
    told.waits("10:30").waits("11:00", "parts").waits("11:30", "third_party")
    told.goes_on("12:00")
    assert of(told, Metric.RESOLUTION, "12:01") == {
        "usual.received": "running due +1 10:00",
        "urgent.r2*": "running due 19:00",
    }


def test_a_lowered_clock_keeps_the_pauses_that_had_been_counted():
    told = Told("09:00", URGENT, standard=4).answered("09:05")
    told.waits("10:00", "third_party").goes_on("10:30")
    told.waits("10:30", "customer").goes_on("11:00").lowered("11:00", GENERAL)
    told.waits("11:00", "third_party").goes_on("11:30")
    resolution = told.promise("11:30")["resolution"]
    assert [(local(p.start), local(p.end)) for p in resolution.pauses] == [
        ("10:00", "10:30")
    ]
    assert local(resolution.due_at) == "+1 10:00"


def test_a_severity_of_the_same_tier_changes_no_clock():
    before = Told("09:00", GENERAL, standard=2).visit("09:10").clocks("09:40")
    after = Told("09:00", GENERAL, standard=2).visit("09:10").raised("09:30", URGENT)
    assert after.clocks("09:40") == before


@pytest.mark.parametrize(
    ("told", "now", "expected"),
    [
        # The others are measured from the original start.
        (
            Told("09:00", URGENT).lowered("09:05", GENERAL),
            "09:06",
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
        # Met and missed stay.
        (
            Told("09:00", URGENT).answered("09:05").lowered("09:30", GENERAL),
            "09:31",
            {
                "first_response": "met due 09:10 done 09:05",
                "resolution": "running due 17:00",
            },
        ),
        (
            Told("09:00", URGENT).lowered("09:30", GENERAL),
            "09:31",
            {"first_response": "missed due 09:10", "resolution": "running due 17:00"},
        ),
        # With all counted pauses: serious waits for the customer, not for an appointment.
        (
            Told("09:00", SERIOUS)
            .answered("09:05")
            .waits("09:10")
            .goes_on("09:40")
            .lowered("10:00", GENERAL),
            "10:01",
            {
                "first_response": "met due 10:00 done 09:05",
                "resolution": "running due 17:30",
            },
        ),
        (
            Told("09:00", SERIOUS)
            .answered("09:05")
            .visit("09:10", needed=False)
            .agreed("09:10", "09:40")
            .lowered("10:00", GENERAL),
            "10:01",
            {
                "first_response": "met due 10:00 done 09:05",
                "resolution": "running due 17:00",
            },
        ),
        # A wait that lasts is a pause from the lowering on.
        (
            Told("09:00", SERIOUS)
            .answered("09:05")
            .visit("09:10", needed=False)
            .agreed("09:30", "12:00")
            .lowered("10:00", GENERAL),
            "10:01",
            {
                "first_response": "met due 10:00 done 09:05",
                "resolution": "paused due 19:00",
            },
        ),
        # Lowering to a higher severity says nothing.
        (
            Told("09:00", GENERAL).lowered("09:05", URGENT),
            "09:06",
            {"first_response": "running due 11:00", "resolution": "running due 17:00"},
        ),
    ],
)
def test_lowered(told, now, expected):
    assert told.says(now) == expected


def test_open_clocks_that_only_the_higher_tier_has_are_cancelled():
    told = Told("09:00", SERIOUS).visit("09:00").lowered("09:30", GENERAL)
    assert of(told, Metric.DISPATCH, "09:31") == {
        "serious.received": "cancelled due 10:00 ended 09:30 lowered"
    }
    assert of(told, Metric.ARRIVAL, "09:31") == {
        "serious.received": "superseded due 11:00 ended 09:30 lowered",
        "general.l3*": "pending",
    }


def test_a_clock_that_still_ran_from_the_receipt_goes_on_after_a_lowering():
    told = Told().answered("09:10").raised("10:00", SERIOUS).lowered("11:00", GENERAL)
    assert of(told, Metric.RESOLUTION, "11:01") == {
        "serious.r3": "superseded due 14:00 ended 11:00 lowered",
        "general.received*": "running due 17:00",
    }


def test_a_wait_across_a_raise_and_a_lowering_pauses_before_and_after():
    told = Told().waits("09:30").raised("10:00", URGENT).lowered("11:00", GENERAL)
    told.goes_on("12:00")
    resolution = told.promise("12:01")["resolution"]
    assert local(resolution.due_at) == "18:30"
    assert [(local(p.start), local(p.end)) for p in resolution.pauses] == [
        ("09:30", "10:00"),
        ("11:00", "12:00"),
    ]


def test_superseded_clocks_do_not_revive():
    told = Told().answered("09:10").raised("10:00", SERIOUS).raised("11:00", URGENT)
    told.lowered("11:30", SERIOUS)
    assert of(told, Metric.RESOLUTION, "11:31") == {
        "general.received": "superseded due 17:00 ended 11:30 lowered",
        "serious.r3": "superseded due 14:00 ended 11:30 lowered",
        "urgent.r4": "superseded due 13:00 ended 11:30 lowered",
        "serious.l5*": "running due 13:00",
    }


def test_lowered_to_a_limit_that_has_passed_is_missed_at_once():
    told = Told().answered("09:10").raised("15:00", URGENT).lowered("15:30", SERIOUS)
    assert told.says("15:30")["resolution"] == "missed due 13:00 missed 15:30"
    assert told.promise("15:30")["resolution"].warn_at is None


def test_raised_again_after_a_lowering():
    told = Told("09:00", SERIOUS).answered("09:10").lowered("10:00", GENERAL)
    told.raised("11:00", URGENT)
    assert of(told, Metric.RESOLUTION, "11:01") == {
        "serious.received": "superseded due 13:00 ended 10:00 lowered",
        "general.l3": "running due 17:00",
        "urgent.r4*": "running due 13:00",
    }


def test_the_clock_beside_the_one_that_was_met_is_superseded_by_it():
    told = Told().answered("09:10").raised("10:00", SERIOUS).resolved("12:00")
    beside = next(
        c
        for c in told.clocks("13:00")
        if c.target.metric is Metric.RESOLUTION and not c.counts
    )
    assert in_short(beside) == "superseded due 17:00 ended 12:00 met"
    assert beside.superseded_by == "resolution.serious.resolution.r3"


def test_a_raise_by_an_escalation_that_turns_out_void_never_was():
    told = Told().raised("11:00", SERIOUS, automatic=True).corrected(1, "09:30")
    told.voided(told.facts[1].seq)
    plain = Told("09:30", GENERAL)
    assert told.says("11:15") == plain.says("11:15")


def test_an_automatic_raise_at_the_due_time_of_what_was_met_before():
    # At 11:00 the general response would have been due; the earlier limit was kept.
    told = Told().raised("09:30", SERIOUS).answered("10:20")
    told.raised("11:00", URGENT, automatic=True)
    assert told.says("11:01")["first_response"] == "met due 10:30 done 10:20"
