"""The journal in words: "department.changed" as what it means to a person.

A verb is object, dot, past participle. Both halves are translated apart, so that an app may
coin a verb without telling this room; a half that is not known is shown as it is written.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: First half of a verb → what it is about, in the order of the filter.
TOPICS: dict[str, Any] = {
    "session": _("Signing in and out"),
    "sign_in": _("Password and second factor"),
    "access": _("Refused access"),
    "person": _("People"),
    "profile": _("Own settings"),
    "absence": _("Absences"),
    "department": _("Departments"),
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
    "ticket": _("Tickets"),
    "attachment": _("Attachments"),
    "escalation": _("Escalations"),
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
    "support.ended": _("The platform operator's access was ended"),
    "person.came_in": _("Came in by invitation"),
    "list.exported": _("A list was exported"),
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
    return f"{about}: {done}" if deed else str(about)
