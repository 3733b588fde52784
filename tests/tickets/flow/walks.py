"""Ways through a flow: the shortest to a step, and from a step to the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tickets.rules.flow import Answer, Field, FieldKind, Flow, Record, Step

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
Way = list[tuple[Step, Answer]]


def shortest(flow: Flow, start: str, wanted: str) -> Way:
    """The shortest way from a step to a step ("" for the end), without the step itself."""
    ways: dict[str, Way] = {start: []}
    waiting = [start]
    for key in waiting:
        if key == wanted:
            return ways[key]
        step = flow.steps[key]
        for answer in step.answers:
            if answer.to == wanted:
                return [*ways[key], (step, answer)]
            if answer.to and answer.to not in ways:
                ways[answer.to] = [*ways[key], (step, answer)]
                waiting.append(answer.to)
    raise AssertionError(f"{wanted or 'the end'} is out of reach of {start}")


def branches(flow: Flow) -> Iterator[tuple[str, Way]]:
    """Every answer of every step, each within a walk from the start to the end."""
    for step in flow.steps.values():
        before = shortest(flow, flow.start, step.key)
        for answer in step.answers:
            after = shortest(flow, answer.to, "") if answer.to else []
            yield f"{step.key}.{answer.key}", [*before, (step, answer), *after]


def covering(flow: Flow) -> list[Way]:
    """Walks from the start in which every answer of every step is given; as few as it goes."""
    walks: list[Way] = []
    given: set[tuple[str, str]] = set()
    for _name, way in sorted(branches(flow), key=lambda one: -len(one[1])):
        new = [n for n, (s, a) in enumerate(way) if (s.key, a.key) not in given]
        if new:
            walks.append(way[: new[-1] + 1])
            given.update((s.key, a.key) for s, a in walks[-1])
    return walks


def values_of(step: Step, *, promised: datetime = NOON) -> dict[str, Any]:
    """Something sensible in every field of a step."""
    return {one.key: _value(one, promised) for one in step.fields}


def _value(one: Field, promised: datetime) -> Any:
    if one.kind is FieldKind.MOMENT:
        return promised
    if one.kind is FieldKind.CHOICE:
        return one.options[0].key
    return {FieldKind.YES_NO: True, FieldKind.NUMBER: "3"}.get(
        one.kind, f"{one.key} is said"
    )


def record(seq: int, step: str, answer: str, **fields: Any) -> Record:
    """A step done, ``seq`` minutes after noon."""
    return Record(
        seq, NOON + timedelta(minutes=seq), step=step, answer=answer, fields=fields
    )
