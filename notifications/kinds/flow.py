"""Words about the fault handling flow: the second line, promises of others, call-backs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register
from notifications.kinds.links import ticket
from notifications.kinds.promise import OPEN, TITLE

register(
    Kind(
        key="second_line",
        label=_("Your department is called in as second line"),
        title=_("Second line called: %(number)s can't be solved on site"),
        body=(
            TITLE,
            _("Client: %(client)s"),
            _("%(by)s writes: %(excerpt)s"),
            _("Please get in touch with whoever is on site."),
        ),
        link=ticket,
        action=OPEN,
        icon="headset",
        tone="warn",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="promise_due",
        label=_("The time that a third party promised has come"),
        title=_("Promised for now: %(who)s, %(number)s"),
        body=(
            TITLE,
            _("%(who)s promised it for %(due_at)s."),
            _("Their reference: %(reference)s"),
            _("Ask them, and record what became of it."),
        ),
        link=ticket,
        action=OPEN,
        icon="alarm",
        tone="warn",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="call_back_soon",
        label=_("A call-back after advice is due soon"),
        title=_("Call back by %(due_at)s: %(number)s"),
        body=(TITLE, _("Ask the customer whether the advice has helped.")),
        link=ticket,
        action=OPEN,
        icon="phone",
        urgent=True,
        muteable=False,
    ),
    Kind(
        key="call_back_due",
        label=_("A call-back after advice is overdue"),
        title=_("Call-back overdue: %(number)s"),
        body=(
            TITLE,
            _("It was due at %(due_at)s."),
            _("Ask the customer whether the advice has helped."),
        ),
        link=ticket,
        action=OPEN,
        icon="phone",
        tone="bad",
        urgent=True,
        muteable=False,
    ),
)
