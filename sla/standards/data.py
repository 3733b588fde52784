"""A compiled standard as plain data for a JSON column, and back, without checking anything.

What is stored is what was loaded: calendars with their copied holidays, so that nothing that
happens to a library later reaches a version that is in force. Lists keep their order, which
``jsonb`` does not do for keys. Durations are whole microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any

from servicedesk.lib.bilingual import Text
from sla.rules import (
    ALWAYS,
    Calendar,
    Condition,
    EscalationStep,
    Metric,
    Recipient,
    Severity,
    Standard,
    Start,
    Target,
    Tier,
    WaitReason,
    Window,
)

Data = dict[str, Any]
_MICROSECOND = timedelta.resolution


def to_data(standard: Standard) -> Data:
    """A standard as JSON-safe data."""
    return {
        "key": standard.key,
        "name": _text(standard.name),
        "source": standard.source,
        "tiers": [_tier(tier) for tier in standard.tiers],
        "calendars": [calendar_to_data(each) for each in standard.calendars.values()],
        "backdate_limit": standard.backdate_limit // _MICROSECOND,
        "auto_confirm_after": standard.auto_confirm_after // _MICROSECOND,
        "reopen_within": standard.reopen_within // _MICROSECOND,
    }


def from_data(data: Mapping[str, Any]) -> Standard:
    """The standard that :func:`to_data` wrote."""
    calendars = [calendar_from_data(each) for each in data["calendars"]]
    return Standard(
        key=data["key"],
        name=Text(**data["name"]),
        source=data["source"],
        tiers=tuple(_read_tier(tier) for tier in data["tiers"]),
        calendars={calendar.key: calendar for calendar in calendars},
        backdate_limit=_span(data["backdate_limit"]),
        auto_confirm_after=_span(data["auto_confirm_after"]),
        reopen_within=_span(data["reopen_within"]),
    )


def calendar_to_data(calendar: Calendar) -> Data:
    """A calendar as JSON-safe data."""
    if calendar.always:
        return {"key": calendar.key, "always": True}
    return {
        "key": calendar.key,
        "zone": calendar.zone,
        "week": [_windows(windows) for windows in calendar.week],
        "exceptions": {
            day.isoformat(): _windows(windows)
            for day, windows in calendar.exceptions.items()
        },
        "known_until": calendar.known_until and calendar.known_until.isoformat(),
        "holidays": calendar.holidays,
        "make_up_hours": _windows(calendar.make_up_hours),
        "name": calendar.name and _text(calendar.name),
    }


def calendar_from_data(data: Mapping[str, Any]) -> Calendar:
    """The calendar that :func:`calendar_to_data` wrote."""
    if data.get("always"):
        key = data["key"]
        return ALWAYS if key == ALWAYS.key else Calendar(key=key, always=True)
    known_until, name = data["known_until"], data["name"]
    return Calendar(
        key=data["key"],
        zone=data["zone"],
        week=tuple(_read_windows(windows) for windows in data["week"]),
        exceptions={
            date.fromisoformat(day): _read_windows(windows)
            for day, windows in data["exceptions"].items()
        },
        known_until=date.fromisoformat(known_until) if known_until else None,
        holidays=data["holidays"],
        make_up_hours=_read_windows(data["make_up_hours"]),
        name=Text(**name) if name else None,
    )


def _tier(tier: Tier) -> Data:
    return {
        "key": tier.key,
        "severities": sorted(severity.value for severity in tier.severities),
        "name": _text(tier.name),
        "description": _text(tier.description),
        "example": _text(tier.example),
        "targets": [_target(target) for target in tier.targets],
        "may_pause": sorted(reason.value for reason in tier.may_pause),
        "warn": tier.warn.value,
        "escalation": [_step(step) for step in tier.escalation],
    }


def _read_tier(data: Mapping[str, Any]) -> Tier:
    return Tier(
        key=data["key"],
        severities=frozenset(Severity(value) for value in data["severities"]),
        name=Text(**data["name"]),
        description=Text(**data["description"]),
        example=Text(**data["example"]),
        targets=tuple(_read_target(target) for target in data["targets"]),
        may_pause=frozenset(WaitReason(value) for value in data["may_pause"]),
        warn=Recipient(data["warn"]),
        escalation=tuple(_read_step(step) for step in data["escalation"]),
    )


def _target(target: Target) -> Data:
    return {
        "key": target.key,
        "metric": target.metric.value,
        "limit": target.limit // _MICROSECOND,
        "from": target.measured_from.value,
        "calendar": target.calendar,
        "when": target.condition.value,
        "warn_at": target.warn_at,
        "warn_before": _micros(target.warn_before),
    }


def _read_target(data: Mapping[str, Any]) -> Target:
    return Target(
        key=data["key"],
        metric=Metric(data["metric"]),
        limit=_span(data["limit"]),
        measured_from=Start(data["from"]),
        calendar=data["calendar"],
        condition=Condition(data["when"]),
        warn_at=data["warn_at"],
        warn_before=_optional_span(data["warn_before"]),
    )


def _step(step: EscalationStep) -> Data:
    return {
        "key": step.key,
        "after": step.after // _MICROSECOND,
        "tell": step.tell.value,
        "raise": step.raise_severity,
        "every": _micros(step.every),
        "unless_acknowledged": step.unless_acknowledged,
    }


def _read_step(data: Mapping[str, Any]) -> EscalationStep:
    return EscalationStep(
        key=data["key"],
        after=_span(data["after"]),
        tell=Recipient(data["tell"]),
        raise_severity=data["raise"],
        every=_optional_span(data["every"]),
        unless_acknowledged=data["unless_acknowledged"],
    )


def _text(text: Text) -> Data:
    return {"zh": text.zh, "en": text.en}


def _windows(windows: Iterable[Window]) -> list[list[str]]:
    return [[opens.isoformat(), closes.isoformat()] for opens, closes in windows]


def _read_windows(data: Iterable[Iterable[str]]) -> tuple[Window, ...]:
    return tuple(
        (time.fromisoformat(opens), time.fromisoformat(closes))
        for opens, closes in data
    )


def _micros(length: timedelta | None) -> int | None:
    return None if length is None else length // _MICROSECOND


def _span(micros: int) -> timedelta:
    return timedelta(microseconds=micros)


def _optional_span(micros: int | None) -> timedelta | None:
    return None if micros is None else timedelta(microseconds=micros)
