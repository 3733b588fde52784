"""Reading the calendars of a standard's file, with the holidays of their region copied in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TypeVar
from zoneinfo import available_timezones

from servicedesk.lib.textfile.notation import NotationError
from servicedesk.lib.textfile.reader import Section, attempt, items_of, text_of
from servicedesk.lib.textfile.tree import Leaf, Node
from sla.holidays import HolidayTable, exceptions_of
from sla.rules import ALWAYS, Calendar, Window
from sla.standards.notation import (
    WEEK,
    overlap,
    overlap_in_week,
    read_date,
    read_dates,
    read_days,
    read_window,
    write_window,
)

T = TypeVar("T")
Week = tuple[tuple[Window, ...], ...]
#: What a day without work says in place of a list of windows.
CLOSED = "closed"
NAME_LENGTH = 100
_MAX_DATES = 3000


def read_calendars(
    top: Section, *, holidays: Mapping[str, HolidayTable]
) -> dict[str, Calendar]:
    """The calendars of a file by key, the built-in 24×7 one first."""
    calendars = {ALWAYS.key: ALWAYS}
    for key, section in top.named("calendars", required=False).items():
        if key == ALWAYS.key:
            top.problems.add(section.path, "reserved_key", value=key)
        else:
            calendars[key] = _Reading(section, holidays).calendar(key)
    return calendars


def usual_make_up_hours(week: Week) -> tuple[Window, ...]:
    """The hours of a make-up day where every working day has the same ones; else none."""
    different = {day for day in week if day}
    return different.pop() if len(different) == 1 else ()


class _Reading:
    """One calendar while it is read."""

    def __init__(self, section: Section, holidays: Mapping[str, HolidayTable]) -> None:
        self._section = section
        self._problems = section.problems
        self._holidays = holidays

    def calendar(self, key: str) -> Calendar:
        section = self._section
        name = section.both("name", limit=NAME_LENGTH)
        zone = section.value("zone", _zone) or "UTC"
        week = self._week()
        region = section.value("holidays", _region, required=False)
        known_until = section.value("known_until", read_date, required=False)
        make_up_hours = self._make_up_hours(week)
        own = self._exceptions()
        copied: dict[date, tuple[Window, ...]] = {}
        if region and not section.has("known_until"):
            table = self._table(region, make_up_hours)
            copied = exceptions_of(table, make_up_hours=make_up_hours) if table else {}
            known_until = table.known_until if table else None
        section.close()
        return Calendar(
            key=key,
            zone=zone,
            week=week,
            exceptions=copied | own,
            known_until=known_until,
            holidays=region,
            make_up_hours=make_up_hours,
            name=name,
        )

    def _week(self) -> Week:
        hours = self._section.section("hours")
        if hours is None:
            return ((),) * 7
        days: dict[int, tuple[Window, ...]] = {}
        paths: dict[int, str] = {}
        for text, node in hours.entries():
            windows = self._windows(node)
            for day in self._read(node.path, text, read_days) or ():
                if day in days:
                    self._problems.add(node.path, "day_twice", day=WEEK[day])
                days[day], paths[day] = windows, node.path
        week = tuple(days.get(day, ()) for day in range(7))
        if not self._problems.any_under(hours.path):
            self._check(week, paths, hours.path)
        return week

    def _check(self, week: Week, paths: Mapping[int, str], path: str) -> None:
        shared = overlap_in_week(week)
        if shared is not None:
            day, one, other = shared
            self._overlap(paths[day], one, other)
        if not any(week):
            self._problems.add(path, "no_working_time")

    def _windows(self, node: Node) -> tuple[Window, ...]:
        """Windows with commas between them, or as a list; or the word closed. In order."""
        if isinstance(node, Leaf):
            if node.text == CLOSED:
                return ()
            texts = [(node.path, text.strip()) for text in re.split("[,，]", node.text)]
        else:
            items = items_of(node, self._problems)
            texts = [(item.path, text_of(item, self._problems)) for item in items]
        read = [
            self._read(path, text, read_window)
            for path, text in texts
            if text is not None
        ]
        return tuple(sorted(window for window in read if window))

    def _make_up_hours(self, week: Week) -> tuple[Window, ...]:
        node = self._section.node("make_up_hours", required=False)
        if not self._section.has("holidays"):
            if node is not None:
                self._problems.add(node.path, "make_up_hours_unused")
            return ()
        return usual_make_up_hours(week) if node is None else self._day(node)

    def _table(
        self, region: str, make_up_hours: tuple[Window, ...]
    ) -> HolidayTable | None:
        table = self._holidays.get(region)
        path = self._section.at("holidays")
        if table is None:
            known = ", ".join(sorted(self._holidays))
            self._problems.add(path, "unknown_region", value=region, known=known)
        elif table.make_up and not make_up_hours and self._unclear():
            self._problems.add(path, "make_up_hours_needed")
        return table

    def _unclear(self) -> bool:
        """Whether nobody said which hours a make-up day has, and no fault explains it."""
        section = self._section
        return (
            section.has("hours")
            and not section.has("make_up_hours")
            and not self._problems.any_under(section.at("hours"))
        )

    def _exceptions(self) -> dict[date, tuple[Window, ...]]:
        section = self._section.section("exceptions", required=False)
        exceptions: dict[date, tuple[Window, ...]] = {}
        for text, node in section.entries() if section else ():
            windows = self._day(node)
            for day in self._read(node.path, text, read_dates) or ():
                if day in exceptions:
                    self._problems.add(node.path, "date_twice", date=day.isoformat())
                exceptions[day] = windows
            if len(exceptions) > _MAX_DATES:
                self._problems.add(node.path, "too_many_dates", limit=_MAX_DATES)
                break
        return exceptions

    def _day(self, node: Node) -> tuple[Window, ...]:
        """The windows of a single day, which must not share time."""
        windows = self._windows(node)
        shared = overlap(windows)
        if shared is not None:
            self._overlap(node.path, *shared)
        return windows

    def _read(self, path: str, text: str, read: Callable[[str], T]) -> T | None:
        return attempt(text, read, path=path, problems=self._problems)

    def _overlap(self, path: str, one: Window, other: Window) -> None:
        self._problems.add(
            path, "overlap", one=write_window(one), other=write_window(other)
        )


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(text: str) -> str:
    if text not in _zones():
        raise NotationError("unknown_zone", value=text[:40])
    return text


def _region(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", text):
        raise NotationError("bad_region", value=text[:40])
    return text
