"""Words about the promise: warnings, misses, the climbing of an escalation.

Nobody can switch these off: whoever could have prevented a miss was told.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register
from notifications.kinds.links import ticket

TITLE = _("“%(title)s”")
STANDS_IN = _("You are told in the place of %(instead_of)s, who is away.")
AS = _("You are told as: %(as)s.")
OPEN = _("Open the ticket")

register(
    Kind(
        key="clock_warning",
        label=_("Warning: a promise is nearly due"),
        title=_("Due soon: %(metric)s of %(number)s"),
        body=(
            TITLE,
            _("%(metric)s is due at %(due_at)s; most of the time for it is used."),
            STANDS_IN,
        ),
        link=ticket,
        action=OPEN,
        icon="alert-triangle",
        tone="warn",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="clock_missed",
        label=_("A promise is missed"),
        title=_("Missed: %(metric)s of %(number)s"),
        body=(
            TITLE,
            _("%(metric)s was due at %(due_at)s and is not done."),
            _("Severity now: %(severity)s."),
            _("Please acknowledge with a plan."),
            AS,
            STANDS_IN,
        ),
        link=ticket,
        action=OPEN,
        icon="clock-exclamation",
        tone="bad",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="escalated",
        label=_("Escalation: a missed promise is still open"),
        title=_("Escalated: %(metric)s of %(number)s is still open"),
        body=(
            TITLE,
            _("%(metric)s was due at %(due_at)s and is still not done."),
            _("Acknowledged by %(acknowledged_by)s: %(plan)s"),
            _("Please call up whatever is needed and agree a contingency plan."),
            AS,
            STANDS_IN,
        ),
        link=ticket,
        action=OPEN,
        icon="speakerphone",
        tone="bad",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="reminder",
        label=_("Reminder: missed and not acknowledged"),
        title=_("Still open: %(number)s has missed promises without a plan"),
        body=(TITLE,),
        item=_("%(metric)s – missed since %(missed_at)s, nobody has acknowledged it"),
        link=ticket,
        action=OPEN,
        icon="repeat",
        tone="bad",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="copy_to_absent",
        label=_("Copy while you are away"),
        title=_("While you are away: %(metric)s of %(number)s"),
        body=(
            TITLE,
            _("%(metric)s was due at %(due_at)s."),
            _("%(stand_in)s stands in for you."),
            _("Somebody else was told in your place; you need not do anything."),
        ),
        link=ticket,
        action=OPEN,
        icon="copy",
        muteable=False,
    ),
    Kind(
        key="nobody_reachable",
        label=_("Alarm: nobody could be told"),
        title=_("Nobody reachable: %(metric)s of %(number)s"),
        body=(
            TITLE,
            _("%(metric)s was due at %(due_at)s."),
            _("Nobody who should have been told can be reached: %(problem)s."),
            _("You are told as administrator. Please find somebody now."),
        ),
        link=ticket,
        action=OPEN,
        icon="user-x",
        tone="bad",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="withdrawn",
        label=_("A miss is withdrawn"),
        title=_("Withdrawn: %(metric)s of %(number)s was not missed"),
        body=(
            TITLE,
            _("A time was corrected: %(metric)s was not missed after all."),
            _("The escalation you were told of is withdrawn."),
        ),
        link=ticket,
        action=OPEN,
        icon="arrow-back-up",
        tone="ok",
        muteable=False,
    ),
    Kind(
        key="miss_recorded",
        label=_("A correction shows a miss"),
        title=_("Recorded later: %(metric)s of %(number)s was missed"),
        body=(
            TITLE,
            _(
                "A time was corrected: %(metric)s, due at %(due_at)s, was done too late."
            ),
            _("It is done; nobody else is told."),
        ),
        link=ticket,
        action=OPEN,
        icon="history",
        tone="warn",
        muteable=False,
    ),
)
