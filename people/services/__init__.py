"""The verbs of people. Keyword-only; ``now`` is passed in; each is atomic."""

from __future__ import annotations

from people.services.absences import add_absence, end_absence
from people.services.departments import (
    change_department,
    close_department,
    create_department,
    reopen_department,
)
from people.services.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    issue_secret,
    resend_invitation,
    revoke_invitation,
)
from people.services.letters import queue_letter, queue_letter_to, send_notice
from people.services.logo import change_logo, remove_logo
from people.services.members import (
    change_member,
    deactivate,
    reactivate,
    set_deputy,
)
from people.services.profile import (
    ask_new_address,
    ask_new_password,
    change_profile,
    confirm_new_address,
    find_link,
    make_link,
    use_link,
)
from people.services.roster import may_roster, remove_shift, save_shift, set_skills
from people.services.sessions import end_session, end_sessions
from people.services.settings import change_tenant
from people.services.support import end_support_access, grant_support_access
from people.services.tokens import create_token, grantable, revoke_token

__all__ = [
    "accept_invitation",
    "add_absence",
    "ask_new_address",
    "ask_new_password",
    "change_department",
    "change_logo",
    "change_member",
    "change_profile",
    "change_tenant",
    "close_department",
    "confirm_new_address",
    "create_department",
    "create_token",
    "deactivate",
    "end_absence",
    "end_session",
    "end_sessions",
    "end_support_access",
    "find_invitation",
    "find_link",
    "grant_support_access",
    "grantable",
    "invite",
    "issue_secret",
    "make_link",
    "may_roster",
    "queue_letter",
    "queue_letter_to",
    "reactivate",
    "remove_logo",
    "remove_shift",
    "reopen_department",
    "resend_invitation",
    "revoke_invitation",
    "revoke_token",
    "save_shift",
    "send_notice",
    "set_deputy",
    "set_skills",
    "use_link",
]
