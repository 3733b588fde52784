"""The clocks of a ticket: a pure function of its facts, its standards and now.

What the rules of the promise leave open is chosen, and said, at the head of the module that
does it: :mod:`~tickets.rules.story` (what a fact means), :mod:`~tickets.rules.merging` (two
tickets as one), :mod:`~tickets.rules.turns` (which tier promises what, from when),
:mod:`~tickets.rules.measure` (how one clock is measured) and :mod:`~tickets.rules.follow` (which
clock is met, missed, superseded or cancelled).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain

from sla.rules import Metric, Standard
from tickets.rules.facts import Clock, Fact
from tickets.rules.follow import Run
from tickets.rules.measure import Gauge
from tickets.rules.merging import told_as_one
from tickets.rules.standing import standing
from tickets.rules.story import read
from tickets.rules.turns import course_of


def derive(
    facts: Iterable[Fact], *, standards: Mapping[int, Standard], now: datetime
) -> tuple[Clock, ...]:
    """Every clock that a ticket's facts give rise to, superseded and cancelled ones included.

    Facts may come in any order, corrections and voids among them; ``standards`` holds each
    version that they name. Clocks come by metric, then in the order of their beginning; each
    has a key that no other has and that stays when facts are appended. Raises LookupError
    for a standard, tier or calendar that is not given.
    """
    story = read(told_as_one(standing(facts)))
    if story is None:
        return ()
    course = course_of(story, standards)
    gauge = Gauge(story)
    runs = [
        Run(metric, story=story, course=course, gauge=gauge)
        for metric in Metric
        if metric in course.metrics
    ]
    return tuple(chain.from_iterable(run.clocks(now) for run in runs))
