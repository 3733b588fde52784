"""A flow's file: what is right is read, what is wrong is told with line, key and reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.flows import MESSAGES, FlowError, load_flow, shipped_text
from tickets.rules.flow import Effect, FieldKind

ROOT = Path(__file__).parents[3]
#: Faults stand in the line that carries this comment.
HERE = "# <--"
FILE = """\
format: 1
key: small
name: {zh: 小流程, en: Small flow}
start: look
reopened: mend
steps:
  look:
    title: {zh: 查看, en: Look}
    question: {zh: 坏了, en: Broken}
    public: {zh: 检查, en: Looking}
    record:
      found: {label: {zh: 发现, en: Found}, kind: text}
      when: {label: {zh: 时间, en: When}, kind: moment, remind: true}
      how: {label: {zh: 程度, en: How bad}, kind: choice, options: {low: {zh: 轻, en: Little}, high: {zh: 重, en: Much}}}
    answers:
      broken: {label: {zh: 是, en: Broken}, to: mend, needs: [found], picture: true}
      fine: {label: {zh: 否, en: Fine}, to: close}
  mend:
    title: {zh: 修, en: Mend}
    answers:
      works: {label: {zh: 好, en: Works}, to: close}
      worse: {label: {zh: 不好, en: Worse}, to: look, again: true, effects: [second_line]}
  close:
    title: {zh: 完, en: Close}
    record:
      words: {label: {zh: 说明, en: Words}, kind: text, required: true}
    effects: [resolve]
    call_back_within: 2h
    end: true
"""


def faults(text: str) -> list[tuple[int, str, str]]:
    """Line, path and code of everything that is wrong with a file."""
    try:
        load_flow(text)
    except FlowError as error:
        return [(each.line, each.path, each.code) for each in error.problems]
    return []


def line_of(text: str) -> int:
    (line,) = [n for n, words in enumerate(text.splitlines(), 1) if HERE in words]
    return line


def test_the_shipped_flow_is_sound() -> None:
    flow = load_flow(shipped_text())
    assert flow.start == "collect"
    assert all(step.title.zh and step.title.en for step in flow.steps.values())


def test_a_file_says_what_is_recorded_and_where_answers_lead() -> None:
    look = load_flow(FILE).steps["look"]
    assert [one.kind for one in look.fields] == [
        FieldKind.TEXT,
        FieldKind.MOMENT,
        FieldKind.CHOICE,
    ]
    broken, fine = look.answers
    assert (broken.to, sorted(broken.needs), broken.picture) == (
        "mend",
        ["found"],
        True,
    )
    assert (fine.to, fine.picture) == ("close", False)
    close = load_flow(FILE).steps["close"]
    assert close.is_end
    assert close.call_back == timedelta(hours=2)
    assert close.answers[0].effects == (Effect.RESOLVE,)


def test_the_example_of_the_manual_is_a_step_that_can_be_walked() -> None:
    manual = (ROOT / "docs/howto/adapt-the-flow.md").read_text()
    example = manual.split("```yaml\n")[1].split("```")[0]
    head = "format: 1\nkey: own\nname: {zh: 自定, en: Own}\nstart: vendor\nreopened: vendor\n"
    end = "  report:\n    title: {zh: 报告, en: Report}\n    end: true\n"
    flow = load_flow(head + example + end)
    assert [one.to for one in flow.steps["vendor"].answers] == ["report", "vendor"]


MEND = "      works: {label: {zh: 好, en: Works}, to: close}\n"
BROKEN = [
    ("start: look", f"start: lok {HERE}", "start", "unknown_step"),
    ("reopened: mend", f"reopened: x {HERE}", "reopened", "unknown_step"),
    ("format: 1", f"format: 2 {HERE}", "format", "unknown_format"),
    ("  look:", f"  Look!: {HERE}", "steps.Look!", "bad_key"),
    (
        "to: close}\n  mend",
        f"to: shut}} {HERE}\n  mend",
        "steps.look.answers.fine.to",
        "unknown_step",
    ),
    (
        "needs: [found], picture: true}",
        f"needs: [fond]}} {HERE}",
        "steps.look.answers.broken.needs",
        "unknown_field",
    ),
    (
        "to: close}\n  mend",
        f"to: close, signed: {{why: signer}}}} {HERE}\n  mend",
        "steps.look.answers.fine.signed",
        "unknown_field",
    ),
    (
        "needs: [found], picture: true}",
        f"needs: [found], signed: {{how: signer, found: work_found}}}} {HERE}",
        "steps.look.answers.broken.signed",
        "unknown_field",
    ),
    (
        "picture: true}",
        f"picture: true, signed: {{found: work_found}}}} {HERE}",
        "steps.look.answers.broken.signed",
        "signed_unfit",
    ),
    (
        "needs: [found], picture: true}",
        f"needs: [found], signed: {{}}}} {HERE}",
        "steps.look.answers.broken.signed",
        "signed_missing",
    ),
    (
        "effects: [resolve]\n",
        f"signed: {{words: nobody}} {HERE}\n    effects: [resolve]\n",
        "steps.close.signed.words",
        "bad_choice",
    ),
    (
        "kind: moment, remind: true}",
        f"kind: date, remind: true}} {HERE}",
        "steps.look.record.when.kind",
        "bad_choice",
    ),
    (
        "kind: text}\n      when",
        f"kind: text, remind: true}} {HERE}\n      when",
        "steps.look.record.found.remind",
        "remind_unused",
    ),
    (
        "kind: choice, options: {low: {zh: 轻, en: Little}, high: {zh: 重, en: Much}}}",
        f"kind: choice}} {HERE}",
        "steps.look.record.how",
        "no_options",
    ),
    (
        "kind: text}\n      when",
        f"kind: text, options: {{a: {{zh: 甲, en: A}}}}}} {HERE}\n      when",
        "steps.look.record.found.options",
        "options_unused",
    ),
    ("    end: true\n", f"    next: look\n    end: true {HERE}\n", "", "two_ways"),
    (
        "kind: text, required: true}",
        "kind: text}",
        "steps.close.effects",
        "nothing_to_say",
    ),
    (
        "effects: [second_line]}",
        f"effects: [thirdline]}} {HERE}",
        "steps.mend.answers.worse.effects[1]",
        "bad_choice",
    ),
    ("call_back_within: 2h", f"call_back_within: 0 {HERE}", "", "duration_zero"),
    ("question: {zh", "qestion: {zh", "steps.look.qestion", "did_you_mean"),
]


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    BROKEN,
    ids=[b[3] + str(n) for n, b in enumerate(BROKEN)],
)
def test_a_fault_is_told_with_its_line_and_key(old, new, path, code) -> None:
    assert old in FILE
    text = FILE.replace(old, new, 1)
    found = faults(text)
    assert code in {one[2] for one in found}
    fault = next(one for one in found if one[2] == code)
    if path:
        assert fault[1] == path
    if HERE in text:
        assert fault[0] == line_of(text)


def test_a_step_that_leads_nowhere() -> None:
    text = FILE.replace("    end: true\n", "").replace("  close:", f"  close: {HERE}")
    assert faults(text) == [(line_of(text), "steps.close", "dead_end")]


def test_a_step_that_no_answer_leads_to() -> None:
    text = FILE + f"  lost: {HERE}\n    title: {{zh: 孤, en: Lost}}\n    end: true\n"
    assert faults(text) == [(line_of(text), "steps.lost", "unreachable")]


def test_steps_that_go_round_without_a_question() -> None:
    text = FILE.replace(
        MEND, f"      works: {{label: {{zh: 好, en: Works}}, to: a}} {HERE}\n"
    )
    text += "  a:\n    title: {zh: 甲, en: A}\n    next: b\n"
    text += "  b:\n    title: {zh: 乙, en: B}\n    next: a\n"
    found = faults(text)
    assert [(path, code) for _line, path, code in found] == [("steps.a.next", "loop")]
    line = text.splitlines().index("    next: b") + 1
    assert found[0][0] == line


def test_answers_that_never_reach_the_end() -> None:
    round_and_round = (
        "      {n}: {{label: {{zh: 好, en: Works}}, to: {to}, again: true}}\n"
    )
    text = FILE.replace("to: close}\n  mend", "to: a}\n  mend").replace(MEND, "")
    text = text.replace("to: look, again: true", "to: close")
    for here, there in (("a", "b"), ("b", "a")):
        text += f"  {here}:\n    title: {{zh: 甲, en: A}}\n    answers:\n"
        text += round_and_round.format(n="x", to=there)
        text += round_and_round.format(n="y", to=here)
    assert {(path, code) for _l, path, code in faults(text)} == {
        ("steps.a", "no_end"),
        ("steps.b", "no_end"),
    }


def test_a_circle_that_begins_no_round() -> None:
    text = FILE.replace("to: look, again: true", "to: look")
    text = text.replace("  look:\n", f"  look: {HERE}\n")
    assert faults(text) == [(line_of(text), "steps.look", "no_round")]


def test_every_reason_is_a_sentence_with_its_values() -> None:
    with pytest.raises(FlowError) as refused:
        load_flow(FILE.replace("start: look", "start: lok"))
    (problem,) = refused.value.problems
    assert str(problem) == (
        "line 4: start: There is no step “lok”. Known: look, mend, close."
    )
    assert MESSAGES["unknown_step"] == problem.template


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=200) | st.from_regex(r"([a-z]+: .{0,9}\n){1,5}", fullmatch=True)
)
def test_any_text_is_a_flow_or_refused(text: str) -> None:
    with pytest.raises(FlowError):
        load_flow(text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(FILE.splitlines()) - 1))
def test_a_line_left_out_is_refused_or_still_a_sound_flow(number: int) -> None:
    lines = FILE.splitlines(keepends=True)
    text = "".join(lines[:number] + lines[number + 1 :])
    found = faults(text)
    assert all(1 <= line <= len(lines) for line, _path, _code in found)
    assert found or load_flow(text).start in load_flow(text).steps
