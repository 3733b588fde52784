"""Promises kept and missed, counted once each by their final result.

One pass over the clocks that count answers every figure of the dashboard: PostgreSQL groups
the same rows by metric and tier, by department, engineer, client and day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from reports.rules import Question

SETS = """
SELECT grouping(c.metric, c.tier) = 0 AS by_promise,
       grouping(c.department_id) = 0 AS by_department,
       grouping(c.assignee_id) = 0 AS by_assignee,
       grouping(c.client_id) = 0 AS by_client,
       grouping((c.received_at AT TIME ZONE %(zone)s)::date) = 0 AS by_day,
       c.metric, c.tier, c.department_id, c.assignee_id, c.client_id,
       (c.received_at AT TIME ZONE %(zone)s)::date AS day,
       count(*) FILTER (WHERE c.state = 'met') AS kept,
       count(*) FILTER (WHERE c.state = 'missed') AS missed
FROM tickets_ticketclock c
WHERE c.tenant_id = (SELECT current_setting('app.tenant_id')::bigint)
  AND c.counts AND c.state IN ('met', 'missed')
  AND c.received_at >= %(start)s AND c.received_at < %(end)s
  AND (%(departments)s::bigint[] IS NULL OR c.department_id = ANY(%(departments)s::bigint[]))
  AND (%(assignee)s::bigint IS NULL OR c.assignee_id = %(assignee)s)
  AND (%(client)s::bigint IS NULL OR c.client_id = %(client)s)
GROUP BY GROUPING SETS (
    (c.metric, c.tier), (c.department_id), (c.assignee_id), (c.client_id),
    ((c.received_at AT TIME ZONE %(zone)s)::date)
)
"""


@dataclass(slots=True)
class Figure:
    """Promises of one group: kept and missed."""

    kept: int = 0
    missed: int = 0

    @property
    def total(self) -> int:
        """How many have a result."""
        return self.kept + self.missed

    @property
    def share(self) -> int | None:
        """Kept of all, in whole per cent, never rounded up to 100; None without any."""
        if not self.total:
            return None
        return min(100 * self.kept // self.total, 99) if self.missed else 100

    def add(self, kept: int, missed: int) -> None:
        """Count more."""
        self.kept += kept
        self.missed += missed


@dataclass(slots=True)
class Promises:
    """Every figure of a period."""

    total: Figure = field(default_factory=Figure)
    by_promise: dict[tuple[str, str], Figure] = field(default_factory=dict)
    by_department: dict[int | None, Figure] = field(default_factory=dict)
    by_assignee: dict[int | None, Figure] = field(default_factory=dict)
    by_client: dict[int | None, Figure] = field(default_factory=dict)
    by_day: dict[date, Figure] = field(default_factory=dict)


def promises(question: Question, *, zone: str) -> Promises:
    """Count the promises of the tickets received in a period."""
    found = Promises()
    with connection.cursor() as cursor:
        cursor.execute(SETS, parameters(question) | {"zone": zone})
        for row in cursor.fetchall():
            _take(found, row)
    return found


def parameters(question: Question) -> dict[str, Any]:
    """A question as parameters of a statement."""
    seen = question.departments
    return {
        "start": question.start,
        "end": question.end,
        "departments": None if seen is None else sorted(seen),
        "assignee": question.assignee,
        "client": question.client,
    }


def _take(found: Promises, row: tuple[Any, ...]) -> None:
    by_promise, by_department, by_assignee, by_client, _by_day = row[:5]
    metric, tier, department, assignee, client, day, kept, missed = row[5:]
    figure = Figure(kept, missed)
    if by_promise:
        found.by_promise[metric, tier] = figure
        found.total.add(kept, missed)
    elif by_department:
        found.by_department[department] = figure
    elif by_assignee:
        found.by_assignee[assignee] = figure
    elif by_client:
        found.by_client[client] = figure
    else:
        found.by_day[day] = figure


def by_week(days: dict[date, Figure]) -> dict[date, Figure]:
    """The same, by the Monday of each week."""
    weeks: dict[date, Figure] = defaultdict(Figure)
    for day, figure in days.items():
        monday = date.fromordinal(day.toordinal() - day.weekday())
        weeks[monday].add(figure.kept, figure.missed)
    return dict(sorted(weeks.items()))


def worst_first(
    figures: dict[int | None, Figure], names: dict[int, str], *, nobody: Any
) -> Iterable[tuple[int | None, Any, Figure]]:
    """(id, name, figure), those with most misses first."""
    rows = [
        (key, names.get(key, "?") if key is not None else nobody, figure)
        for key, figure in figures.items()
    ]
    return sorted(rows, key=lambda row: (-row[2].missed, -row[2].total, str(row[1])))
