"""A limit on failed tries that an attacker can't turn against the person attacked.

Failures are counted per account *and place* (IP address; /64 of IPv6): who hammers an
account from one place closes it for that place only. A browser from which the person has
signed in before carries a signed device cookie and has a count of its own, so that even
somebody behind the same address as the attacker gets in. One place may fail at many
accounts only so often (spraying). A try is counted *before* the password is looked at, in
a row that stays locked until the request ends: parallel tries can't slip past.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from people.keys import new_secret
from people.models import Attempt
from servicedesk.lib.peer import client_address, network_of
from tenants.scope import current_tenant_id

WINDOW = timedelta(minutes=15)
#: Failures of one account from one place or device, and of one place at all accounts.
ACCOUNT_LIMIT = 10
PLACE_LIMIT = 100
DEVICE_COOKIE = "__Host-device" if settings.SECURE else "device"
DEVICE_AGE = timedelta(days=180)
SALT = "people.throttle"

_COUNT = """
INSERT INTO people_attempt (tenant_id, key_hash, failures, since_at, expires_at)
VALUES (%(tenant)s, %(key)s, %(least)s, %(now)s, %(end)s)
ON CONFLICT (tenant_id, key_hash) DO UPDATE SET
    failures = CASE WHEN people_attempt.expires_at <= %(now)s THEN %(least)s
                    ELSE greatest(people_attempt.failures + %(step)s, %(least)s) END,
    since_at = CASE WHEN people_attempt.expires_at <= %(now)s THEN %(now)s
                    ELSE people_attempt.since_at END,
    expires_at = CASE WHEN people_attempt.expires_at <= %(now)s THEN %(end)s
                      ELSE people_attempt.expires_at END
RETURNING failures, expires_at
"""


@dataclass(frozen=True, slots=True)
class Count:
    """One counter after this try."""

    key: str
    failures: int
    limit: int
    open_at: datetime


@dataclass(frozen=True, slots=True)
class Tries:
    """A counted try. ``forgive`` takes it back when it turns out to be right."""

    counts: tuple[Count, ...]

    @property
    def refused_until(self) -> datetime | None:
        """When the place may try again; None while it may."""
        closed = [one.open_at for one in self.counts if one.failures > one.limit]
        return max(closed, default=None)

    @property
    def just_closed(self) -> bool:
        """Whether the next try of this account from this place will be refused."""
        return self.counts[0].failures == self.counts[0].limit

    def forgive(self) -> None:
        """The try was right: the account's count begins anew, the place's loses one."""
        account, *places = self.counts
        Attempt.objects.filter(key_hash=account.key).delete()
        for place in places:
            _decrement(place.key)

    def keep(self) -> None:
        """Count again what a rollback took away; changes nothing where none did."""
        for one in self.counts:
            _count(one.key, now=one.open_at - WINDOW, least=one.failures, step=0)


def count(request: HttpRequest, what: str, account: str, *, now: datetime) -> Tries:
    """Count a try at ``account`` (an e-mail address or a person's id) before it is made.

    ``what`` keeps kinds of tries apart. The tries survive an error later in the request.
    """
    place = network_of(client_address(request))
    device = _device_of(request, account)
    source = f"device:{device}" if device else f"place:{place}"
    wanted = [(f"{what}:{account}:{source}", ACCOUNT_LIMIT)]
    if not device:
        wanted.append((f"{what}:{place}", PLACE_LIMIT))
    tries = Tries(tuple(_counted(text, limit, now) for text, limit in wanted))
    afterwards: list[Callable[[], Any]] = getattr(request, "after_rollback", [])
    afterwards.append(_Keeper(tries))
    return tries


def forgive(request: HttpRequest, tries: Tries) -> None:
    """The try was right: forget it, also after a rollback."""
    tries.forgive()
    waiting: list[Any] = getattr(request, "after_rollback", [])
    waiting[:] = [
        one for one in waiting if not (isinstance(one, _Keeper) and one.tries is tries)
    ]


def spend(
    request: HttpRequest, what: str, *, limit: int, now: datetime
) -> datetime | None:
    """Count one use of a public page from this place; when it may come again, if too often.

    At most ``limit`` uses in a quarter of an hour. ``what`` keeps kinds of pages apart.
    """
    place = network_of(client_address(request))
    used = _counted(f"use:{what}:{place}", limit, now)
    return used.open_at if used.failures > used.limit else None


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Forget counts whose window has ended. Needs the tenant's scope."""
    old = Attempt.objects.filter(expires_at__lte=now).values_list("pk", flat=True)
    deleted, _ = Attempt.objects.filter(pk__in=list(old[:limit])).delete()
    return deleted


def remember_device(response: HttpResponseBase, email: str) -> None:
    """Give the browser of somebody who has just signed in its device cookie."""
    value = signing.dumps({"who": _blur(email), "device": new_secret()}, salt=SALT)
    response.set_cookie(
        DEVICE_COOKIE,
        value,
        max_age=int(DEVICE_AGE.total_seconds()),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device_of(request: HttpRequest, account: str) -> str:
    """The device's name, if its cookie was given for this very account."""
    try:
        held = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""),
            salt=SALT,
            max_age=DEVICE_AGE,
        )
    except signing.BadSignature:
        return ""
    return str(held["device"]) if held.get("who") == _blur(account) else ""


def _blur(text: str) -> str:
    return salted_hmac(SALT, text.lower(), algorithm="sha256").hexdigest()


def _counted(text: str, limit: int, now: datetime) -> Count:
    key = _blur(text)
    failures, open_at = _count(key, now=now, least=1, step=1)
    return Count(key, failures, limit, open_at)


def _count(key: str, *, now: datetime, least: int, step: int) -> tuple[int, datetime]:
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "key": key,
        "now": now,
        "end": now + WINDOW,
        "least": least,
        "step": step,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        failures, open_at = cursor.fetchone()
    return failures, open_at


def _decrement(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_attempt SET failures = failures - 1"
            " WHERE key_hash = %s AND failures > 0",
            [key],
        )


@dataclass(frozen=True, slots=True)
class _Keeper:
    tries: Tries

    def __call__(self) -> None:
        self.tries.keep()
