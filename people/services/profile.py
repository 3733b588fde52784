"""What people change about themselves. Language, theme and password are theirs alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import changes, record
from people import history
from people.actors import Actor
from people.authentication import normal_address
from people.keys import digest, new_secret
from people.models import Membership, OneTimeLink
from people.services.letters import queue_letter
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.text import one_line

PASSWORD_LINK_FOR = timedelta(hours=1)
ADDRESS_LINK_FOR = timedelta(days=1)


@transaction.atomic
def change_profile(
    *,
    actor: Actor,
    now: datetime,
    membership: Membership,
    name: str,
    language: str,
    theme: str,
    title: str = "",
    phone: str = "",
) -> Membership:
    """Change one's own name, language, appearance, job title and phone."""
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    user = User.objects.select_for_update().get(pk=membership.user_id)
    name = one_line(name)
    if not name:
        raise ServiceError("name_missing", _("Say how you are called."), field="name")
    if language not in dict(settings.LANGUAGES) or theme not in User.Theme.values:
        raise ServiceError("unknown_choice", _("Choose one of the list."))
    before = {"name": user.name, "title": membership.title, "phone": membership.phone}
    user.rename(name)
    user.language, user.theme = language, theme
    user.save(update_fields=["name", "sort_key", "language", "theme"])
    membership.title, membership.phone = one_line(title), one_line(phone)
    after = {"name": name, "title": membership.title, "phone": membership.phone}
    membership.user = user
    if before != after:
        history.save(membership, actor, now=now)
        data = changes(before, after)
        record(
            actor=actor, now=now, verb="profile.changed", target=membership, data=data
        )
    return membership


@transaction.atomic
def ask_new_password(*, now: datetime, email: str, sent_from: str | None) -> None:
    """Queue the mail with a link for a new password, if a member has this address.

    Says nothing about whether somebody does; the mail goes to the address that is stored.
    """
    membership = (
        Membership.objects.in_force(now)
        .filter(user__email=normal_address(email), user__is_active=True)
        .select_related("user", "tenant")
        .first()
    )
    if membership is not None:
        params = {"address": sent_from or ""}
        queue_letter(now=now, kind="password", membership=membership, params=params)


@transaction.atomic
def ask_new_address(
    *, actor: Actor, now: datetime, membership: Membership, email: str
) -> None:
    """Queue a mail to a new address; its link makes it the person's.

    Answers the same whether or not somebody else has the address. Raises ``email_invalid``,
    ``email_same``.
    """
    address = normal_address(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise ServiceError(
            "email_invalid", _("This is no e-mail address."), field="email"
        ) from error
    if not address.isascii():
        raise ServiceError(
            "email_invalid",
            _("Only plain letters are possible in an e-mail address here."),
            field="email",
        )
    if address == membership.user.email:
        raise ServiceError(
            "email_same", _("This is your address already."), field="email"
        )
    if not User.objects.filter(email=address).exists():
        params = {"new": address}
        queue_letter(
            now=now,
            kind="address",
            membership=membership,
            address=address,
            params=params,
        )
    record(actor=actor, now=now, verb="profile.address_asked", target=membership)


def make_link(
    *, membership: Membership, purpose: str, now: datetime, detail: str = ""
) -> str:
    """A link's secret for one purpose; whoever writes the mail calls this."""
    password = purpose == OneTimeLink.Purpose.PASSWORD
    secret = new_secret()
    OneTimeLink.objects.create(
        membership=membership,
        purpose=purpose,
        token_hash=digest(secret),
        detail=detail,
        fingerprint=_fingerprint(membership.user),
        created_at=now,
        expires_at=now + (PASSWORD_LINK_FOR if password else ADDRESS_LINK_FOR),
    )
    return secret


def find_link(*, secret: str, purpose: str, now: datetime) -> OneTimeLink | None:
    """The link of a secret, for this purpose; None if unknown, used, old, or void.

    A link dies with a change of password and with the membership.
    """
    link = (
        OneTimeLink.objects.filter(
            token_hash=digest(secret),
            purpose=purpose,
            used_at=None,
            expires_at__gt=now,
            membership__is_active=True,
            membership__user__is_active=True,
        )
        .select_related("membership__user", "membership__tenant")
        .first()
    )
    if link is None:
        return None
    same = constant_time_compare(link.fingerprint, _fingerprint(link.membership.user))
    return link if same else None


@transaction.atomic
def use_link(*, link: OneTimeLink, now: datetime) -> None:
    """Use a link up. Raises ``used`` when somebody was faster."""
    used = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    if not used:
        raise ServiceError("used", _("This link has been used already."))


@transaction.atomic
def confirm_new_address(*, actor: Actor, now: datetime, link: OneTimeLink) -> User:
    """Make the address of a link the person's; the former address is told.

    Raises ``email_taken`` when somebody else has it by now.
    """
    use_link(link=link, now=now)
    user = User.objects.select_for_update().get(pk=link.membership.user_id)
    former = user.email
    user.email = link.detail
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise ServiceError(
            "email_taken", _("Somebody else uses this address.")
        ) from error
    params = {"what": "address_changed", "at": now.isoformat(), "new": link.detail}
    queue_letter(
        now=now,
        kind="notice",
        membership=link.membership,
        address=former,
        params=params,
    )
    record(actor=actor, now=now, verb="profile.address_changed", target=link.membership)
    return user


def _fingerprint(user: User) -> str:
    return salted_hmac(
        "people.link", f"{user.password}|{user.email}", algorithm="sha256"
    ).hexdigest()
