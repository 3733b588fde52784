"""What is entered with a step is taken as what the flow says it is, or refused by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.lib.bilingual import Text
from tests.tickets.flow.walks import values_of
from tickets.flows import load_flow, shipped_text
from tickets.rules.flow import Answer, Field, FieldKind, Option, Step
from tickets.rules.flow_fields import TEXT_MOST, FieldError, read_values

WORD = Text(zh="字", en="word")
STEP = Step(
    "look",
    WORD,
    (Answer("yes", WORD, "x", needs=frozenset({"who"})), Answer("no", WORD, "x")),
    fields=(
        Field("words", WORD, FieldKind.TEXT, required=True),
        Field("who", WORD, FieldKind.LINE),
        Field("count", WORD, FieldKind.NUMBER),
        Field("how", WORD, FieldKind.CHOICE, options=(Option("low", WORD),)),
        Field("spare", WORD, FieldKind.YES_NO),
        Field("at", WORD, FieldKind.MOMENT),
    ),
)
YES, NO = STEP.answers


def test_values_are_kept_in_the_order_of_the_flow_and_ready_to_store() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    given_ = {
        "at": at,
        "spare": "yes",
        "count": "1,5",
        "words": " a\nb ",
        "who": "a  b",
    }
    found = read_values(STEP, YES, given_ | {"how": "low"})
    assert list(found) == ["words", "who", "count", "how", "spare", "at"]
    assert found == json.loads(json.dumps(found))
    assert (found["words"], found["who"], found["count"]) == ("a\nb", "a b", "1.5")
    assert (found["spare"], found["at"]) == (True, "2026-03-02T09:00:00+00:00")


REFUSED = [
    ({}, NO, "words", "missing"),
    ({"words": "  "}, NO, "words", "missing"),
    ({"words": "x"}, YES, "who", "missing"),
    ({"words": "x", "colour": "red"}, NO, "colour", "unknown"),
    ({"words": "x" * (TEXT_MOST + 1)}, NO, "words", "too_long"),
    ({"words": 5}, NO, "words", "invalid"),
    ({"words": "a\0b"}, NO, "words", "invalid"),
    ({"words": "x", "count": "many"}, NO, "count", "invalid"),
    ({"words": "x", "count": True}, NO, "count", "invalid"),
    ({"words": "x", "how": "very"}, NO, "how", "invalid"),
    ({"words": "x", "how": ["low"]}, NO, "how", "invalid"),
    ({"words": "x", "spare": "maybe"}, NO, "spare", "invalid"),
    ({"words": "x", "spare": ["yes"]}, NO, "spare", "invalid"),
    ({"words": "x", "at": "2026-03-02T09:00"}, NO, "at", "invalid"),
    ({"words": "x", "at": "soon"}, NO, "at", "invalid"),
    ({"words": "x", "at": 5}, NO, "at", "invalid"),
]


@pytest.mark.parametrize(("values", "answer", "field", "code"), REFUSED)
def test_what_is_wrong_is_told_by_its_name(values, answer, field, code) -> None:
    with pytest.raises(FieldError) as refused:
        read_values(STEP, answer, values)
    assert (refused.value.field, refused.value.code) == (field, code)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([one.key for one in STEP.fields]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_whatever_is_sent_is_stored_or_refused(values) -> None:
    refused = ""
    try:
        found = read_values(STEP, NO, values)
    except FieldError as error:
        refused = error.field
    assert (
        refused in values or refused == "words" or read_values(STEP, NO, found) == found
    )


def test_every_step_of_the_shipped_flow_takes_its_own_record() -> None:
    for step in load_flow(shipped_text()).steps.values():
        for answer in step.answers:
            taken = read_values(step, answer, values_of(step))
            assert read_values(step, answer, taken) == taken
