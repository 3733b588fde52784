"""What is signed has one text: the same bytes here and on a phone without network."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.rules import (
    INTEGER_MOST,
    Mark,
    NotCanonical,
    Place,
    State,
    canonical,
    read,
    sha256,
    state_of,
)
from servicedesk.local.assets import ROOT, npm_command

texts = st.text(max_size=20)
integers = st.integers(-INTEGER_MOST, INTEGER_MOST)
contents = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=25,
)
TWIN = """
import { createInterface } from "node:readline";
import { canonical, sha256 } from "%s";
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const text = canonical(JSON.parse(line));
    answer = { text, sha256: await sha256(text) };
  } catch (error) {
    answer = { refused: error.constructor.name };
  }
  console.log(JSON.stringify(answer));
}
"""


@pytest.fixture(scope="module")
def twin() -> Iterator[Callable[[str], dict[str, Any]]]:
    """What static/js/canonical.js makes of a JSON text."""
    node = npm_command()[0]
    script = TWIN % (ROOT / "static/js/canonical.js").as_uri()
    with subprocess.Popen(
        [node, "--no-warnings", "--input-type=module", "-e", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:

        def ask(line: str) -> dict[str, Any]:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


@given(contents)
def test_a_content_has_one_text_whatever_the_order_of_its_keys(content: Any) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    text = canonical(content)
    assert canonical(turned(content)) == text
    assert read(text.decode()) == content
    assert canonical(read(text.decode())) == text


@given(contents, contents)
def test_different_contents_have_different_texts(one: Any, other: Any) -> None:
    # repr tells true from 1, which Python takes for equal.
    same = repr(read(canonical(one).decode())) == repr(read(canonical(other).decode()))
    assert (sha256(canonical(one)) == sha256(canonical(other))) == same


@settings(max_examples=150, deadline=None)
@given(contents)
def test_a_phone_makes_the_same_bytes(twin: Any, content: Any) -> None:
    text = canonical(content)
    answer = twin(json.dumps(content))
    assert answer == {"text": text.decode(), "sha256": sha256(text)}


@pytest.mark.parametrize(
    "content",
    [
        {"\ue000": 1, "\U0001f600": 2, "a": 3},  # by UTF-16 units, not by characters
        {"__proto__": 1, "constructor": 2},
        '\x00\x1f\x7f\u2028"\\/\b\f\n\r\t',
        "签名：王工 ✓ 👍🏽",
        [INTEGER_MOST, -INTEGER_MOST, 0],
        {"": {"": []}},
    ],
)
def test_awkward_contents_have_the_same_bytes_too(twin: Any, content: Any) -> None:
    assert twin(json.dumps(content))["text"] == canonical(content).decode()


def test_the_keys_are_in_the_order_of_their_utf_16_units() -> None:
    assert canonical({"\ue000": 1, "\U0001f600": 2}) == (
        '{"\U0001f600":2,"\ue000":1}'.encode()
    )


def nested(levels: int) -> Any:
    content: Any = "x"
    for _ in range(levels - 1):
        content = [content]
    return content


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("1.5", 1.5),
        ("9007199254740992", INTEGER_MOST + 1),
        ('"\\ud800"', "\ud800"),
        ('{"\\udc00": 1}', {"\udc00": 1}),
        (json.dumps(nested(33)), nested(33)),
        (json.dumps("x" * (512 * 1024)), "x" * (512 * 1024)),
    ],
)
def test_what_programs_read_differently_is_refused_on_both_sides(
    twin: Any, line: str, content: Any
) -> None:
    with pytest.raises(NotCanonical):
        canonical(content)
    assert twin(line) == {"refused": "NotCanonical"}


def test_the_deepest_content_that_is_allowed_is_allowed_on_both_sides(
    twin: Any,
) -> None:
    assert twin(json.dumps(nested(32)))["text"] == canonical(nested(32)).decode()


@pytest.mark.parametrize("value", [b"x", {1: 2}, {1, 2}, object()])
def test_what_json_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical([value])


def test_a_refusal_says_where() -> None:
    with pytest.raises(NotCanonical, match=r"^\$\.parts\[1\]\.price: float"):
        canonical({"parts": [{"price": 1}, {"price": 1.5}]})


NEW, OLD = "b" * 64, "a" * 64


@pytest.mark.parametrize(
    ("newest", "marks", "state"),
    [
        (None, [], State.UNSIGNED),
        (NEW, [], State.UNSIGNED),
        (NEW, [(NEW, "drawn")], State.SIGNED),
        (NEW, [(NEW, "paper")], State.SIGNED),
        (NEW, [(OLD, "drawn")], State.OUTDATED),
        (NEW, [(NEW, "refused")], State.REFUSED),
        (NEW, [(OLD, "refused")], State.UNSIGNED),
        (NEW, [(NEW, "refused"), (NEW, "drawn")], State.SIGNED),
        (NEW, [(OLD, "drawn"), (NEW, "refused")], State.REFUSED),
        (NEW, [(OLD, "drawn"), (NEW, "drawn")], State.SIGNED),
        # What was signed first stands again once the text is the same again.
        (OLD, [(OLD, "drawn"), (NEW, "refused")], State.SIGNED),
    ],
)
def test_the_last_answer_on_the_newest_text_counts(
    newest: str | None, marks: list[tuple[str, str]], state: State
) -> None:
    assert state_of(newest, [Mark(*mark) for mark in marks]) == state


@pytest.mark.parametrize(
    ("place", "possible"),
    [
        (Place(38.47, 106.27, 12), True),
        (Place(-90, 180), True),
        (Place(90.1, 0), False),
        (Place(0, -180.1), False),
        (Place(0, 0, -1), False),
        (Place(float("nan"), 0), False),
    ],
)
def test_a_place_is_on_earth(place: Place, possible: bool) -> None:
    assert place.possible is possible
