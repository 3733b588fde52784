"""From the text of a file to a standard, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from servicedesk.lib.bilingual import Text
from servicedesk.lib.textfile.notation import NotationError
from servicedesk.lib.textfile.problems import Problems
from servicedesk.lib.textfile.reader import KEY, Section
from servicedesk.lib.textfile.tree import Table, parse
from sla.holidays import HolidayTable
from sla.rules import Standard
from sla.standards.calendars import read_calendars
from sla.standards.checks import check_tiers
from sla.standards.problems import MESSAGES, StandardError
from sla.standards.tiers import read_common, read_tiers

FORMAT = "1"
NAME_LENGTH = 100
SOURCE_LENGTH = 200

#: What holds where a file says nothing (DOMAIN: a version's periods).
DEFAULTS = {
    "backdate_limit": timedelta(hours=24),
    "auto_confirm_after": timedelta(hours=72),
    "reopen_within": timedelta(days=30),
}


def load_standard(text: str, *, holidays: Mapping[str, HolidayTable]) -> Standard:
    """The standard that a file describes, the holidays of its regions copied in.

    Raises :class:`~sla.standards.problems.StandardError` with every fault found.
    """
    problems = Problems(MESSAGES)
    tree = parse(text, problems)
    if isinstance(tree, Table):
        standard = _standard(Section(tree, problems), holidays)
        if not problems.found:
            return standard
    elif not problems.found:
        problems.add("", "not_a_table")
    raise StandardError(problems.found)


def _standard(top: Section, holidays: Mapping[str, HolidayTable]) -> Standard:
    top.value("format", _format)
    key = top.value("key", _key)
    name = top.both("name", limit=NAME_LENGTH)
    source = top.line("source", limit=SOURCE_LENGTH)
    periods = {period: _period(top, period) for period in DEFAULTS}
    calendars = read_calendars(top, holidays=holidays)
    common = read_common(top, calendars)
    tiers = read_tiers(top, common)
    top.close()
    check_tiers(tiers, top.problems)
    return Standard(
        key=key or "",
        name=name or Text(zh="", en=""),
        source=source or "",
        tiers=tiers,
        calendars=calendars,
        **periods,
    )


def _period(top: Section, key: str) -> timedelta:
    span = top.duration(key, required=False)
    if span is None:
        return DEFAULTS[key]
    if key == "auto_confirm_after" and not span.length:
        top.problems.add(top.at(key), "duration_zero")
    return span.length


def _format(text: str) -> str:
    if text != FORMAT:
        raise NotationError("unknown_format", value=text[:40], known=FORMAT)
    return text


def _key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise NotationError("bad_key", value=text[:60])
    return text
