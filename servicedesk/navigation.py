"""What there is to open, in the order in which people need it.

Entries whose address does not exist, or whose permission the person lacks, are left out.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.roles import Permission
from servicedesk.lib.ui import NavItem, NavSection

P = Permission

NAVIGATION = (
    NavSection(
        "",
        (
            NavItem(
                "reports:dashboard",
                _("Dashboard"),
                "layout-dashboard",
                P.DASHBOARD,
                phone=True,
                key="d",
            ),
            NavItem(
                "tickets:queue",
                _("Tickets"),
                "ticket",
                P.TICKET_INTERNAL,
                phone=True,
                key="t",
            ),
            NavItem(
                "tickets:mine",
                _("Requests"),
                "ticket",
                P.TICKET_CONFIRM,
                phone=True,
                key="t",
                under="tickets:queue",
            ),
            NavItem(
                "tickets:file",
                _("File a request"),
                "plus",
                P.TICKET_FILE,
                phone=True,
                key="n",
            ),
            NavItem(
                "tickets:file_behalf",
                _("Take a call"),
                "phone",
                P.TICKET_BEHALF,
                phone=True,
                key="n",
            ),
            NavItem(
                "tickets:board",
                _("Dispatch board"),
                "calendar-event",
                P.WORK_DISPATCH,
                key="b",
            ),
            NavItem(
                "field:shell",
                pgettext_lazy("phone application", "On site"),
                "device-mobile",
                P.TICKET_WORK,
                phone=True,
                key="o",
            ),
            NavItem(
                "notifications:inbox",
                _("Notifications"),
                "bell",
                P.SIGNED_IN,
                key="i",
            ),
            NavItem("reports:wall", _("Wall"), "device-desktop", P.DASHBOARD, key="w"),
        ),
    ),
    NavSection(
        pgettext_lazy("navigation", "Clients"),
        (
            NavItem(
                "clients:list",
                _("Client organisations"),
                "building-community",
                P.CLIENT_READ,
                key="c",
            ),
            NavItem(
                "clients:projects", _("Projects"), "briefcase", P.CLIENT_READ, key="p"
            ),
            NavItem(
                "clients:equipment", _("Equipment"), "devices", P.CLIENT_READ, key="e"
            ),
            NavItem(
                "sla:list", _("Service standards"), "shield-check", P.STANDARD_READ
            ),
        ),
    ),
    NavSection(
        pgettext_lazy("navigation", "Set-up"),
        (
            NavItem("people:admin", _("Overview"), "settings", P.SETTINGS_MANAGE),
            NavItem("people:list", _("People"), "users", P.PEOPLE_READ),
            NavItem(
                "people:departments", _("Departments"), "users-group", P.PEOPLE_READ
            ),
            NavItem("sla:calendars", _("Calendars"), "calendar", P.STANDARD_MANAGE),
            NavItem(
                "tickets:flow", _("Fault handling flow"), "route", P.STANDARD_MANAGE
            ),
            NavItem("people:tokens", _("API tokens"), "key", P.TOKEN_MANAGE),
            NavItem("people:journal", _("Journal"), "history", P.JOURNAL_READ),
            NavItem("reports:health", _("Health"), "heart-rate-monitor", P.HEALTH_READ),
            NavItem("notifications:mailbox", _("Mailbox (demo)"), "mail", P.SIGNED_IN),
        ),
    ),
)
