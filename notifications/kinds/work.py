"""Words about the work on a ticket, for staff and for clients."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.kinds import CLIENTS, EVERYONE, Kind, register
from notifications.kinds.links import ticket
from notifications.kinds.promise import OPEN, TITLE

OPEN_REQUEST = _("Open the request")
BY = _("By %(by)s.")
REASON = _("Reason: %(reason)s")

register(
    Kind(
        key="assigned",
        label=_("A ticket is assigned to you"),
        title=_("Assigned to you: %(number)s"),
        body=(
            TITLE,
            _("Client: %(client)s"),
            _("Severity: %(severity)s"),
            _("Next due: %(metric)s at %(due_at)s."),
            BY,
        ),
        link=ticket,
        action=OPEN,
        icon="user-check",
    ),
    Kind(
        key="handed_over",
        label=_("Open work is handed over to you"),
        title=_("%(by)s hands over open work to you: %(count)s"),
        body=(_("Note: %(note)s"),),
        item=_("%(number)s – %(title)s"),
        link=ticket,
        action=_("Open my tickets"),
        icon="switch-horizontal",
    ),
    Kind(
        key="replied",
        label=_("A new reply"),
        title=_("New reply on %(number)s"),
        body=(TITLE, _("%(by)s writes: %(excerpt)s")),
        link=ticket,
        action=_("Read and answer"),
        icon="message-reply",
        audience=EVERYONE,
    ),
    Kind(
        key="received",
        label=_("Your request has arrived"),
        title=_("We have received your request %(number)s"),
        body=(
            TITLE,
            _("Severity: %(severity)s"),
            _("We answer by %(response_due_at)s."),
            _("We solve it by %(resolution_due_at)s."),
        ),
        link=ticket,
        action=OPEN_REQUEST,
        icon="inbox",
        audience=CLIENTS,
    ),
    Kind(
        key="answered",
        label=_("Your request is answered"),
        title=_("%(number)s: how we will help"),
        body=(TITLE, _("%(by)s writes: %(excerpt)s")),
        link=ticket,
        action=OPEN_REQUEST,
        icon="message-reply",
        audience=CLIENTS,
    ),
    Kind(
        key="state_changed",
        label=_("The state of a request changes"),
        title=_("%(number)s: %(state)s"),
        body=(TITLE, BY, "%(by_time)s", REASON),
        link=ticket,
        action=OPEN_REQUEST,
        icon="rotate",
        audience=EVERYONE,
    ),
    Kind(
        key="resolved",
        label=_("Please confirm that it is solved"),
        title=_("%(number)s is solved – please confirm"),
        body=(
            TITLE,
            _("What was done: %(excerpt)s"),
            _("If it is not solved, refuse it with a reason and the work goes on."),
            _("Without an answer it is closed at %(close_at)s."),
        ),
        link=ticket,
        action=_("Confirm or refuse"),
        icon="circle-check",
        tone="ok",
        audience=CLIENTS,
    ),
    Kind(
        key="appointment",
        label=_("Appointments"),
        title=_("%(number)s: appointment on %(appointment_at)s"),
        body=(
            TITLE,
            _("It was %(before_at)s before."),
            _("Asked for by %(by)s."),
            REASON,
        ),
        link=ticket,
        action=OPEN,
        icon="calendar-event",
        audience=EVERYONE,
    ),
    Kind(
        key="appointment_cancelled",
        label=_("An appointment is cancelled"),
        title=_("%(number)s: the appointment on %(before_at)s is cancelled"),
        body=(TITLE, BY, REASON),
        link=ticket,
        action=OPEN,
        icon="calendar-off",
        tone="warn",
        audience=EVERYONE,
    ),
    Kind(
        key="severity_lowered",
        label=_("The severity is lowered"),
        title=_("%(number)s: severity lowered to %(severity)s"),
        body=(TITLE, _("Before: %(severity_before)s."), BY, REASON),
        link=ticket,
        action=OPEN,
        icon="trending-down",
        tone="warn",
        audience=EVERYONE,
    ),
    Kind(
        key="severity_raised",
        label=_("The severity is raised"),
        title=_("%(number)s: severity raised to %(severity)s"),
        body=(TITLE, _("Before: %(severity_before)s."), BY, REASON),
        link=ticket,
        action=OPEN,
        icon="trending-up",
        tone="warn",
        audience=EVERYONE,
    ),
    Kind(
        key="acknowledged",
        label=_("A manager acknowledges a missed promise"),
        title=_("%(by)s has a plan for %(number)s"),
        body=(TITLE, _("Plan: %(plan)s")),
        link=ticket,
        action=OPEN,
        icon="hand-stop",
    ),
    Kind(
        key="follower_added",
        label=_("You are added as a follower"),
        title=_("You now follow %(number)s"),
        body=(TITLE, BY),
        link=ticket,
        action=OPEN_REQUEST,
        icon="eye",
        audience=EVERYONE,
    ),
)
