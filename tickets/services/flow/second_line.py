"""The second line 二线支持: whoever is called when the first can't solve it."""

from __future__ import annotations

from datetime import datetime

from people import directory
from people.actors import Actor
from people.models import Department
from tickets.engine import Case
from tickets.kinds import EventKind
from tickets.services.base import excerpt, tell


def call_second_line(case: Case, *, actor: Actor, now: datetime, why: str) -> None:
    """Tell the desk of the department's second line; without one, the department's manager.

    The ticket shows who was called, and the called department sees the ticket from now on.
    """
    ticket = case.ticket
    called = _second_line(ticket.department_id)
    staffing = directory.load(now=now)
    if called is not None:
        found = staffing.desk_of(called.pk, now)
        ticket.second_line_id = called.pk
    else:
        found = staffing.department_manager(ticket.department_id, now)
    event = case.record(
        EventKind.SECOND_LINE,
        actor=actor,
        now=now,
        data={
            "department": called.pk if called else ticket.department_id,
            "name": called.name if called else "",
            "to": found.reached,
            "told": [one.membership_id for one in found.told],
            "problem": found.problem,
        },
    )
    people = {one.membership_id for one in found.told} - {actor.membership_id}
    params = {"by": actor.name, "excerpt": excerpt(why), "client": str(ticket.client)}
    tell(
        case, people, kind="second_line", key=f"second_line:{event.seq}", params=params
    )


def _second_line(department_id: int | None) -> Department | None:
    if department_id is None:
        return None
    department = Department.objects.select_related("second_line").get(pk=department_id)
    called: Department | None = department.second_line
    return called if called is not None and called.is_active else None
