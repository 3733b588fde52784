"""Roles as data: what each role of the domain may do.

A permission is a word on a view; whoever's role has the word may use it. What rows they
then see is the matter of ``visible_to(actor)``.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Who somebody is in a tenant (DOMAIN: who uses it)."""

    CLIENT_STAFF = "client_staff", _("Client staff")
    CLIENT_MANAGER = "client_manager", _("Client manager")
    AGENT = "agent", _("Service desk agent")
    ENGINEER = "engineer", _("Engineer")
    DEPARTMENT_MANAGER = "department_manager", _("Department manager")
    GENERAL_MANAGER = "general_manager", _("General manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    OBSERVER = "observer", _("Platform operator (read-only)")


CLIENT_ROLES = frozenset({Role.CLIENT_STAFF, Role.CLIENT_MANAGER})
STAFF_ROLES = frozenset(set(Role) - CLIENT_ROLES)
#: Roles that an administrator can give; the observer comes by the command line only.
GIVEN_ROLES = frozenset(set(Role) - {Role.OBSERVER})


class Permission(models.TextChoices):
    """What a view or an endpoint can ask for."""

    SIGNED_IN = "signed_in", _("Be a member of the tenant")
    TICKET_READ = "ticket.read", _("Read tickets within one's view")
    TICKET_FILE = "ticket.file", _("File a request")
    TICKET_REPLY = "ticket.reply", _("Reply publicly on a ticket")
    TICKET_CONFIRM = "ticket.confirm", _("Confirm, refuse and reopen as the client")
    TICKET_WORK = "ticket.work", _("Work on tickets: answer, wait, raise, resolve")
    TICKET_INTERNAL = "ticket.internal", _("Read and write internal notes")
    TICKET_ASSIGN = "ticket.assign", _("Assign and hand over tickets")
    TICKET_BEHALF = "ticket.behalf", _("File on behalf of a caller")
    TICKET_MERGE = "ticket.merge", _("Merge tickets")
    WORK_DISPATCH = "work.dispatch", _("Dispatch work orders")
    TICKET_LOWER_ESCALATED = "ticket.lower_escalated", _("Lower an escalated ticket")
    TICKET_ALL = "ticket.all", _("See the tickets of all departments")
    ESCALATION_ACKNOWLEDGE = "escalation.acknowledge", _("Acknowledge escalations")
    BACKDATE_APPROVE = (
        "backdate.approve",
        _("Approve times beyond the backdating limit"),
    )
    DOCUMENT_READ = "document.read", _("Read documents of what one may see")
    DOCUMENT_REQUEST = "document.request", _("Have documents made")
    DASHBOARD = "dashboard", _("See the service level dashboard")
    CLIENT_READ = "client.read", _("Read clients, projects and equipment")
    CLIENT_MANAGE = "client.manage", _("Manage clients, projects and equipment")
    CONTACT_CREATE = "contact.create", _("Create contacts while taking a call")
    PEOPLE_READ = "people.read", _("See colleagues and departments")
    PEOPLE_MANAGE = "people.manage", _("Manage people and departments")
    STANDARD_READ = "standard.read", _("Read service standards")
    STANDARD_MANAGE = "standard.manage", _("Publish service standards and calendars")
    SETTINGS_MANAGE = "settings.manage", _("Manage the tenant's settings")
    TOKEN_MANAGE = "token.manage", _("Manage API tokens")
    JOURNAL_READ = "journal.read", _("Read the journal")
    HEALTH_READ = "health.read", _("See the platform's health")
    EXPORT = "export", _("Export lists")


P = Permission
_CLIENT = {
    P.SIGNED_IN,
    P.TICKET_READ,
    P.TICKET_FILE,
    P.TICKET_REPLY,
    P.TICKET_CONFIRM,
    P.DOCUMENT_READ,
    P.STANDARD_READ,
    P.EXPORT,
}
_STAFF_READ = {
    P.SIGNED_IN,
    P.TICKET_READ,
    P.TICKET_INTERNAL,
    P.DOCUMENT_READ,
    P.CLIENT_READ,
    P.PEOPLE_READ,
    P.STANDARD_READ,
    P.EXPORT,
}
_ENGINEER = _STAFF_READ | {
    P.TICKET_REPLY,
    P.TICKET_WORK,
    P.TICKET_BEHALF,
    P.TICKET_ASSIGN,
    P.TICKET_MERGE,
    P.DOCUMENT_REQUEST,
    P.CONTACT_CREATE,
}
_AGENT = _ENGINEER | {P.TICKET_ALL, P.WORK_DISPATCH}
_DEPARTMENT_MANAGER = _ENGINEER | {
    P.WORK_DISPATCH,
    P.TICKET_LOWER_ESCALATED,
    P.ESCALATION_ACKNOWLEDGE,
    P.BACKDATE_APPROVE,
    P.DASHBOARD,
}
_GENERAL_MANAGER = _DEPARTMENT_MANAGER | {P.TICKET_ALL, P.JOURNAL_READ}
_ADMINISTRATOR = (set(P) - {P.TICKET_FILE, P.TICKET_CONFIRM}) | _GENERAL_MANAGER
_OBSERVER = _STAFF_READ | {P.TICKET_ALL, P.DASHBOARD, P.JOURNAL_READ, P.HEALTH_READ}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.CLIENT_STAFF: frozenset(_CLIENT),
    Role.CLIENT_MANAGER: frozenset(_CLIENT),
    Role.AGENT: frozenset(_AGENT),
    Role.ENGINEER: frozenset(_ENGINEER),
    Role.DEPARTMENT_MANAGER: frozenset(_DEPARTMENT_MANAGER),
    Role.GENERAL_MANAGER: frozenset(_GENERAL_MANAGER),
    Role.ADMINISTRATOR: frozenset(_ADMINISTRATOR),
    Role.OBSERVER: frozenset(_OBSERVER),
}


def permissions_of(role: str) -> frozenset[str]:
    """The permissions of a role; none for a role that does not exist."""
    return PERMISSIONS.get(role, frozenset())
