"""What a correction does to automatic raises and to ladders (rule 7). Pure; the writing is
somebody else's.

Choices made here:

- An automatic raise rests on the miss it names, or on any other miss at that very instant
  (misses at one instant raise the ticket once). If it rests on none it is void, unless a person
  has set the severity after it, or a miss or a later automatic raise stands on it.
- A raise whose miss has moved to another instant moves with it.
- A miss that nobody could have seen when it happened, because only a later record brought it
  about, runs no ladder if its metric is already done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.rules import RAISING_METRICS, Standard
from tickets.rules.derive import derive
from tickets.rules.facts import Clock, ClockState, Fact
from tickets.rules.level import is_automatic, is_set_by_hand
from tickets.rules.standing import in_order, standing


@dataclass(frozen=True, slots=True)
class Amendment:
    """What to write down about an automatic raise: void it, or (``at``) correct its time."""

    fact: int
    at: datetime | None = None


def next_amendment(facts: Iterable[Fact], clocks: Sequence[Clock]) -> Amendment | None:
    """The first thing to mend, or None. Derive again and ask again after each."""
    stand = standing(facts)
    missed = {c.key: c for c in clocks if c.state is ClockState.MISSED}
    raises = [fact for fact in stand if is_automatic(fact)]
    for fact in raises:
        miss = missed.get(fact.data.get("miss", ""))
        if _rests(fact, missed.values()):
            continue
        if miss is not None and miss.missed_at is not None:
            return Amendment(fact.seq, miss.missed_at + _after(fact))
        later = [each for each in stand if in_order(each) > in_order(fact)]
        if not _is_kept(fact, later, missed):
            return Amendment(fact.seq)
    return None


def was_foreseeable(
    facts: Iterable[Fact], clock: Clock, *, standards: Mapping[int, Standard]
) -> bool:
    """Whether the miss of a clock showed when it happened, by what was known by then.

    Automatic raises are taken as known at their instant, whenever they were caught up with.
    """
    missed_at = clock.missed_at
    if missed_at is None:
        return False
    facts = tuple(facts)
    known = [f for f in facts if f.recorded_at <= missed_at or _was_due(f, missed_at)]
    if len(known) == len(facts):
        return clock.state is ClockState.MISSED
    then = derive(known, standards=standards, now=missed_at + datetime.resolution)
    return any(c.key == clock.key and c.state is ClockState.MISSED for c in then)


def _was_due(fact: Fact, by: datetime) -> bool:
    return is_automatic(fact) and fact.at <= by


def _rests(fact: Fact, missed: Iterable[Clock]) -> bool:
    instant = fact.at - _after(fact)
    return any(
        clock.missed_at == instant and clock.target.metric in RAISING_METRICS
        for clock in missed
    )


def _after(fact: Fact) -> timedelta:
    """How long after the miss the step came that raised."""
    return timedelta(seconds=fact.data.get("after", 0))


def _is_kept(fact: Fact, later: Sequence[Fact], missed: Mapping[str, Clock]) -> bool:
    """Whether somebody, or something, has since built on a raise."""
    if any(is_set_by_hand(f) for f in later):
        return True
    if any(is_automatic(f) and f.data.get("miss") in missed for f in later):
        return True
    return any(f"r{fact.seq}" in key.split(".") for key in missed)
