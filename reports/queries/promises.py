"""Promises kept and missed, counted once each by their final result.

One pass over the promises of a question answers every figure of the dashboard: PostgreSQL
groups the same rows by tier and metric, by department, engineer, client and day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from people.actors import Actor
from reports.queries.selection import promises_of
from reports.rules import Period, Question

#: The day a ticket was received on, in the tenant's zone.
DAY = "(c.received_at AT TIME ZONE %s)::date"
SETS = f"""
SELECT grouping(c.tier) = 0 AS by_promise, grouping(c.department_id) = 0 AS by_department,
       grouping(c.assignee_id) = 0 AS by_assignee, grouping(c.client_id) = 0 AS by_client,
       c.standard_version_id, c.tier, c.metric, c.department_id, c.assignee_id, c.client_id,
       c.day, count(*) FILTER (WHERE c.state = 'met') AS kept,
       count(*) FILTER (WHERE c.state = 'missed') AS missed
FROM (SELECT c.*, {DAY} AS day FROM ({{selection}}) c) c
GROUP BY GROUPING SETS (
    (c.standard_version_id, c.tier, c.metric), (c.department_id), (c.assignee_id),
    (c.client_id), (c.day)
)
"""  # noqa: S608 - the selection is the ORM's own statement, with its parameters
COLUMNS = (
    "standard_version_id",
    "tier",
    "metric",
    "department_id",
    "assignee_id",
    "client_id",
    "received_at",
    "state",
)


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

    def add(self, other: Figure) -> None:
        """Count more."""
        self.kept += other.kept
        self.missed += other.missed


#: (version of the standard, tier, metric)
Promise = tuple[int, str, str]


@dataclass(slots=True)
class Promises:
    """Every figure of a period."""

    total: Figure = field(default_factory=Figure)
    by_promise: dict[Promise, Figure] = field(default_factory=dict)
    by_department: dict[int | None, Figure] = field(default_factory=dict)
    by_assignee: dict[int | None, Figure] = field(default_factory=dict)
    by_client: dict[int | None, Figure] = field(default_factory=dict)
    by_day: dict[date, Figure] = field(default_factory=dict)


def promises(question: Question, actor: Actor) -> Promises:
    """Count the promises of the tickets received in a period."""
    found = Promises()
    rows = promises_of(question, actor).order_by().values(*COLUMNS)
    try:
        selection, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # a manager without a department
        return found
    with connection.cursor() as cursor:
        cursor.execute(SETS.format(selection=selection), [actor.zone, *parameters])
        for row in cursor.fetchall():
            _take(found, row)
    return found


def _take(found: Promises, row: tuple[Any, ...]) -> None:
    by_promise, by_department, by_assignee, by_client = row[:4]
    version, tier, metric, department, assignee, client, day, kept, missed = row[4:]
    figure = Figure(kept, missed)
    if by_promise:
        found.by_promise[version, tier, metric] = figure
        found.total.add(figure)
    elif by_department:
        found.by_department[department] = figure
    elif by_assignee:
        found.by_assignee[assignee] = figure
    elif by_client:
        found.by_client[client] = figure
    else:
        found.by_day[day] = figure


def over_time(days: dict[date, Figure], period: Period) -> list[tuple[Period, Figure]]:
    """The figures of each step of a period, also of those in which nothing was received."""
    steps = []
    for step in period.steps():
        total = Figure()
        for day, figure in days.items():
            if step.first <= day <= step.last:
                total.add(figure)
        steps.append((step, total))
    return steps
