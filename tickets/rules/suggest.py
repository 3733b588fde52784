"""Whom to send, and why: the order of the candidates for a job. Pure.

Whoever is away is no candidate, and whoever has another job at that time comes last. Otherwise
one thing decides after the other: the dedicated engineer of the project, who is on duty, who
knows the equipment, who has least to do that day, who is near. What nobody has written down (no
roster, no category, no places) decides nothing and is not spoken of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """A reason for or against a candidate."""

    BUSY = "busy"
    DEDICATED = "dedicated"
    ON_DUTY = "on_duty"
    OFF_DUTY = "off_duty"
    KNOWS = "knows"
    LOAD = "load"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of somebody who could go. None: nobody has written it down."""

    key: int
    name: str
    is_dedicated: bool = False
    is_on_duty: bool | None = None
    knows: bool | None = None
    jobs: int = 0  # that day
    is_near: bool | None = None
    is_busy: bool = False  # has another job at that time
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody to send, with the reasons in the order in which they counted."""

    key: int
    name: str
    jobs: int
    reasons: tuple[Why, ...]


def suggest(candidates: Iterable[Candidate], *, most: int = 3) -> list[Suggestion]:
    """The best candidates, the first one first."""
    able = sorted((one for one in candidates if not one.is_away), key=_order)
    return [
        Suggestion(one.key, one.name, one.jobs, tuple(_reasons(one)))
        for one in able[:most]
    ]


def _order(one: Candidate) -> tuple[bool, bool, bool, bool, int, bool, str, int]:
    return (
        one.is_busy,
        not one.is_dedicated,
        one.is_on_duty is False,
        not one.knows,
        one.jobs,
        not one.is_near,
        one.name,
        one.key,
    )


def _reasons(one: Candidate) -> Iterable[Why]:
    if one.is_busy:
        yield Why.BUSY
    if one.is_dedicated:
        yield Why.DEDICATED
    if one.is_on_duty is not None:
        yield Why.ON_DUTY if one.is_on_duty else Why.OFF_DUTY
    if one.knows:
        yield Why.KNOWS
    yield Why.LOAD
    if one.is_near:
        yield Why.NEAR
