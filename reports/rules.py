"""What a report is asked, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Asks, in an address, for those that have no department, or nobody.
NONE = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: tickets received in [start, end), and of whom.

    None asks for all; a name in ``without`` ("department", "assignee") for those that have
    none.
    """

    start: datetime
    end: datetime
    department: int | None = None
    assignee: int | None = None
    client: int | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a zone, the first and the last included."""

    first: date
    last: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants [start, end) of the period."""
        return _midnight(self.first, zone), _midnight(
            self.last + timedelta(days=1), zone
        )

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def steps(self) -> list[Period]:
        """The period in days, weeks (from Monday) or months, so that a chart stays readable.

        The first and the last step end where the period does.
        """
        found: list[Period] = []
        begin = self.first
        while begin <= self.last:
            end = min(self._end_of_step(begin), self.last)
            found.append(Period(begin, end))
            begin = end + timedelta(days=1)
        return found

    @property
    def step(self) -> str:
        """ "day", "week" or "month"."""
        if self.days <= DAILY:
            return "day"
        return "week" if self.days <= WEEKLY else "month"

    def _end_of_step(self, begin: date) -> date:
        if self.step == "day":
            return begin
        if self.step == "week":
            return begin + timedelta(days=6 - begin.weekday())
        following = (begin.replace(day=28) + timedelta(days=4)).replace(day=1)
        return following - timedelta(days=1)


#: Up to how many days a period is drawn by day, and by week.
DAILY, WEEKLY = 45, 200


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone)
