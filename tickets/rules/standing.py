"""Which facts stand, and when they happened, after corrections (rule 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from tickets.rules.facts import Fact, FactKind

_REWRITES = frozenset({FactKind.CORRECTED, FactKind.VOIDED})
in_order = attrgetter("at", "seq")


def instant(value: datetime | str) -> datetime:
    """An instant out of a fact's data. Raises ValueError for one without a zone."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value}")
    return at.astimezone(UTC)


def standing(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that stand, each at its corrected event time, by (at, seq).

    1. A voided fact is gone; a voided VOIDED or CORRECTED never was, so that the fact it
       spoke of stands again as before.
    2. Of several corrections of a fact the newest (by seq) wins. A correction of a
       correction is one of the fact itself, and falls when the correction it mends falls.

    Neither kind is part of the answer, so applying this twice changes nothing.
    """
    known = tuple(facts)
    if not any(fact.kind in _REWRITES for fact in known):
        return tuple(sorted(known, key=in_order))
    by_seq = {fact.seq: fact for fact in known}
    newest_first = sorted(by_seq, reverse=True)
    voided = _voided(newest_first, by_seq)
    corrected: dict[int, datetime] = {}
    for seq in newest_first:
        fact = by_seq[seq]
        if fact.kind is FactKind.CORRECTED and seq not in voided:
            root = _root(fact.data, by_seq, voided)
            if root is not None:
                corrected.setdefault(root, instant(fact.data["at"]))
    stand = [
        replace(fact, at=corrected[fact.seq]) if fact.seq in corrected else fact
        for fact in by_seq.values()
        if fact.seq not in voided and fact.kind not in _REWRITES
    ]
    return tuple(sorted(stand, key=in_order))


def _voided(newest_first: list[int], by_seq: Mapping[int, Fact]) -> set[int]:
    """The facts that are gone. A later VOIDED speaks before an earlier one."""
    gone: set[int] = set()
    for seq in newest_first:
        if by_seq[seq].kind is FactKind.VOIDED and seq not in gone:
            gone.add(by_seq[seq].data["fact"])
    return gone


def _root(
    data: Mapping[str, Any], by_seq: Mapping[int, Fact], voided: set[int]
) -> int | None:
    """The fact that a correction is about in the end; None where that is gone."""
    seq: int = data["fact"]
    while seq in by_seq and seq not in voided:
        fact = by_seq[seq]
        if fact.kind is not FactKind.CORRECTED:
            return seq
        if fact.data["fact"] >= seq:
            break  # a correction speaks of what was written before it
        seq = fact.data["fact"]
    return None
