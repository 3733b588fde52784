"""Inviting people by e-mail, and their coming in. A link works once, for seven days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record
from people import history
from people.actors import Actor, member_acting
from people.authentication import normal_address
from people.keys import digest, new_secret
from people.models import Department, Invitation, Membership
from people.roles import CLIENT_ROLES, GIVEN_ROLES, Permission
from people.services.letters import queue_letter
from people.services.rights import hold_people, keep_from_programs, require
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.text import one_line

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    actor: Actor,
    now: datetime,
    email: str,
    role: str,
    name: str = "",
    department: Department | None = None,
    by_mail: bool = True,
) -> Invitation:
    """Invite somebody into the tenant; the mail is queued (unless ``by_mail`` is false).

    The answer is the same whether or not the address is known to another tenant. For client
    roles the caller (the clients app) ties ``invitation.membership`` to a contact; the right
    to do so is CLIENT_MANAGE or PEOPLE_MANAGE. Raises ``already_member``, ``deactivated``,
    ``email_invalid``, ``role_unknown``, ``role_department``.
    """
    _may_invite(actor, role)
    address = _clean(email)
    _fits(role, department)
    hold_people(actor)
    user, _created = User.objects.get_or_create(
        email=address, defaults={"password": make_password(None)}
    )
    membership = Membership.objects.filter(user=user).first()
    if membership is None:
        membership = Membership(user=user, is_active=False)
    else:
        _refuse_known(membership, role)
    membership.role, membership.department = role, department
    history.save(membership, actor, now=now)
    invitation = _issue(actor, now, membership, name=name, by_mail=by_mail)
    data = {"role": role, "department": str(department or "")}
    record(actor=actor, now=now, verb="person.invited", target=membership, data=data)
    return invitation


@transaction.atomic
def resend_invitation(
    *, actor: Actor, now: datetime, membership: Membership
) -> Invitation:
    """A new link to somebody who has not come in yet; the former ones stop working."""
    _may_invite(actor, membership.role)
    hold_people(actor)
    membership.refresh_from_db()
    if not membership.is_invited:
        raise ServiceError("not_invited", _("This person has come in already."))
    last = membership.invitations.order_by("-pk").first()
    invitation = _issue(
        actor, now, membership, name=last.name if last else "", by_mail=True
    )
    record(actor=actor, now=now, verb="person.invited_again", target=membership)
    return invitation


@transaction.atomic
def revoke_invitation(*, actor: Actor, now: datetime, membership: Membership) -> None:
    """Take an invitation back: its link stops working."""
    _may_invite(actor, membership.role)
    hold_people(actor)
    if not _close_open(membership, now):
        raise ServiceError("not_invited", _("There is no open invitation."))
    record(actor=actor, now=now, verb="person.invitation_revoked", target=membership)


def issue_secret(*, invitation: Invitation, now: datetime) -> str:
    """Make the link's secret; only its hash is kept, so it can be told once.

    Whoever writes the mail calls this; a second call makes the first secret worthless.
    """
    secret = new_secret()
    invitation.token_hash = digest(secret)
    invitation.expires_at = now + VALID_FOR
    invitation.save(update_fields=["token_hash", "expires_at"])
    return secret


def find_invitation(*, secret: str, now: datetime) -> Invitation | None:
    """The open invitation of a link; None if unknown, used, taken back or too old."""
    return (
        Invitation.objects.filter(
            token_hash=digest(secret),
            accepted_at=None,
            revoked_at=None,
            expires_at__gt=now,
            membership__is_active=False,
        )
        .select_related("membership__user", "membership__tenant")
        .first()
    )


@transaction.atomic
def accept_invitation(
    *,
    now: datetime,
    invitation: Invitation,
    address: str | None = None,
    person: dict[str, str] | None = None,
) -> Membership:
    """Come in. ``person`` (name, language, password) is for somebody new on the platform.

    For somebody who has a password the caller has checked it. Raises ``used`` when the link
    was used meanwhile.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise ServiceError("used", _("This link has been used already."))
    membership = Membership.objects.select_related("user", "tenant").get(
        pk=invitation.membership_id
    )
    if person is not None:
        _introduce(membership.user, person)
    membership.is_active, membership.accepted_at = True, now
    actor = member_acting(membership, address=address)
    history.save(membership, actor, now=now)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    record(actor=actor, now=now, verb="person.came_in", target=membership)
    return membership


def _introduce(user: User, person: dict[str, str]) -> None:
    if user.has_usable_password():  # never touch the credentials of somebody known
        raise ServiceError("used", _("This link has been used already."))
    user.rename(person["name"])
    user.language = person["language"]
    user.set_password(person["password"])
    user.save(update_fields=["name", "sort_key", "language", "password"])


def _issue(
    actor: Actor, now: datetime, membership: Membership, *, name: str, by_mail: bool
) -> Invitation:
    _close_open(membership, now)
    invitation = Invitation.objects.create(
        membership=membership,
        name=one_line(name)[:100],
        token_hash=digest(new_secret()),  # nobody knows it: the mail makes its own
        invited_by_id=actor.membership_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    if by_mail:
        params = {"invitation": invitation.pk, "by": actor.name}
        queue_letter(now=now, kind="invitation", membership=membership, params=params)
    return invitation


def _close_open(membership: Membership, now: datetime) -> int:
    return Invitation.objects.filter(
        membership=membership, accepted_at=None, revoked_at=None
    ).update(revoked_at=now)


def _may_invite(actor: Actor, role: str) -> None:
    if role in CLIENT_ROLES and actor.may(Permission.CLIENT_MANAGE):
        return
    require(actor, Permission.PEOPLE_MANAGE)
    keep_from_programs(actor, role)


def _clean(email: str) -> str:
    address = normal_address(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise ServiceError(
            "email_invalid", _("This is no e-mail address."), field="email"
        ) from error
    if not address.isascii() or len(address) > 254:
        raise ServiceError(
            "email_invalid",
            _("Only plain letters are possible in an e-mail address here."),
            field="email",
        )
    return address


def _fits(role: str, department: Department | None) -> None:
    if role not in GIVEN_ROLES:
        raise ServiceError("role_unknown", _("There is no such role."), field="role")
    if role in CLIENT_ROLES and department is not None:
        raise ServiceError(
            "role_department",
            _("Client staff belong to no department."),
            field="department",
        )


def _refuse_known(membership: Membership, role: str) -> None:
    if membership.is_active:
        raise ServiceError(
            "already_member", _("This person is here already."), field="email"
        )
    if not membership.is_invited:
        raise ServiceError(
            "deactivated",
            _("This person was deactivated. Reactivate them in the list of people."),
            field="email",
        )
    if membership.is_client != (role in CLIENT_ROLES):
        raise ServiceError(
            "role_kind",
            _("This address is invited on the other side already: client or staff."),
            field="email",
        )


__all__ = [
    "accept_invitation",
    "find_invitation",
    "invite",
    "issue_secret",
    "resend_invitation",
    "revoke_invitation",
]
