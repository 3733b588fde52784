"""A dispatch board with something on it: rosters, skills, and jobs of today and tomorrow."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from clients.models import Project
from people.models import Membership
from people.roles import Role
from people.services import save_shift, set_skills
from servicedesk.demo.found import Stage
from tickets import services
from tickets.models import Ticket, WorkOrder
from tickets.models.ticket import WORKING_STATES
from tickets.services import work

EVERY_DAY, WEEKDAYS = range(1, 8), range(1, 6)
#: Around the clock in the first department, office hours in the others.
AROUND = (("白班", "Day", time(8), time(20)), ("夜班", "Night", time(20), time(8)))
OFFICE = (("工作日班", "Office hours", time(9), time(18)),)
#: When jobs are planned: hours from midnight of today, and how long they last.
PLANS = ((33.0, 2.0), (34.5, 3.0), (38.0, 1.5), (57.0, 2.0))


def plan_days(stage: Stage, *, now: datetime) -> None:
    """Write rosters and skills; plan what is open for the days to come."""
    _write_rosters(stage, now)
    _name_skills(stage, now)
    _plan_jobs(stage, now)
    _offer_times(stage, now)


def _write_rosters(stage: Stage, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(stage.tenant.zone)).date()
    english = stage.company.language == "en"
    for index, department in enumerate(stage.departments.values()):
        people = list(
            Membership.objects.filter(
                department=department, role__in=[Role.ENGINEER, Role.DEPARTMENT_MANAGER]
            ).order_by("role", "pk")
        )
        engineers = [one for one in people if one.role == Role.ENGINEER]
        for place, (zh, en, starts, ends) in enumerate(OFFICE if index else AROUND):
            save_shift(
                actor=stage.actor("admin"),
                now=now,
                department=department,
                name=en if english else zh,
                weekdays=WEEKDAYS if index else EVERY_DAY,
                starts=starts,
                ends=ends,
                from_on=today - timedelta(days=30),
                members=engineers if place == 0 else engineers[-1:],
            )


def _name_skills(stage: Stage, now: datetime) -> None:
    """Whoever has a project knows what was delivered in it."""
    for person in stage.people.values():
        projects = Project.objects.filter(engineer=person)
        known = {device.category for one in projects for device in one.equipment.all()}
        if known:
            set_skills(
                actor=stage.actor("admin"), now=now, membership=person, categories=known
            )


def _plan_jobs(stage: Stage, now: datetime) -> None:
    """Give the newest open tickets that nobody was sent to a visit, one of them nobody's."""
    zone = ZoneInfo(stage.tenant.zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    tickets = Ticket.objects.filter(
        state__in=WORKING_STATES, work_orders=None, project__engineer__isnull=False
    ).order_by("-received_at")
    for count, ticket in enumerate(tickets[: len(PLANS) + 1]):
        plan = PLANS[count] if count < len(PLANS) else None
        start = midnight + timedelta(hours=plan[0]) if plan else None
        work.dispatch(
            actor=stage.actor("agent"),
            now=now,
            ticket=ticket,
            purpose=ticket.title,
            kind=WorkOrder.Kind.VISIT,
            engineer=ticket.project.engineer if plan and ticket.project else None,
            start=start,
            end=start + timedelta(hours=plan[1]) if plan and start else None,
        )


def _offer_times(stage: Stage, now: datetime) -> None:
    """A time offered that waits for an answer, and one that was answered with another."""
    zone = ZoneInfo(stage.tenant.zone)
    noon = datetime.combine(now.astimezone(zone).date(), time(10), zone)
    english = stage.company.language == "en"
    keys = {member.pk: key for key, member in stage.people.items()}
    tickets = Ticket.objects.filter(
        state__in=WORKING_STATES, requester__isnull=False, appointment_at=None
    ).order_by("-received_at")
    for count, ticket in enumerate(tickets[:2]):
        at = _next_weekday(noon + timedelta(days=1 + count))
        services.offer_appointment(
            actor=stage.actor("agent"), now=now, ticket=ticket, at=at
        )
        if count:
            services.propose_time(
                actor=stage.actor(keys[ticket.requester_id or 0]),
                now=now,
                ticket=ticket,
                at=_next_weekday(at + timedelta(days=1)),
                words="After the stocktaking, please" if english else "盘点之后更方便",
            )


def _next_weekday(at: datetime) -> datetime:
    """The same time on that day, or on the Monday after it."""
    while at.isoweekday() > 5:
        at += timedelta(days=1)
    return at
