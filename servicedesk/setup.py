"""What else a tenant needs before its promises can be watched: standard, client, mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Client
from people.models import Letter
from people.queries.setup import Check
from servicedesk.lib.ui.nav import safe_reverse
from sla.models import ServiceStandard

DEMO_MAIL = "notifications.mailbox.MailboxBackend"


def standards(now: datetime, **_kwargs: Any) -> list[Check]:
    """A standard, and one that counts where a project names none."""
    del now
    found = ServiceStandard.objects.all()
    url = safe_reverse("sla:list")
    if not found.exists():
        return [
            Check(
                _("There is no service standard"),
                ok=False,
                text=_("Nothing is promised, so nothing is watched."),
                url=safe_reverse("sla:import") or url,
                action=_("Load one"),
                rank=40,
            )
        ]
    if not found.filter(is_default=True).exists():
        return [
            Check(
                _("No service standard is the default"),
                ok=False,
                text=_("Tickets without a project have no promise."),
                url=url,
                action=_("Choose one"),
                rank=40,
            )
        ]
    return [Check(_("A service standard is the default"), ok=True, url=url, rank=40)]


def clients(now: datetime, **_kwargs: Any) -> list[Check]:
    """Somebody to serve."""
    del now
    url = safe_reverse("clients:list")
    if Client.objects.active().exists():
        return [Check(_("There are client organisations"), ok=True, url=url, rank=50)]
    return [
        Check(
            _("There is no client organisation yet"),
            ok=False,
            text=_("Tickets are filed by, or for, a client."),
            url=safe_reverse("clients:client_create") or url,
            action=_("Enter one"),
            rank=50,
        )
    ]


def mail(now: datetime, **_kwargs: Any) -> list[Check]:
    """Whether mail goes out, and by which ways a night's escalation reaches people."""
    del now
    found = [
        Check(
            _("A night escalation is e-mail and in-app only"),
            ok=False,
            note=True,
            text=_(
                "Phone calls and text messages come later. Arrange who looks at night."
            ),
            rank=61,
        )
    ]
    if settings.EMAIL_BACKEND == DEMO_MAIL:
        found.append(
            Check(
                _("Mail is not configured: it goes to the demo's mailbox"),
                ok=False,
                note=True,
                text=_("The operator sets EMAIL_URL."),
                url=safe_reverse("notifications:mailbox"),
                action=_("Open the mailbox"),
                rank=60,
            )
        )
    dead = Letter.objects.filter(state=Letter.State.DEAD).exclude(
        last_error="not needed"
    )
    if dead.exists():
        found.append(
            Check(
                _("Some mails about sign-in could not be sent"),
                ok=False,
                text=_("Look at the addresses, and at the mail server."),
                url=reverse("people:list") + "?state=invited",
                action=_("Who is invited"),
                rank=60,
            )
        )
    return found


RECEIVERS = (standards, clients, mail)
