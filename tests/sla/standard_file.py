"""A small valid file to break, and a way to say where it was broken."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sla.holidays import HolidayTable
from sla.rules import Standard
from sla.standards import StandardError, load_standard

#: Faults stand in the line that carries this comment.
HERE = "# <--"

REGIONS = {
    "CN": HolidayTable(
        closed=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
        make_up=frozenset({date(2026, 10, 10)}),
        known_until=date(2026, 12, 31),
    ),
    "XX": HolidayTable(frozenset(), frozenset(), date(2026, 12, 31)),
}

FILE = """\
format: 1
key: small
name: {zh: 小标准, en: Small standard}
source: 一份文件
calendar: always
calendars:
  office:
    name: {zh: 工作时间, en: Office hours}
    zone: Asia/Shanghai
    hours:
      monday-friday: 09:00-12:00, 13:30-18:00
      saturday: [09:00-12:00]
    holidays: CN
    make_up_hours: 09:00-17:00
    exceptions:
      2026-12-31: 09:00-12:00
backdate_limit: 24h
warning: {at: 75%, tell: assignee}
escalation:
  manager: {after: 0, tell: department_manager, raise: true}
  boss: {after: 30min, tell: general_manager}
  remind: {after: 1h, tell: general_manager, every: 1h, unless: acknowledged}
tiers:
  low:
    severities: [general, serious]
    name: {zh: 一般, en: General}
    description: {zh: 不急, en: No hurry}
    example: {zh: 例子, en: An example}
    may_pause: [customer]
    targets:
      first_response:
        limit: 2h
        from: received
        calendar: office
      arrival:
        limit: 0
        from: appointment
        when: on_site
        warn_before: 30min
      resolution:
        limit: 8h
        from: received
  high:
    severities: [urgent]
    name: {zh: 紧急, en: Urgent}
    description: {zh: 很急, en: Hurry}
    example: {zh: 例子, en: An example}
    may_pause: []
    targets:
      arrival:
        limit: 2h
        from: received
        when: on_site
      on_site:
        metric: resolution
        limit: 2h
        from: arrival
        when: on_site
      remote:
        metric: resolution
        limit: 2h
        from: received
        when: remote
"""


def load(text: str) -> Standard:
    return load_standard(text, holidays=REGIONS)


def broken(old: str, new: str) -> str:
    """The file with one place replaced; the place must be there."""
    assert old in FILE, old
    return FILE.replace(old, new, 1)


def line_of(text: str) -> int:
    lines = [n for n, line in enumerate(text.splitlines(), 1) if HERE in line]
    assert len(lines) == 1, lines
    return lines[0]


def faults(text: str) -> list[tuple[int, str, str]]:
    """Line, path and code of everything that is wrong with a file."""
    try:
        load(text)
    except StandardError as error:
        return [(each.line, each.path, each.code) for each in error.problems]
    return []


class Fault(NamedTuple):
    """One place of the file replaced, and where and why the file is refused then.

    The line that is reported is the one of the new text that carries the marker.
    """

    old: str
    new: str
    path: str
    code: str

    @property
    def text(self) -> str:
        return broken(self.old, self.new)

    def check(self) -> None:
        assert faults(self.text) == [(line_of(self.text), self.path, self.code)]
