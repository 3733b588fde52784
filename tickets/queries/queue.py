"""The queue: which tickets, in which order, and how many there are behind each tab."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from django.db.models import CharField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Project
from people.actors import Actor
from people.models import Department, Membership
from servicedesk.lib.ui.clock import ClockView
from tickets.models import SavedView, Ticket
from tickets.models.ticket import State
from tickets.queries.clocks import clocks_of, foremost, view_of
from tickets.queries.paging import Page, Sort, paginate
from tickets.search import ticket_ids

#: Tabs count so far and no further: "99+" says enough, and costs the same everywhere.
COUNT_LIMIT = 100

SORTS: dict[str, Sort] = {
    "due": Sort("next_due_at", nullable=True),
    "received": Sort("received_at"),
    "-received": Sort("received_at", descending=True),
    "-updated": Sort("updated_at", descending=True),
}
DONE_STATES = (State.RESOLVED, State.CLOSED, State.CANCELLED, State.MERGED)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the queue's ready-made selections."""

    key: str
    label: Any
    icon: str
    narrow: Callable[[QuerySet[Ticket], Actor, datetime], QuerySet[Ticket]]
    sort: str = "due"
    tone: str = ""
    counted: bool = True
    #: What there is to say where it is empty.
    empty: Any = ""


def _working(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.working()  # type: ignore[attr-defined, no-any-return]


TABS: dict[str, Tab] = {
    tab.key: tab
    for tab in (
        Tab(
            "mine",
            pgettext_lazy("queue", "Mine"),
            "user-check",
            lambda tickets, actor, _now: _working(tickets).filter(
                assignee_id=actor.membership_id
            ),
            empty=_("Nothing is assigned to you. Look what nobody has taken yet."),
        ),
        Tab(
            "unassigned",
            pgettext_lazy("queue", "Unassigned"),
            "user-question",
            lambda tickets, _actor, _now: _working(tickets).filter(assignee=None),
            empty=_("Every open ticket has somebody."),
        ),
        Tab(
            "risk",
            pgettext_lazy("queue", "At risk"),
            "alert-triangle",
            lambda tickets, _actor, now: _working(tickets).at_risk(now),  # type: ignore[attr-defined]
            tone="warn",
            empty=_("No promise is close to its limit."),
        ),
        Tab(
            "missed",
            pgettext_lazy("queue", "Missed"),
            "clock-exclamation",
            lambda tickets, _actor, now: _working(tickets).missed(now),  # type: ignore[attr-defined]
            tone="bad",
            empty=_("No promise is broken. Well done."),
        ),
        Tab(
            "waiting",
            pgettext_lazy("queue", "Waiting"),
            "hourglass",
            lambda tickets, _actor, _now: tickets.filter(state=State.WAITING),
            empty=_("No ticket waits for anybody."),
        ),
        Tab(
            "all",
            pgettext_lazy("queue", "All open"),
            "inbox",
            lambda tickets, _actor, _now: _working(tickets),
            empty=_("What clients file, and what you take by phone, appears here."),
        ),
        Tab(
            "ended",
            pgettext_lazy("queue", "Done"),
            "circle-check",
            lambda tickets, _actor, _now: tickets.filter(state__in=DONE_STATES),
            sort="-updated",
            counted=False,
            empty=_("No ticket has come to its end yet."),
        ),
    )
}
DEFAULT_TAB = "all"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the person asks the queue for; every field narrows it."""

    tab: str = DEFAULT_TAB
    q: str = ""
    state: tuple[str, ...] = ()
    severity: tuple[int, ...] = ()
    kind: str = ""
    channel: str = ""
    metric: str = ""
    client: int | None = None
    project: int | None = None
    department: int | None = None
    assignee: int | None = None
    received_from: date | None = None
    received_to: date | None = None
    sort: str = ""

    @property
    def order(self) -> Sort:
        """The order: what was asked for, else that of the tab."""
        return SORTS.get(self.sort) or SORTS[TABS[self.tab].sort]

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab is asked for."""
        empty = QueueFilter(tab=self.tab, sort=self.sort)
        return self != empty


#: What a row shows of its ticket; a change of anything else is no news for a list.
SHOWN = (
    "title",
    "state",
    "wait_reason",
    "severity",
    "assignee_id",
    "next_metric",
    "next_due_at",
    "missed_open",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket of the list with its one clock."""

    ticket: Ticket
    clock: ClockView | None

    @property
    def mark(self) -> str:
        """The ticket's number and what its row shows, as a page compares it."""
        return mark_of(self.ticket)


def mark_of(ticket: Ticket) -> str:
    """ "ZD-2026-000123:1f2e3d4c": differs when the row would be drawn differently."""
    shown = repr([getattr(ticket, name) for name in SHOWN])
    return f"{ticket.number}:{crc32(shown.encode()):08x}"


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue."""

    rows: list[Row]
    page: Page[Ticket]


@dataclass(frozen=True, slots=True)
class ShownTab:
    """A tab with its number, for ``{% tabs %}``."""

    label: Any
    url: str
    active: bool
    icon: str = ""
    count: str = ""
    tone: str = ""


def select(actor: Actor, wanted: QueueFilter, now: datetime) -> QuerySet[Ticket]:
    """The tickets that a filter asks for, of those the actor may see; without order."""
    tickets: QuerySet[Ticket] = Ticket.objects.visible_to(actor)
    tickets = TABS[wanted.tab].narrow(tickets, actor, now)
    tickets = tickets.filter(_conditions(wanted, ZoneInfo(actor.zone)))
    if wanted.q:
        tickets = tickets.filter(pk__in=ticket_ids(wanted.q, actor=actor))
    return tickets


def _conditions(wanted: QueueFilter, zone: ZoneInfo) -> Q:
    plain: dict[str, Any] = {
        "state__in": wanted.state,
        "severity__in": wanted.severity,
        "kind": wanted.kind,
        "channel": wanted.channel,
        "next_metric": wanted.metric,
        "client_id": wanted.client,
        "project_id": wanted.project,
        "department_id": wanted.department,
        "assignee_id": wanted.assignee,
    }
    given = Q(**{name: value for name, value in plain.items() if value})
    if wanted.received_from:
        start = datetime.combine(wanted.received_from, time.min, zone)
        given &= Q(received_at__gte=start)
    if wanted.received_to:
        day_after = wanted.received_to + timedelta(days=1)
        given &= Q(received_at__lt=datetime.combine(day_after, time.min, zone))
    return given


def for_list(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With what a row shows, and without the long texts."""
    return tickets.select_related(
        "client", "project", "equipment", "assignee__user", "department"
    ).defer("symptom", "effect", "wish")


def read_page(
    tickets: QuerySet[Ticket], sort: Sort, *, cursor: str, now: datetime
) -> QueuePage:
    """One page of rows, each with its clock; two queries."""
    page = paginate(for_list(tickets), sort, cursor)
    return QueuePage(rows_of(page.rows, now), page)


def read_marks(tickets: QuerySet[Ticket], sort: Sort, *, cursor: str) -> list[str]:
    """The marks of a page as it would be drawn now; one query."""
    slim = tickets.only(
        "number", sort.field, *(name.removesuffix("_id") for name in SHOWN)
    )
    return [mark_of(ticket) for ticket in paginate(slim, sort, cursor).rows]


def rows_of(tickets: list[Ticket], now: datetime) -> list[Row]:
    """Tickets with the one clock that each is listed by; one query."""
    clocks = clocks_of(tickets)
    return [
        Row(
            ticket,
            view_of(
                foremost(ticket, clocks.get(ticket.pk, [])), now, number=ticket.number
            ),
        )
        for ticket in tickets
    ]


def tab_counts(actor: Actor, now: datetime) -> dict[str, str]:
    """How many tickets are behind each tab, as "7" or "99+"; one query, bounded."""
    seen = Ticket.objects.visible_to(actor)
    parts = [
        tab.narrow(seen, actor, now)
        .order_by()
        .values_list(Value(tab.key, output_field=CharField()))[:COUNT_LIMIT]
        for tab in TABS.values()
        if tab.counted
    ]
    numbers = Counter(key for (key,) in parts[0].union(*parts[1:], all=True))
    return {tab.key: bounded(numbers[tab.key]) for tab in TABS.values() if tab.counted}


def bounded(number: int) -> str:
    """A number that stops at 99+; "" for none."""
    if number >= COUNT_LIMIT:
        return f"{COUNT_LIMIT - 1}+"
    return str(number) if number else ""


def saved_views(actor: Actor) -> list[SavedView]:
    """The person's own views, then those that colleagues share."""
    own = Q(membership_id=actor.membership_id)
    views = SavedView.objects.filter(own | Q(is_shared=True)).select_related(
        "membership__user"
    )
    return sorted(
        views, key=lambda view: (view.membership_id != actor.membership_id, view.name)
    )


def names_of(wanted: QueueFilter) -> dict[str, str]:
    """Names of the client, project, department and assignee asked for; one query."""
    parts = [
        _named(Client, "client", wanted.client),
        _named(Project, "project", wanted.project),
        _named(Department, "department", wanted.department),
        _named(Membership, "assignee", wanted.assignee, name="user__name"),
    ]
    asked = [part for part in parts if part is not None]
    if not asked:
        return {}
    return dict(asked[0].union(*asked[1:], all=True) if asked[1:] else asked[0])


def _named(
    model: Any, key: str, pk: int | None, *, name: str = "name"
) -> QuerySet[Any] | None:
    if not pk:
        return None
    return (  # type: ignore[no-any-return]
        model.objects.filter(pk=pk)
        .order_by()
        .values_list(Value(key, output_field=CharField()), name)
    )
