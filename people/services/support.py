"""The platform operator's access to a tenant: for a time, read-only, known to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record
from people import history
from people.actors import Actor
from people.models import Membership
from people.roles import Role
from people.services.letters import queue_letter
from people.services.members import end_access
from people.services.rights import hold_people
from servicedesk.lib.errors import ServiceError

LONGEST = timedelta(days=3)


@transaction.atomic
def grant_support_access(
    *, actor: Actor, now: datetime, user: User, until: datetime, reason: str
) -> Membership:
    """Let an operator read the tenant until an instant, with a reason. Journalled.

    Its administrators get a letter. Raises ``reason_missing``, ``until``,
    ``already_member``.
    """
    reason = " ".join(reason.split())
    if len(reason) < 10:
        raise ServiceError("reason_missing", _("Say why, in a sentence."))
    if not now < until <= now + LONGEST:
        raise ServiceError("until", _("Access lasts three days at most."))
    hold_people(actor)
    membership = Membership.objects.filter(user=user).first()
    if membership is not None and membership.role != Role.OBSERVER:
        raise ServiceError(
            "already_member", _("This person is a member of the tenant.")
        )
    membership = membership or Membership(user=user)
    membership.role, membership.is_active = Role.OBSERVER, True
    membership.accepted_at, membership.expires_at = now, until
    membership.reason = reason[:200]
    history.save(membership, actor, now=now)
    data = {"until": until.isoformat(), "reason": reason}
    record(actor=actor, now=now, verb="support.granted", target=membership, data=data)
    _tell_administrators(now, membership, until)
    return membership


@transaction.atomic
def end_support_access(*, actor: Actor, now: datetime, membership: Membership) -> None:
    """End an operator's access before its time."""
    if membership.role != Role.OBSERVER:
        raise ServiceError("not_observer", _("This is no access of the operator."))
    membership.is_active, membership.expires_at = False, now
    history.save(membership, actor, now=now)
    end_access(membership=membership, now=now)
    record(actor=actor, now=now, verb="support.ended", target=membership)


def administrators() -> list[Membership]:
    """The active administrators of the tenant."""
    found = Membership.objects.active().filter(role=Role.ADMINISTRATOR)
    return list(found.select_related("user", "tenant").order_by("pk"))


def _tell_administrators(now: datetime, observer: Membership, until: datetime) -> None:
    params = {
        "who": observer.user.email,
        "until": until.isoformat(),
        "reason": observer.reason,
    }
    for administrator in administrators():
        queue_letter(now=now, kind="support", membership=administrator, params=params)
