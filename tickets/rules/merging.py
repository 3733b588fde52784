"""Two tickets told as one (rule 5).

The survivor is computed as one ticket: received at the earlier time, raised to the higher
severity when the more severe one was received, and a metric done in either is done. Waits,
visits and appointments are the survivor's alone, and so are its version of the standard and
its kind.

What the other ticket brings carries an origin of its own ("m" and the number of the merge), so
that the survivor's clocks keep their keys; undoing the merge (VOIDED) takes only that away.
A severity that the other ticket came to later counts from then, not from when it was received;
one that it was lowered from does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from sla.rules import Severity
from tickets.rules.facts import Fact, FactKind
from tickets.rules.standing import in_order, instant, standing

_DONE = frozenset(
    {
        FactKind.ANSWERED,
        FactKind.DEPARTED,
        FactKind.ARRIVED,
        FactKind.SOLUTION_PROPOSED,
        FactKind.RESOLVED,
        FactKind.CLOSED,
        FactKind.REOPENED,
        FactKind.CALLED_BACK,
    }
)


def told_as_one(facts: Sequence[Fact]) -> Sequence[Fact]:
    """Standing facts with every absorbed ticket's worked in, by (at, seq)."""
    merges = [fact for fact in facts if fact.kind is FactKind.ABSORBED]
    if not merges:
        return facts
    story = [fact for fact in facts if fact.kind is not FactKind.ABSORBED]
    for merge in sorted(merges, key=attrgetter("seq")):
        story = _work_in(story, merge)
    return sorted(story, key=in_order)


def _work_in(story: Sequence[Fact], merge: Fact) -> list[Fact]:
    others = told_as_one(standing(_facts_of(merge)))
    received, theirs = _received(story), _received(others)
    if received is None or theirs is None:
        return list(story)
    raises = _raises(others)
    if raises and raises[0].kind is FactKind.SEVERITY_LOWERED:
        theirs = _at_level(theirs, raises.pop(0).data["to"])
    mine = [fact for fact in story if fact is not received]
    mine += [replace(fact, seq=merge.seq) for fact in others if fact.kind in _DONE]
    mine += _begun(received, theirs, f"m{merge.seq}")
    mine += [
        _raise(fact, fact.data["to"], f"m{merge.seq}.{fact.seq}") for fact in raises
    ]
    return mine


def _begun(mine: Fact, theirs: Fact, origin: str) -> list[Fact]:
    """Both receipts as one, and the raise to the more severe one if it came later."""
    my_level, their_level = _level(mine), _level(theirs)
    if theirs.at >= mine.at:
        if their_level <= my_level:
            return [mine]
        return [mine, _raise(theirs, their_level, origin)]
    if their_level >= my_level:
        return [_at_level(replace(mine, at=theirs.at), their_level)]
    first = _at_level(replace(mine, at=theirs.at), their_level)
    first = replace(first, data={**first.data, "origin": origin})
    return [first, _raise(mine, my_level, mine.data.get("origin", "received"))]


def _raises(facts: Sequence[Fact]) -> list[Fact]:
    """The last lowering, if any, and the raises after it."""
    changes: list[Fact] = []
    for fact in facts:
        if fact.kind is FactKind.SEVERITY_LOWERED:
            changes = [fact]
        elif fact.kind is FactKind.SEVERITY_RAISED:
            changes.append(fact)
    return changes


def _raise(fact: Fact, to: int, origin: str) -> Fact:
    data = {"to": to, "origin": origin, "automatic": fact.data.get("automatic", False)}
    return replace(fact, kind=FactKind.SEVERITY_RAISED, data=data)


def _at_level(received: Fact, level: int) -> Fact:
    return replace(received, data={**received.data, "severity": level})


def _level(received: Fact) -> int:
    return received.data.get("severity") or Severity.GENERAL


def _received(facts: Iterable[Fact]) -> Fact | None:
    return next((fact for fact in facts if fact.kind is FactKind.RECEIVED), None)


def _facts_of(merge: Fact) -> list[Fact]:
    return [
        Fact(
            seq=each["seq"],
            kind=FactKind(each["kind"]),
            at=instant(each["at"]),
            recorded_at=merge.recorded_at,
            data=each.get("data") or {},
        )
        for each in merge.data["facts"]
    ]
