"""Whom to send to a ticket, with reasons in words; read once for a page of jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext, ngettext, pgettext

from clients.models import Project
from people import directory
from people.models import Membership, Skill
from people.roles import Role
from people.rota import ShiftLine, Turn, on_duty, turns
from people.rules import Away
from tickets.models import Ticket, WorkOrder
from tickets.rules.suggest import Candidate, Suggestion, Why, suggest
from tickets.rules.work import OCCUPYING, Booking

DAY = timedelta(days=1)
#: How long a job is taken to last that nobody has planned yet.
USUAL = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Advice:
    """Somebody to send, and why in one line."""

    membership_id: int
    name: str
    why: str


class Bench:
    """The engineers of a tenant with all that speaks for or against them, in six queries."""

    def __init__(self, start: datetime, end: datetime, *, zone: str) -> None:
        """``start`` to ``end``: the stretch in which the jobs lie that are asked for."""
        self.zone = ZoneInfo(zone)
        start, end = start - DAY, end + DAY
        self._people = list(
            Membership.objects.active()
            .filter(Q(role=Role.ENGINEER) | Q(pk__in=_dedicated()))
            .select_related("user", "department")
        )
        self._lines = directory.roster()
        self._turns: dict[int, list[Turn]] = {
            department: self._turns_of(lines, start, end)
            for department, lines in self._lines.items()
        }
        self._away: Sequence[Away] = directory.absences_between(start, end)
        self._skills: dict[int, set[str]] = defaultdict(set)
        for member, category in Skill.objects.values_list("membership_id", "category"):
            self._skills[member].add(category.casefold())
        self._bookings: dict[int, list[Booking]] = defaultdict(list)
        orders = WorkOrder.objects.on(start, end).filter(state__in=OCCUPYING)
        fields = ("engineer_id", "pk", "planned_start_at", "planned_end_at")
        for member, *booking in orders.values_list(*fields):
            self._bookings[member].append(Booking(*booking))

    def _turns_of(
        self, lines: Iterable[ShiftLine], start: datetime, end: datetime
    ) -> list[Turn]:
        return turns(lines, start=start, end=end, zone=self.zone)

    def advise(
        self,
        ticket: Ticket,
        at: datetime,
        *,
        until: datetime | None = None,
        order: int | None = None,
    ) -> list[Advice]:
        """The best three for a job at a time; ``order`` is the work order itself."""
        wanted = Booking(order or 0, at, until or at + USUAL)
        found = suggest(
            self._candidate(person, ticket, wanted)
            for person in self._people
            if self._is_asked(person, ticket)
        )
        return [
            Advice(one.key, one.name, self._words(one, ticket, at)) for one in found
        ]

    def _is_asked(self, person: Membership, ticket: Ticket) -> bool:
        """The project's engineer, the ticket's department, and departments nearby."""
        if ticket.project is not None and ticket.project.engineer_id == person.pk:
            return True
        if person.role != Role.ENGINEER:
            return False
        own = ticket.department_id
        is_own = own is None or person.department_id == own
        return is_own or _is_near(person, ticket)

    def _candidate(
        self, person: Membership, ticket: Ticket, wanted: Booking
    ) -> Candidate:
        others = [b for b in self._bookings[person.pk] if b.key != wanted.key]
        start = datetime.combine(
            wanted.start.astimezone(self.zone).date(), time(), self.zone
        )
        that_day = Booking(0, start, start + DAY)
        duty = self._turns.get(person.department_id or 0)
        category = ticket.equipment.category if ticket.equipment else ""
        return Candidate(
            key=person.pk,
            name=person.user.name,
            is_dedicated=bool(
                ticket.project and ticket.project.engineer_id == person.pk
            ),
            is_on_duty=None
            if duty is None
            else person.pk in on_duty(duty, self._away, wanted.start),
            knows=category.casefold() in self._skills[person.pk] if category else None,
            jobs=sum(b.overlaps(that_day) for b in others),
            is_near=_is_near(person, ticket),
            is_busy=any(b.overlaps(wanted) for b in others),
            is_away=any(
                one.membership_id == person.pk
                and one.starts_at < wanted.end
                and wanted.start < one.ends_at
                for one in self._away
            ),
        )

    def _words(self, one: Suggestion, ticket: Ticket, at: datetime) -> str:
        said = [str(WORDS[why](self, one, ticket, at)) for why in one.reasons]
        return pgettext("reasons", ", ").join(said)

    def duty_ends(self, member: int, at: datetime) -> datetime | None:
        """Until when somebody is on duty who is so at a time; None: for a day and longer."""
        end = at
        for turn in sorted(
            (one for rows in self._turns.values() for one in rows),
            key=lambda turn: turn.start,
        ):
            if member in turn.people and turn.start <= end < turn.end:
                end = turn.end
        return end if at < end < at + DAY else None


def _dedicated() -> Any:
    """The engineers of projects, whatever their role."""
    return Project.objects.exclude(engineer=None).values("engineer_id")


def _is_near(person: Membership, ticket: Ticket) -> bool:
    """Whether the branch serves the place: it names it, or names none and has the ticket."""
    department = person.department
    if department is None:
        return False
    places = [word.strip() for word in department.places.split(",") if word.strip()]
    if not places:
        return bool(department.pk == ticket.department_id)
    address = _address(ticket).casefold()
    return any(place.casefold() in address for place in places)


def _address(ticket: Ticket) -> str:
    """Where the job is, in words."""
    site = ticket.site
    parts = [site.name, site.address] if site else []
    return " ".join([*parts, ticket.client.address])


def _on_duty(bench: Bench, one: Suggestion, _ticket: Ticket, at: datetime) -> str:
    end = bench.duty_ends(one.key, at)
    if end is None:
        return gettext("on duty")
    local = end.astimezone(bench.zone)
    return gettext("on duty until %(time)s") % {"time": f"{local:%H:%M}"}


def _load(_bench: Bench, one: Suggestion, _ticket: Ticket, _at: datetime) -> str:
    if not one.jobs:
        return gettext("nothing else that day")
    words = ngettext("%(n)s job that day", "%(n)s jobs that day", one.jobs)
    return words % {"n": one.jobs}


def _knows(_bench: Bench, _one: Suggestion, ticket: Ticket, _at: datetime) -> str:
    category = ticket.equipment.category if ticket.equipment else ""
    return gettext("knows %(category)s") % {"category": category}


WORDS: dict[Why, Callable[[Bench, Suggestion, Ticket, datetime], str]] = {
    Why.BUSY: lambda *_: gettext("has another job then"),
    Why.DEDICATED: lambda *_: gettext("the project’s own engineer"),
    Why.ON_DUTY: _on_duty,
    Why.OFF_DUTY: lambda *_: gettext("not on duty"),
    Why.KNOWS: _knows,
    Why.LOAD: _load,
    Why.NEAR: lambda *_: gettext("near the site"),
}


def advice_for(
    ticket: Ticket, now: datetime, *, order: WorkOrder | None = None
) -> list[Advice]:
    """Whom to send to one ticket: at its planned or agreed time, else now."""
    at = wanted_at(ticket, now, order=order)
    until = order.planned_end_at if order and order.planned_start_at == at else None
    bench = Bench(at, until or at, zone=ticket.tenant.zone)
    return bench.advise(ticket, at, until=until, order=order.pk if order else None)


def wanted_at(
    ticket: Ticket, now: datetime, *, order: WorkOrder | None = None
) -> datetime:
    """When a job is to be done, as far as that is known; what is past is now."""
    planned = order.planned_start_at if order else None
    return max(now, planned or ticket.appointment_at or now)
