"""Everything that the dashboard shows of a period, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from reports.queries.names import names_of
from reports.queries.promises import Figure, Promises, over_time
from reports.queries.tiers import TierFigures, by_tier
from reports.rules import NONE, Period

#: Of how many departments, engineers and clients at first, those with most misses.
AT_FIRST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One department, engineer or client; ``query`` leads to what is behind its figure."""

    name: Any
    figure: Figure
    query: str


#: Field of an address → what a group of figures is called, its icon, and the word for none.
GROUPS = {
    "department": (_("Department"), "sitemap", _("none")),
    "assignee": (_("Engineer"), "user-cog", _("nobody")),
    "client": (_("Client organisation"), "building", _("none")),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The figures by one kind of thing, those with most misses first."""

    title: Any
    icon: str
    rows: list[Row]
    more: int  # how many are not among the rows

    @classmethod
    def of(
        cls,
        field: str,
        figures: dict[int | None, Figure],
        names: dict[int, str],
        *,
        most: int | None,
    ) -> Group:
        """The group of a field, at most so many rows."""
        title, icon, none = GROUPS[field]
        rows = [
            Row(
                none if key is None else names.get(key, "?"),
                figure,
                urlencode({field: NONE if key is None else key}),
            )
            for key, figure in figures.items()
        ]
        rows.sort(
            key=lambda row: (-row.figure.missed, -row.figure.total, str(row.name))
        )
        return cls(title, icon, rows[:most], len(rows) - len(rows[:most]))


@dataclass(frozen=True, slots=True)
class Step:
    """One column of the trend; ``query`` leads to what is behind it."""

    period: Period
    figure: Figure
    query: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period."""

    total: Figure
    tiers: list[TierFigures]
    step: str
    trend: list[Step]
    departments: Group
    engineers: Group
    clients: Group


def figures_of(
    found: Promises,
    period: Period,
    *,
    query: Callable[[Period], Mapping[str, str]],
    everybody: bool,
) -> Figures:
    """What was counted, with names, in order, each with the way to what is behind it.

    ``query`` gives the selection for a shorter period as it stands in an address.
    """
    steps = over_time(found.by_day, period) if found.total.total else []
    names = names_of(found)
    most = None if everybody else AT_FIRST
    return Figures(
        total=found.total,
        tiers=by_tier(found.by_promise),
        step=period.step,
        trend=[Step(part, figure, urlencode(query(part))) for part, figure in steps],
        departments=Group.of(
            "department", found.by_department, names.departments, most=most
        ),
        engineers=Group.of("assignee", found.by_assignee, names.people, most=most),
        clients=Group.of("client", found.by_client, names.clients, most=most),
    )
