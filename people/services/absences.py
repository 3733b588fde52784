"""When somebody is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from people.actors import Actor
from people.models import Absence, Membership
from people.services.rights import manages
from servicedesk.lib.errors import NotPermitted, ServiceError

LONGEST = timedelta(days=366)


@transaction.atomic
def add_absence(
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
) -> Absence:
    """Say when somebody is away: oneself, one's manager, or an administrator.

    Raises ``absence_order``, ``absence_past``, ``absence_long``, ``absence_client``.
    """
    _may(actor, membership)
    if membership.is_client:
        raise ServiceError("absence_client", _("Client staff have no absences here."))
    if ends_at <= starts_at:
        raise ServiceError(
            "absence_order", _("The end must be after the beginning."), field="ends_at"
        )
    if ends_at <= now:
        raise ServiceError("absence_past", _("This is over already."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise ServiceError(
            "absence_long", _("A year at most; add another one then."), field="ends_at"
        )
    absence = Absence.objects.create(
        membership=membership, starts_at=starts_at, ends_at=ends_at, note=note.strip()
    )
    _record(actor, now, absence, verb="absence.added")
    return absence


@transaction.atomic
def end_absence(*, actor: Actor, now: datetime, absence: Absence) -> None:
    """Somebody is back, or is not going: the absence ends now, or never begins."""
    _may(actor, absence.membership)
    if absence.ends_at <= now:
        raise ServiceError("absence_past", _("This is over already."))
    _record(actor, now, absence, verb="absence.ended")
    if absence.starts_at >= now:
        absence.delete()
    else:
        absence.ends_at = now
        absence.save(update_fields=["ends_at"])


def _may(actor: Actor, membership: Membership) -> None:
    if actor.membership_id != membership.pk and not manages(actor, membership):
        raise NotPermitted("not_permitted", _("You may not do this."))


def _record(actor: Actor, now: datetime, absence: Absence, *, verb: str) -> None:
    data = {
        "from": absence.starts_at.isoformat(),
        "until": absence.ends_at.isoformat(),
        "note": absence.note,
    }
    record(actor=actor, now=now, verb=verb, target=absence.membership, data=data)
