"""The journal in words: "department.changed" as what it means to a person.

A verb is object, dot, past participle. Both halves are translated apart, so that an app may
coin a verb without telling this room; a half that is not known is shown as it is written.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

#: First half of a verb → what it is about, in the order of the filter.
TOPICS: dict[str, Any] = {
    "session": _("Signing in and out"),
    "sign_in": _("Password and second factor"),
    "access": _("Refused access"),
    "person": _("People"),
    "profile": _("Own settings"),
    "absence": _("Absences"),
    "department": _("Departments"),
    "shift": _("Duty roster"),
    "skills": _("Skills"),
    "token": _("API tokens"),
    "settings": _("Settings"),
    "support": _("Platform operator"),
    "client": _("Client organisations"),
    "site": _("Sites"),
    "contact": _("Contacts"),
    "project": _("Projects"),
    "equipment": _("Equipment"),
    "standard": _("Service standards"),
    "calendar": _("Calendars"),
    "flow": _("Fault handling flow"),
    "ticket": _("Tickets"),
    "attachment": _("Attachments"),
    "signature": _("Signatures"),
    "escalation": _("Escalations"),
    "canned_reply": _("Canned replies"),
    "checklist": _("Preparation checklists"),
    "list": _("Exports"),
    "tenant": _("Tenant"),
}

#: Second half of a verb → what was done.
DEEDS: dict[str, Any] = {
    "created": pgettext_lazy("journal", "created"),
    "entered": pgettext_lazy("journal", "entered"),
    "added": pgettext_lazy("journal", "added"),
    "changed": pgettext_lazy("journal", "changed"),
    "deleted": pgettext_lazy("journal", "deleted"),
    "removed": pgettext_lazy("journal", "removed"),
    "closed": pgettext_lazy("journal", "closed"),
    "reopened": pgettext_lazy("journal", "reopened"),
    "started": pgettext_lazy("journal", "signed in"),
    "ended": pgettext_lazy("journal", "ended"),
    "failed": pgettext_lazy("journal", "wrong password"),
    "factor_failed": pgettext_lazy("journal", "wrong code"),
    "refused": pgettext_lazy("journal", "refused"),
    "invited": pgettext_lazy("journal", "invited"),
    "invited_again": pgettext_lazy("journal", "invited again"),
    "invitation_revoked": pgettext_lazy("journal", "invitation taken back"),
    "came_in": pgettext_lazy("journal", "came in"),
    "deactivated": pgettext_lazy("journal", "deactivated"),
    "reactivated": pgettext_lazy("journal", "reactivated"),
    "deputy_changed": pgettext_lazy("journal", "deputy changed"),
    "address_asked": pgettext_lazy("journal", "new e-mail address asked for"),
    "address_changed": pgettext_lazy("journal", "e-mail address changed"),
    "password_changed": pgettext_lazy("journal", "password changed"),
    "factor_added": pgettext_lazy("journal", "authenticator app added"),
    "factor_removed": pgettext_lazy("journal", "authenticator app removed"),
    "passkey_added": pgettext_lazy("journal", "passkey added"),
    "passkey_removed": pgettext_lazy("journal", "passkey removed"),
    "recovery_codes": pgettext_lazy("journal", "new recovery codes"),
    "revoked": pgettext_lazy("journal", "taken back"),
    "granted": pgettext_lazy("journal", "may read for a time"),
    "imported": pgettext_lazy("journal", "imported"),
    "published": pgettext_lazy("journal", "published"),
    "exported": pgettext_lazy("journal", "exported"),
    "default_changed": pgettext_lazy("journal", "default changed"),
    "made_default": pgettext_lazy("journal", "made the default"),
    "revised": pgettext_lazy("journal", "revised"),
}

#: Verbs whose halves alone would not say it.
WHOLE: dict[str, Any] = {
    "session.started": _("Signed in"),
    "session.ended": _("Signed out"),
    "sign_in.failed": _("Wrong password"),
    "sign_in.closed": _("Wrong password too often; closed for that place for a while"),
    "sign_in.factor_failed": _("Wrong code of the second factor"),
    "access.refused": _("Asked for a page without the right to it"),
    "support.granted": _("The platform's operator may read for a time"),
    "support.read": _("The platform's operator opened a page"),
    "support.ended": _("The platform operator's access was ended"),
    "person.came_in": _("Came in by invitation"),
    "list.exported": _("A list was exported"),
}

#: Names of the details that lines carry.
DETAILS: dict[str, Any] = {
    "name": _("Name"),
    "role": _("Role"),
    "department": _("Department"),
    "manager": _("Manager"),
    "deputy": _("Deputy"),
    "title": _("Job title"),
    "phone": _("Phone"),
    "address": _("Address"),
    "zone": _("Time zone"),
    "language": _("Language"),
    "ticket_prefix": _("Ticket prefix"),
    "accent": _("Accent colour"),
    "require_second_factor": _("Staff must use a second factor"),
    "from": pgettext_lazy("period", "From"),
    "until": pgettext_lazy("period", "Until"),
    "expires": pgettext_lazy("period", "Until"),
    "note": _("Note"),
    "reason": _("Reason"),
    "scopes": _("It may"),
    "list": _("List"),
    "format": _("Format"),
    "filter": _("Filter"),
    "path": _("Page"),
    "subject": pgettext_lazy("journal", "About"),
    "version": _("Version"),
    "sha256": _("Fingerprint (SHA-256)"),
    "client": _("Client organisation"),
    "site": _("Site"),
    "project": _("Project"),
    "standard": _("Service standard"),
    "is_active": _("Active"),
    "places": _("Places nearby"),
    "weekdays": _("Days"),
    "starts": pgettext_lazy("period", "From"),
    "ends": pgettext_lazy("period", "Until"),
    "from_on": _("First day"),
    "until_on": _("Last day"),
    "members": _("On duty"),
    "skills": _("Skills"),
}

#: How it was done.
VIAS: dict[str, Any] = {
    "browser": _("Browser"),
    "api": _("REST"),
    "system": _("By itself"),
    "command": _("Command line"),
}


def say(verb: str) -> str:
    """A verb of the journal in the active language."""
    if verb in WHOLE:
        return str(WHOLE[verb])
    topic, _dot, deed = verb.partition(".")
    about = TOPICS.get(topic, topic.replace("_", " "))
    done = DEEDS.get(deed, deed.replace("_", " "))
    if not deed:
        return str(about)
    return gettext("%(topic)s: %(deed)s") % {"topic": about, "deed": done}
