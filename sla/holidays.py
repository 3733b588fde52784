"""Public holidays and make-up working days, copied from a maintained library.

China's working days can't be computed: each November the State Council announces which days
of the next year are off and which weekend days are worked instead (调休). ``chinesecalendar``
carries exactly the years that have been announced and refuses the others, so its last year is
an honest "known until". (``holidays`` knows the same days, but goes on with the statutory
days alone for years that nobody has announced yet.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from chinese_calendar import constants as announced

from sla.rules import Calendar, Window

#: Tickets are not backdated by years: that many before the last known one are copied.
_YEARS = 3


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """What is known of a region: days off, days worked instead, and until when."""

    closed: frozenset[date]
    make_up: frozenset[date]
    known_until: date


@cache
def library() -> Mapping[str, HolidayTable]:
    """The regions that a calendar can name under ``holidays``, with their days."""
    return MappingProxyType({"CN": _china()})


def renewed(calendar: Calendar, table: HolidayTable) -> Calendar:
    """The next revision of a calendar: the table's days after what it knew until now.

    Days up to ``known_until`` stay as they were, and so do days after it that were set by
    hand. The calendar itself comes back where the table knows nothing more.
    """
    if calendar.known_until is None or table.known_until <= calendar.known_until:
        return calendar
    days = exceptions_of(table, make_up_hours=calendar.make_up_hours)
    later = {day: hours for day, hours in days.items() if day > calendar.known_until}
    return replace(
        calendar,
        exceptions=later | dict(calendar.exceptions),
        known_until=table.known_until,
    )


def adopted(calendar: Calendar, revision: Calendar) -> Calendar:
    """What an open ticket counts in once a newer revision of its calendar reaches it.

    Only the days after ``known_until`` come from the revision; a due time that rested on
    known days stays where it was.
    """
    known = calendar.known_until
    if known is None:
        return calendar
    before = {day: hours for day, hours in calendar.exceptions.items() if day <= known}
    after = {day: hours for day, hours in revision.exceptions.items() if day > known}
    until = max(known, revision.known_until or known)
    return replace(calendar, exceptions=before | after, known_until=until)


def exceptions_of(
    table: HolidayTable, *, make_up_hours: tuple[Window, ...]
) -> dict[date, tuple[Window, ...]]:
    """A table as exceptions of a calendar: days off are empty, make-up days are worked."""
    closed: dict[date, tuple[Window, ...]] = dict.fromkeys(sorted(table.closed), ())
    return closed | dict.fromkeys(sorted(table.make_up), make_up_hours)


def _china() -> HolidayTable:
    last = max(announced.holidays).year
    first = date(last - _YEARS + 1, 1, 1)
    return HolidayTable(
        closed=frozenset(day for day in announced.holidays if day >= first),
        make_up=frozenset(day for day in announced.workdays if day >= first),
        known_until=date(last, 12, 31),
    )
