"""Whether a flow can be walked: every step is reached, and from every step the end.

1. Every name of a step is one; every field that an answer needs is recorded, and filled where
   the customer's signature gives the answer.
2. No step is out of reach of the start (or of the step where a reopened ticket goes on).
3. No circle of steps without a question, which nobody could ever leave; and from every step
   some answers lead to an end.
4. Every circle has an answer that says ``again``, so that rounds can be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from servicedesk.lib.textfile.problems import Problems
from tickets.rules.flow import Answer, Effect, FieldKind, Flow, Step

Ways = Mapping[str, list[str]]
#: The kinds of field that a signature can fill.
SIGNED_KINDS = frozenset({FieldKind.LINE, FieldKind.TEXT})


def check_flow(flow: Flow, problems: Problems) -> None:
    """Note everything that keeps a flow from being walked."""
    _names(flow, problems)
    if problems.found:
        return  # what follows would speak of steps that are not there
    for step in flow.steps.values():
        _record(step, problems)
    _reach(flow, problems)
    _rounds(flow, problems)


# -- names -------------------------------------------------------------------------------------


def _names(flow: Flow, problems: Problems) -> None:
    known = ", ".join(flow.steps)
    named = {"start": flow.start, "reopened": flow.reopened}
    for step in flow.steps.values():
        for answer in step.answers:
            if answer.to or not step.is_end:
                named[_place(step, answer, problems)] = answer.to
    for path, key in named.items():
        if key not in flow.steps:
            problems.add(path, "unknown_step", value=key[:40], known=known)


def _place(step: Step, answer: Answer, problems: Problems) -> str:
    """Where the file says which step comes next."""
    path = f"steps.{step.key}"
    one_way = f"{path}.next"
    return one_way if one_way in problems.lines else f"{path}.answers.{answer.key}.to"


def _record(step: Step, problems: Problems) -> None:
    known = {one.key for one in step.fields}
    for answer in step.answers:
        path = f"steps.{step.key}.answers.{answer.key}"
        for key in sorted(answer.needs - known):
            problems.add(
                f"{path}.needs",
                "unknown_field",
                value=key[:40],
                known=", ".join(sorted(known)) or "–",
            )
        if Effect.RESOLVE in answer.effects and not _says(step, answer):
            own = f"{path}.effects"
            where = own if own in problems.lines else f"steps.{step.key}.effects"
            problems.add(where, "nothing_to_say")
    _signed(step, problems)


def _signed(step: Step, problems: Problems) -> None:
    """Whether what a signature records by itself can be recorded: one answer, all it needs."""
    for count, answer in enumerate(a for a in step.answers if a.signed is not None):
        own = f"steps.{step.key}.answers.{answer.key}.signed"
        path = own if own in problems.lines else f"steps.{step.key}.signed"
        if count:
            problems.add(path, "signed_twice")
        if answer.again or answer.picture or Effect.SECOND_LINE in answer.effects:
            problems.add(path, "signed_unfit")
        filled = dict(answer.signed or ())
        words = {one.key for one in step.fields if one.kind in SIGNED_KINDS}
        for key in sorted(set(filled) - words):
            known = ", ".join(sorted(words)) or "–"
            problems.add(path, "unknown_field", value=key[:40], known=known)
        for one in step.fields:
            if (one.required or one.key in answer.needs) and one.key not in filled:
                problems.add(path, "signed_missing", value=one.key)


def _says(step: Step, answer: Answer) -> bool:
    return any(
        one.kind is FieldKind.TEXT and (one.required or one.key in answer.needs)
        for one in step.fields
    )


# -- ways --------------------------------------------------------------------------------------


def _reach(flow: Flow, problems: Problems) -> None:
    ways = _ways(flow, lambda _step, _answer: True)
    reached = _from({flow.start, flow.reopened}, ways)
    for key in flow.steps:
        if key not in reached:
            problems.add(f"steps.{key}", "unreachable")
    ends = {key for key, step in flow.steps.items() if step.is_end}
    ends |= {k for k, s in flow.steps.items() if any(not a.to for a in s.answers)}
    backwards: dict[str, list[str]] = {key: [] for key in flow.steps}
    for key, targets in ways.items():
        for target in targets:
            backwards[target].append(key)
    can_end = _from(ends, backwards)
    circles = list(_circles(_ways(flow, lambda step, _answer: not step.asks)))
    for circle in circles:
        problems.add(f"steps.{circle[0]}.next", "loop", cycle=_shown(circle))
    told = {key for circle in circles for key in circle}
    for key in flow.steps:
        if key not in can_end and key not in told:
            problems.add(f"steps.{key}", "no_end")


def _rounds(flow: Flow, problems: Problems) -> None:
    if problems.found:
        return
    for circle in _circles(_ways(flow, lambda _step, answer: not answer.again)):
        problems.add(f"steps.{circle[0]}", "no_round", cycle=_shown(circle))


def _ways(flow: Flow, wanted: Callable[[Step, Answer], bool]) -> Ways:
    """From each step where its wanted answers lead."""
    return {
        key: [one.to for one in step.answers if one.to and wanted(step, one)]
        for key, step in flow.steps.items()
    }


def _from(roots: Iterable[str], ways: Ways) -> set[str]:
    """What can be reached."""
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += ways[key]
    return reached


def _circles(ways: Ways) -> Iterator[list[str]]:
    """One circle through each step that lies on one, none told twice; in the file's order."""
    told: set[str] = set()
    for key in ways:
        if key in told:
            continue
        circle = _way_back(key, ways)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            yield circle


def _way_back(start: str, ways: Ways) -> list[str]:
    """The shortest way from a step to itself; empty where there is none."""
    before: dict[str, str] = {}
    waiting = [start]
    for key in waiting:
        for target in ways[key]:
            if target == start:
                return _trace(key, before)
            if target not in before:
                before[target] = key
                waiting.append(target)
    return []


def _trace(key: str, before: Mapping[str, str]) -> list[str]:
    way = [key]
    while way[-1] in before:
        way.append(before[way[-1]])
    return way[::-1]


def _shown(circle: list[str]) -> str:
    return " → ".join([*circle, circle[0]])
