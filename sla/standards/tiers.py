"""Reading the tiers of a standard's file: targets, waits that may pause, escalation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from servicedesk.lib.bilingual import Text
from servicedesk.lib.textfile.notation import NotationError
from servicedesk.lib.textfile.reader import Section, words_of
from sla.rules import (
    Calendar,
    Condition,
    EscalationStep,
    Metric,
    Recipient,
    Severity,
    Start,
    Target,
    Tier,
    WaitReason,
)
from sla.standards.notation import read_share, total

NAME_LENGTH = 100
TEXT_LENGTH = 1000
#: A warning comes at this share of the limit where a file says nothing.
WARN_AT = 0.75
#: The only thing that makes a step be skipped.
ACKNOWLEDGED = "acknowledged"

_ZERO = timedelta(0)
_SECOND = timedelta(seconds=1)
_TEN_YEARS_OF_WEEKS = 520
#: Stand in for what could not be read, so that reading can go on. Never handed out.
_SOME_LIMIT = timedelta(hours=1)
_NO_TEXT = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class Warn:
    """When and whom a tier warns, unless a target says otherwise."""

    at: float = WARN_AT
    tell: Recipient = Recipient.ASSIGNEE


@dataclass(frozen=True, slots=True)
class Common:
    """What the head of a file says for every tier that doesn't say otherwise."""

    calendars: Mapping[str, Calendar]
    calendar: str | None
    warn: Warn
    escalation: tuple[EscalationStep, ...] | None


def read_common(top: Section, calendars: Mapping[str, Calendar]) -> Common:
    """The head of a file: the calendar, the warning and the escalation of all tiers."""
    escalation = read_escalation(top) if top.has("escalation") else None
    return Common(
        calendars=calendars,
        calendar=_calendar(top, calendars),
        warn=_warn(top, Warn()),
        escalation=escalation,
    )


def read_tiers(top: Section, common: Common) -> tuple[Tier, ...]:
    """The tiers of a file, in its order."""
    return tuple(
        _tier(key, section, common) for key, section in top.named("tiers").items()
    )


def read_escalation(section: Section) -> tuple[EscalationStep, ...]:
    """The steps of an escalation, which stand in the order of their time."""
    steps: list[EscalationStep] = []
    for key, step in section.named("escalation").items():
        steps.append(_step(key, step))
        _check_step(steps, step)
    return tuple(steps)


def _tier(key: str, section: Section, common: Common) -> Tier:
    severities = _severities(section)
    name = section.both("name", limit=NAME_LENGTH)
    description = section.both("description", limit=TEXT_LENGTH, lines=True)
    example = section.both("example", limit=TEXT_LENGTH, lines=True)
    may_pause = section.choices("may_pause", WaitReason)
    warn = _warn(section, common.warn)
    targets = section.named("targets")
    read = [_Target(at, common, warn).read(key) for key, at in targets.items()]
    if section.has("escalation") or common.escalation is None:
        escalation = read_escalation(section)
    else:
        escalation = common.escalation
    section.close()
    return Tier(
        key=key,
        severities=severities,
        name=name or _NO_TEXT,
        description=description or _NO_TEXT,
        example=example or _NO_TEXT,
        targets=tuple(target for target in read if target is not None),
        may_pause=frozenset(may_pause or ()),
        warn=warn.tell,
        escalation=escalation,
    )


def _severities(section: Section) -> frozenset[Severity]:
    severities = section.choices("severities", Severity)
    path = section.at("severities")
    if severities == [] and not section.problems.any_under(path):
        section.problems.add(path, "empty")
    return frozenset(severities or ())


def _warn(section: Section, usual: Warn) -> Warn:
    table = section.section("warning", required=False)
    if table is None:
        return usual
    at = table.value("at", read_share, required=False)
    tell = table.choice("tell", Recipient, required=False)
    table.close()
    return Warn(at=at or usual.at, tell=tell or usual.tell)


def _calendar(
    section: Section, calendars: Mapping[str, Calendar], usual: str | None = None
) -> str | None:
    """The key of a calendar; None where it can't be told."""
    key = section.leaf("calendar", required=usual is None)
    if key is None:
        return usual
    if key in calendars:
        return key
    known = ", ".join(calendars)
    path = section.at("calendar")
    section.problems.add(path, "unknown_calendar", value=key[:40], known=known)
    return None


class _Target:
    """One target while it is read."""

    def __init__(self, section: Section, common: Common, warn: Warn) -> None:
        self._section = section
        self._common = common
        self._warn = warn

    def read(self, key: str) -> Target | None:
        section = self._section
        own = words_of(Metric).get(key)
        metric = section.choice("metric", Metric, required=own is None)
        start = section.choice("from", Start)
        condition = section.choice("when", Condition, required=False)
        calendar = self._calendar()
        limit = self._limit(calendar, start)
        warn_at, warn_before = self._warning(limit, start)
        section.close()
        if own is not None and metric not in {own, None}:
            path = section.at("metric")
            section.problems.add(path, "misleading_key", metric=own.value)
            metric = None
        elif not section.has("metric"):
            metric = own
        if metric is None or start is None:
            return None
        return Target(
            key=key,
            metric=metric,
            limit=_SOME_LIMIT if limit is None else limit,
            measured_from=start,
            calendar=calendar.key if calendar else "",
            condition=condition or Condition.ALWAYS,
            warn_at=warn_at,
            warn_before=warn_before,
        )

    def _calendar(self) -> Calendar | None:
        common, section = self._common, self._section
        if section.has("calendar"):
            key = _calendar(section, common.calendars)
        else:
            key = common.calendar
        return None if key is None else common.calendars[key]

    def _limit(
        self, calendar: Calendar | None, start: Start | None
    ) -> timedelta | None:
        span = self._section.duration("limit")
        if span is None:
            return None
        path, problems = self._section.at("limit"), self._section.problems
        if not span.length:
            if start not in {Start.APPOINTMENT, None}:
                problems.add(path, "zero_limit")
        elif calendar is not None and not calendar.always:
            week = total(window for day in calendar.week for window in day)
            if span.in_days:
                problems.add(path, "day_of_work", calendar=calendar.key)
            elif week and span.length > week * _TEN_YEARS_OF_WEEKS:
                problems.add(path, "limit_out_of_reach", calendar=calendar.key)
        return span.length

    def _warning(
        self, limit: timedelta | None, start: Start | None
    ) -> tuple[float, timedelta | None]:
        section, problems = self._section, self._section.problems
        share = section.value("warn_at", read_share, required=False)
        before = section.duration("warn_before", required=False)
        path = section.at("warn_before")
        if section.has("warn_before"):
            if section.has("warn_at"):
                problems.add(path, "warn_twice")
            elif before and not before.length:
                problems.add(path, "duration_zero")
            elif before and limit and before.length >= limit:
                problems.add(path, "warn_before_too_long")
            return WARN_AT, before.length if before else None
        if limit == _ZERO and start is Start.APPOINTMENT:
            problems.add(section.path, "warn_before_needed")
        return share or self._warn.at, None


def _step(key: str, section: Section) -> EscalationStep:
    after = section.duration("after")
    tell = section.choice("tell", Recipient)
    every = section.duration("every", required=False)
    raises = section.flag("raise")
    unless = section.value("unless", _unless, required=False)
    section.close()
    return EscalationStep(
        key=key,
        after=after.length if after else _ZERO,
        tell=tell or Recipient.ASSIGNEE,
        raise_severity=raises,
        every=every.length if every else None,
        unless_acknowledged=unless is not None,
    )


def _check_step(steps: list[EscalationStep], section: Section) -> None:
    problems, step = section.problems, steps[-1]
    later = [each.key for each in steps if each.after > step.after]
    if later and not problems.any_under(section.at("after")):
        problems.add(section.at("after"), "step_order", before=later[0])
    if step.every is not None and step.every < _SECOND:
        problems.add(section.at("every"), "every_too_small")
    raising = [each.key for each in steps if each.raise_severity]
    if step.raise_severity and len(raising) > 1:
        problems.add(section.at("raise"), "raise_twice", before=raising[0])


def _unless(text: str) -> str:
    if text != ACKNOWLEDGED:
        raise NotationError("bad_choice", value=text[:40], known=ACKNOWLEDGED)
    return text
