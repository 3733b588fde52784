"""Whether somebody is on duty when a customer is promised a visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from people import directory
from people.rota import HORIZON, Turn, on_duty, present, turns
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.ui.times import exact
from tickets.models import Ticket


def check_on_duty(ticket: Ticket, at: datetime, *, field: str = "at") -> None:
    """Raise ``roster_break`` where nobody of the ticket's department is on duty then.

    The message names the next shift. A department without a roster promises any time.
    """
    department = ticket.department
    if department is None:
        return
    lines = directory.roster([department.pk]).get(department.pk)
    if not lines:
        return
    until = at + HORIZON
    away = directory.absences_between(at - timedelta(days=1), until)
    zone = ZoneInfo(ticket.tenant.zone)
    coming = present(turns(lines, start=at, end=until, zone=zone), away)
    if on_duty(coming, away, at):
        return
    following = next((turn for turn in coming if turn.start > at), None)
    words = _words(department.name, following)
    raise ServiceError("roster_break", words, field=field)


def _words(department: str, following: Turn | None) -> str:
    names = {"department": department}
    if following is None:
        return gettext("Nobody of %(department)s is on duty then.") % names
    names |= {"shift": following.name, "time": exact(following.start)}
    words = gettext(
        "Nobody of %(department)s is on duty then. The next shift, %(shift)s, begins on"
        " %(time)s."
    )
    return words % names
