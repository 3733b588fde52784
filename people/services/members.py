"""Changing what somebody is in the tenant, and ending and resuming it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import changes, record
from people import history
from people.actors import Actor
from people.models import ApiToken, Department, Invitation, Membership
from people.roles import CLIENT_ROLES, GIVEN_ROLES, Permission, Role
from people.rules import closes_cycle
from people.services.letters import send_notice
from people.services.rights import (
    hold_people,
    keep_an_administrator,
    keep_from_programs,
    manages,
    require,
)
from people.services.sessions import end_sessions
from servicedesk.lib.errors import NotPermitted, ServiceError
from servicedesk.lib.text import one_line


@transaction.atomic
def change_member(
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    role: str,
    department: Department | None,
    title: str = "",
    phone: str = "",
) -> Membership:
    """Give somebody another role, department, job title or phone. Administrators only.

    A change of role ends the person's sessions: they sign in anew as what they are now.
    Raises ``last_administrator``, ``role_unknown``, ``role_kind``, ``role_department``,
    ``by_token``.
    """
    require(actor, Permission.PEOPLE_MANAGE)
    hold_people(actor)
    membership = _current(membership)
    keep_from_programs(actor, role, membership.role)
    _fits(membership, role, department)
    if role != Role.ADMINISTRATOR:
        keep_an_administrator(membership)
    before = _state(membership)
    membership.role, membership.department = role, department
    membership.title, membership.phone = one_line(title), one_line(phone)
    after = _state(membership)
    if before == after:
        return membership
    history.save(membership, actor, now=now)
    if before["role"] != role:
        end_sessions(user_id=membership.user_id, tenant_id=actor.tenant_id)
    data = changes(before, after)
    record(actor=actor, now=now, verb="person.changed", target=membership, data=data)
    return membership


@transaction.atomic
def set_deputy(
    *, actor: Actor, now: datetime, membership: Membership, deputy: Membership | None
) -> Membership:
    """Say who stands in for somebody who is away: oneself, one's manager, an administrator.

    Raises ``deputy_cycle`` (of whatever length), ``deputy_client``, ``deputy_inactive``.
    """
    if actor.membership_id != membership.pk and not manages(actor, membership):
        raise NotPermitted("not_permitted", _("You may not do this."))
    hold_people(actor)
    membership = _current(membership)
    if deputy is not None:
        _may_stand_in(membership, deputy)
    before = str(membership.deputy or "")
    if membership.deputy_id == (deputy.pk if deputy else None):
        return membership
    membership.deputy = deputy
    history.save(membership, actor, now=now)
    data = changes({"deputy": before}, {"deputy": str(deputy or "")})
    record(
        actor=actor,
        now=now,
        verb="person.deputy_changed",
        target=membership,
        data=data,
    )
    return membership


@transaction.atomic
def deactivate(
    *, actor: Actor, now: datetime, membership: Membership, reason: str = ""
) -> Membership:
    """End a membership: sign-ins, API tokens and open invitations end with it, at once.

    Their tickets stay as they are; a department that they manage has no manager then, which
    is shown as a fault of set-up. Client staff may be deactivated by whoever manages
    clients. Raises ``last_administrator``, ``not_active``.
    """
    _may_end(actor, membership)
    hold_people(actor)
    membership = _current(membership)
    if not membership.is_active:
        raise ServiceError("not_active", _("This person is deactivated already."))
    keep_an_administrator(membership)
    membership.is_active = False
    history.save(membership, actor, now=now)
    end_access(membership=membership, now=now)
    data = {"reason": reason.strip()} if reason.strip() else {}
    record(
        actor=actor, now=now, verb="person.deactivated", target=membership, data=data
    )
    return membership


@transaction.atomic
def reactivate(*, actor: Actor, now: datetime, membership: Membership) -> Membership:
    """Let somebody in again, as what they were. Raises ``already_active``."""
    _may_end(actor, membership)
    hold_people(actor)
    membership = _current(membership)
    if membership.is_active or membership.is_invited:
        raise ServiceError("already_active", _("This person is not deactivated."))
    if membership.role == Role.OBSERVER:
        raise ServiceError(
            "observer",
            _("The platform operator's access is given by the operator, for a time."),
        )
    membership.is_active = True
    history.save(membership, actor, now=now)
    record(actor=actor, now=now, verb="person.reactivated", target=membership)
    send_notice(membership=membership, now=now, what="reactivated", address=None)
    return membership


def end_access(*, membership: Membership, now: datetime) -> None:
    """Every way in that a membership has given ends at once."""
    end_sessions(user_id=membership.user_id, tenant_id=membership.tenant_id)
    ApiToken.objects.filter(membership=membership, revoked_at=None).update(
        revoked_at=now
    )
    Invitation.objects.filter(
        membership=membership, accepted_at=None, revoked_at=None
    ).update(revoked_at=now)


def _current(membership: Membership) -> Membership:
    return Membership.objects.select_related(
        "user", "tenant", "department", "deputy__user"
    ).get(pk=membership.pk)


def _state(membership: Membership) -> dict[str, Any]:
    return {
        "role": membership.role,
        "department": str(membership.department or ""),
        "title": membership.title,
        "phone": membership.phone,
    }


def _fits(membership: Membership, role: str, department: Department | None) -> None:
    if membership.role == Role.OBSERVER or role not in GIVEN_ROLES:
        raise ServiceError(
            "role_unknown", _("This role can't be given here."), field="role"
        )
    if membership.is_client != (role in CLIENT_ROLES):
        raise ServiceError(
            "role_kind",
            _("Client staff can't become staff of ours, nor the reverse. Invite anew."),
            field="role",
        )
    if role in CLIENT_ROLES and department is not None:
        raise ServiceError(
            "role_department",
            _("Client staff belong to no department."),
            field="department",
        )


def _may_end(actor: Actor, membership: Membership) -> None:
    if membership.is_client and actor.may(Permission.CLIENT_MANAGE):
        return
    require(actor, Permission.PEOPLE_MANAGE)
    keep_from_programs(actor, membership.role)


def _may_stand_in(membership: Membership, deputy: Membership) -> None:
    if deputy.is_client or deputy.role == Role.OBSERVER or membership.is_client:
        raise ServiceError(
            "deputy_client", _("Only a colleague can stand in."), field="deputy"
        )
    if not deputy.is_active:
        raise ServiceError(
            "deputy_inactive",
            _("This colleague is deactivated and can't stand in."),
            field="deputy",
        )
    deputies = dict(Membership.objects.staff().values_list("pk", "deputy_id"))
    if closes_cycle(deputies, membership.pk, deputy.pk):
        raise ServiceError(
            "deputy_cycle",
            _("That would be a circle: this colleague is stood in for by the person."),
            field="deputy",
        )
