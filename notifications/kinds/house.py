"""Words about the house itself: who reads in it, what could not be delivered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications.kinds import ADMINISTRATORS, Kind, register
from notifications.kinds.links import page

register(
    Kind(
        key="support_access",
        label=_("The platform's operator reads your data"),
        title=_("%(by)s of the platform can read your data until %(expires_at)s"),
        body=(
            _("Reason: %(reason)s"),
            _("The access is read-only and written into the journal."),
        ),
        link=lambda _params: page("people:journal"),
        action=_("Open the journal"),
        icon="shield-lock",
        tone="warn",
        muteable=False,
        audience=ADMINISTRATORS,
    ),
    Kind(
        key="dead_letter",
        label=_("E-mails that could not be delivered"),
        title=_("E-mails could not be delivered"),
        body=(
            _("An e-mail to %(name)s was tried for a day without success."),
            _("The mail server said: %(error)s"),
            _("They were shown in the inbox of the person all the same."),
        ),
        link=lambda _params: page("notifications:dead"),
        action=_("Show what could not be delivered"),
        icon="mail-opened",
        tone="bad",
        audience=ADMINISTRATORS,
    ),
)
