"""The dispatch board: a day of the engineers, and the jobs that wait beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from people import directory
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Permission, Role
from people.rota import turns
from servicedesk.lib.ui.clock import ClockView
from tickets.models import Ticket, TicketEvent, WorkOrder
from tickets.queries.clocks import clocks_of, foremost, view_of
from tickets.queries.suggestions import Advice, Bench, wanted_at
from tickets.rules.board import HOUR, Ground, Piece, Shade, Window, lanes, window_of
from tickets.rules.facts import FactKind
from tickets.rules.work import OCCUPYING, Booking, WorkState, clashes, possible

DAY = timedelta(days=1)
#: What waits beside the board; the most urgent come first, the rest is in the queue.
MOST = 40
#: How long a job is taken to last that nobody has planned yet.
USUAL = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Job:
    """A card: a work order, or a ticket that needs a visit and has none yet."""

    ticket: Ticket
    order: WorkOrder | None = None
    clock: ClockView | None = None
    clashes: bool = False
    is_hidden: bool = False  # another department's: its time is taken, no more is said
    advice: Advice | None = None  # whom to send

    @property
    def may_move(self) -> bool:
        """Whether it can be given to somebody, or another time."""
        if self.is_hidden:
            return False
        order = self.order
        return order is None or "redispatch" in possible(order.state, order.kind)

    @property
    def minutes(self) -> int:
        """How long it takes, as far as anybody has said."""
        order = self.order
        start = order.planned_start_at if order else None
        end = order.planned_end_at if order else None
        length = end - start if start and end else USUAL
        return length // timedelta(minutes=1)

    @property
    def is_agreed(self) -> bool:
        """Whether its time was agreed with the customer."""
        agreed = self.ticket.appointment_at
        return (
            agreed is not None
            and self.order is not None
            and agreed == self.order.planned_start_at
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a lane with the job that lies on it."""

    piece: Piece
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """One engineer's day."""

    person: Membership
    rows: list[list[Cell]]
    jobs: int
    duty: list[Shade] = field(default_factory=list)
    is_away: bool = False

    @property
    def height(self) -> int:
        """How many lines it takes: more than one where jobs overlap."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs that wait for the same thing."""

    key: str
    jobs: list[Job] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows."""

    now: datetime
    day: date
    today: date
    window: Window
    lanes: list[Lane]
    waiting: list[Group]
    clashing: int
    departments: Sequence[Department]
    department: int | None
    whole: bool

    @property
    def yesterday(self) -> date:
        """The day before the one shown."""
        return self.day - DAY

    @property
    def tomorrow(self) -> date:
        """The day after the one shown."""
        return self.day + DAY

    @property
    def hours(self) -> list[tuple[datetime, bool]]:
        """The beginnings of the shown hours, and whether it is that hour now."""
        return [(at, at <= self.now < at + HOUR) for at in self.window.hours()]

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to send and nothing to do."""
        return not self.lanes and not any(group.jobs for group in self.waiting)


def read_board(
    actor: Actor,
    now: datetime,
    *,
    day: date | None = None,
    department: int | None = None,
    whole: bool = False,
) -> Board:
    """The board of a day in the tenant's zone, in a fixed number of queries."""
    zone = ZoneInfo(actor.zone)
    today = now.astimezone(zone).date()
    day = day or today
    start, end = (
        datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + DAY)
    )
    departments = departments_of(actor)
    if department not in {one.pk for one in departments}:
        department = None
    people = _people(actor, departments, department)
    orders = _orders(start, end)
    visible = set(
        WorkOrder.objects.visible_to(actor)
        .filter(pk__in=[order.pk for order in orders])
        .values_list("pk", flat=True)
    )
    people = _with_the_busy(people, orders, visible, whole=department is None)
    mine = {person.pk for person in people}
    orders = [order for order in orders if order.engineer_id in mine]
    bookings = {order.pk: _booking(order) for order in orders}
    window = window_of(start, end, bookings.values(), whole=whole)
    clashing = _clashing(orders, bookings)
    jobs = {
        order.pk: Job(
            order.ticket,
            order,
            clashes=order.pk in clashing,
            is_hidden=order.pk not in visible,
        )
        for order in orders
    }
    shades = _shades(people, start, end, zone=zone)
    return Board(
        now=now,
        day=day,
        today=today,
        window=window,
        lanes=[
            _lane(person, window, orders, jobs=jobs, bookings=bookings, shades=shades)
            for person in people
        ],
        waiting=waiting_jobs(actor, now, department),
        clashing=len(clashing),
        departments=departments,
        department=department,
        whole=whole,
    )


def departments_of(actor: Actor) -> Sequence[Department]:
    """The departments whose board somebody sees: all, or their own."""
    rows = Department.objects.active().order_by("name")
    if not actor.may(Permission.TICKET_ALL):
        rows = rows.filter(pk__in=actor.departments)
    return list(rows)


def _people(
    actor: Actor, departments: Sequence[Department], department: int | None
) -> list[Membership]:
    """The engineers whose day is shown, by department and name."""
    rows = Membership.objects.active().filter(role=Role.ENGINEER)
    if department is not None:
        rows = rows.filter(department_id=department)
    elif not actor.may(Permission.TICKET_ALL):
        rows = rows.filter(department__in=[one.pk for one in departments])
    return list(_named(rows))


def _named(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    return rows.select_related("user", "department").order_by(
        F("department__name").asc(nulls_last=True), "user__name", "pk"
    )


def _orders(start: datetime, end: datetime) -> list[WorkOrder]:
    """Everything planned for the day that is somebody's."""
    rows = WorkOrder.objects.on(start, end).exclude(engineer=None)
    rows = rows.exclude(state=WorkState.CANCELLED)
    return list(
        rows.select_related("ticket__client", "ticket__site").order_by(
            "planned_start_at", "pk"
        )
    )


def _with_the_busy(
    people: list[Membership],
    orders: Iterable[WorkOrder],
    visible: Collection[int],
    *,
    whole: bool,
) -> list[Membership]:
    """Whoever has a job that day is shown, engineer or not; not where one looks at a part."""
    known = {person.pk for person in people}
    others = {o.engineer_id or 0 for o in orders if o.pk in visible} - known
    if not others or not whole:
        return people
    return people + list(_named(Membership.objects.filter(pk__in=others)))


def _booking(order: WorkOrder) -> Booking:
    start, end = order.planned_start_at, order.planned_end_at
    if start is None or end is None:
        message = f"{order} has no time"
        raise ValueError(message)
    return Booking(order.pk, start, end)


def _clashing(orders: Iterable[WorkOrder], bookings: Mapping[int, Booking]) -> set[int]:
    """The work orders that need somebody who is needed elsewhere at that time."""
    by_person: dict[int, list[Booking]] = defaultdict(list)
    for order in orders:
        if WorkState(order.state) in OCCUPYING:
            by_person[order.engineer_id or 0].append(bookings[order.pk])
    return {key for rows in by_person.values() for key in clashes(rows)}


def _shades(
    people: Sequence[Membership], start: datetime, end: datetime, *, zone: ZoneInfo
) -> dict[int, list[Shade]]:
    """When they are away, and when they are on duty."""
    found: dict[int, list[Shade]] = defaultdict(list)
    for one in directory.absences_between(start, end):
        shade = Shade(one.starts_at, one.ends_at, Ground.AWAY)
        found[one.membership_id].append(shade)
    departments = {person.department_id for person in people} - {None}
    for lines in directory.roster(departments).values():  # type: ignore[arg-type]
        for turn in turns(lines, start=start, end=end, zone=zone):
            for member in turn.people:
                found[member].append(Shade(turn.start, turn.end, Ground.DUTY))
    return found


def _lane(
    person: Membership,
    window: Window,
    orders: Iterable[WorkOrder],
    *,
    jobs: Mapping[int, Job],
    bookings: Mapping[int, Booking],
    shades: Mapping[int, list[Shade]],
) -> Lane:
    own = [bookings[order.pk] for order in orders if order.engineer_id == person.pk]
    grounds = shades.get(person.pk, [])
    rows = [
        [Cell(piece, jobs[piece.key] if piece.key else None) for piece in row]
        for row in lanes(window, own, grounds)
    ]
    away = any(
        one.ground is Ground.AWAY
        and one.start <= window.start
        and one.end >= window.end
        for one in grounds
    )
    duty = [one for one in grounds if one.ground is Ground.DUTY]
    return Lane(person, rows, len(own), duty, is_away=away)


# -- what waits beside it --------------------------------------------------------------------------


def waiting_jobs(actor: Actor, now: datetime, department: int | None) -> list[Group]:
    """What nobody has, what has no time, what was not begun in its time; most urgent first."""
    orders = list(_waiting_orders(actor, now, department))
    waits: list[tuple[str, Ticket, WorkOrder | None]] = [
        (_waits_for(order, now), order.ticket, order) for order in orders
    ]
    waits += [("nobody", ticket, None) for ticket in _unsent(actor, department)]
    waits.sort(key=lambda one: _urgency(one[1]))
    clocks = clocks_of([ticket for _group, ticket, _order in waits])
    free = [one for one in waits if one[0] == "nobody"]
    advice = _advise([one[1:] for one in free], now, zone=actor.zone)
    groups = {key: Group(key) for key in ("nobody", "late", "unplanned")}
    for group, ticket, order in waits:
        found = foremost(ticket, clocks.get(ticket.pk, ()))
        clock = view_of(found, now, number=ticket.number)
        best = advice.get((ticket.pk, order.pk if order else None))
        groups[group].jobs.append(Job(ticket, order, clock, advice=best))
    return list(groups.values())


def _advise(
    jobs: Sequence[tuple[Ticket, WorkOrder | None]], now: datetime, *, zone: str
) -> dict[tuple[int, int | None], Advice]:
    """Whom to send to each job, where there is somebody; nothing is read for no job."""
    times = [wanted_at(ticket, now, order=order) for ticket, order in jobs]
    if not times:
        return {}
    bench = Bench(min(times), max(times), zone=zone)
    found = {}
    for (ticket, order), at in zip(jobs, times, strict=True):
        key = order.pk if order else None
        for best in bench.advise(ticket, at, order=key)[:1]:
            found[ticket.pk, key] = best
    return found


def _urgency(ticket: Ticket) -> tuple[bool, float, int]:
    due = ticket.next_due_at
    return (due is None, due.timestamp() if due else 0.0, ticket.pk)


def _waits_for(order: WorkOrder, now: datetime) -> str:
    if order.engineer_id is None:
        return "nobody"
    return "unplanned" if order.planned_start_at is None else "late"


def _waiting_orders(
    actor: Actor, now: datetime, department: int | None
) -> QuerySet[WorkOrder]:
    begun = {WorkState.ASSIGNED, WorkState.ACCEPTED}
    rows = WorkOrder.objects.visible_to(actor).filter(
        Q(state=WorkState.UNASSIGNED)
        | Q(state__in=begun, planned_start_at=None)
        | Q(state__in=begun, planned_end_at__lte=now)
    )
    if department is not None:
        rows = rows.filter(ticket__department_id=department)
    return rows.select_related(
        "ticket__client",
        "ticket__site",
        "ticket__project",
        "ticket__equipment",
        "engineer__user",
    ).order_by(F("ticket__next_due_at").asc(nulls_last=True), "pk")[:MOST]


def _unsent(actor: Actor, department: int | None) -> QuerySet[Ticket]:
    """Tickets for which a visit was decided, to which nobody was sent and nobody has gone."""
    sent = WorkOrder.objects.open().filter(ticket_id=OuterRef("pk"))
    been = TicketEvent.objects.filter(
        ticket_id=OuterRef("pk"), kind__in=[FactKind.DEPARTED, FactKind.ARRIVED]
    )
    rows = (
        Ticket.objects.visible_to(actor)
        .working()
        .filter(~Exists(sent), ~Exists(been), visit=Ticket.Visit.NEEDED)
    )
    if department is not None:
        rows = rows.filter(department_id=department)
    found: QuerySet[Ticket] = rows.select_related(
        "client", "site", "project", "equipment"
    ).order_by(F("next_due_at").asc(nulls_last=True), "pk")[:MOST]
    return found
