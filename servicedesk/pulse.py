"""The pulse: every open page asks every 4 s which of its topics have changed.

It is asked far more often than anything else, so it costs no query: what a person may ask is
worked out once and remembered in Redis for less than a minute, under a key made from the
session's cookie; until then the middleware answers before session, person and tenant are
read. Signing out takes the cookie away at once; whoever is deactivated hears nothing more
within that minute, and all they could hear are numbers.

With Redis gone, the view answers from the database, and asks pages to ask less often.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from people.actors import Actor
from people.roles import Permission
from servicedesk.lib import line
from servicedesk.lib import pulse as numbers
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.topics import database_versions, visible_tickets

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PATH = "/pulse"
GRANT = 45.0  # seconds
MOST = 30  # topics of one page
#: Seconds between two pulses: with a second for the sweep that fires it, an alert is on the
#: page within six. static/js/pulse.js asks no faster than it likes.
EVERY, EVERY_WITHOUT_REDIS = 4, 15
TICKET = re.compile(r"(ticket|presence):([A-Z]{1,6}-\d{4}-\d{6,9})(/client)?")


@dataclass(slots=True)
class Grant:
    """What a session may ask: topic → key in Redis ("" where it may not), each for a while."""

    member: int
    name: str
    skew: float  # seconds by which PostgreSQL's clock is ahead of this machine's
    topics: dict[str, tuple[str, float]] = field(default_factory=dict)

    def covers(self, topics: Sequence[str]) -> bool:
        """Whether every topic was looked at lately."""
        now = time.time()
        return all(self.topics.get(topic, ("", 0.0))[1] > now for topic in topics)

    def keys(self, topics: Sequence[str]) -> dict[str, str]:
        """The keys of those topics that may be asked for."""
        return {topic: key for topic in topics if (key := self.topics[topic][0])}


class PulseMiddleware:
    """Answers a pulse from Redis alone where this session was checked within the minute."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == PATH and request.method == "GET":
            answer = self._from_redis(request)
            if answer is not None:
                return answer
        return self.get_response(request)

    def _from_redis(self, request: HttpRequest) -> HttpResponseBase | None:
        tenant = request.tenant  # type: ignore[attr-defined]
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if tenant is None or not session:
            return None
        topics = _asked(request)
        grant = _load(_grant_key(tenant.pk, session))
        if grant is None or not grant.covers(topics):
            return None
        found = _versions(grant, topics, tenant_id=tenant.pk)
        if found is None:
            return None
        return _answer(datetime.fromtimestamp(time.time() + grant.skew, UTC), found)


@page(Permission.SIGNED_IN)
def pulse(request: TenantRequest) -> JsonResponse:
    """``/pulse?topics=a,b`` → ``{"now": …, "a": number, …}``; unknown topics are left out."""
    topics, actor = _asked(request), request.actor
    now = time.time()
    grant = Grant(
        member=actor.membership_id or 0,
        name=actor.name,
        skew=request.now.timestamp() - now,
        topics={
            topic: (key, now + GRANT) for topic, key in _keys(actor, topics).items()
        },
    )
    found = _versions(grant, topics, tenant_id=actor.tenant_id)
    if found is None:
        versions = database_versions(grant.keys(topics).values())
        found = {t: versions.get(key, "") for t, key in grant.keys(topics).items()}
        return _answer(request.now, found, every=EVERY_WITHOUT_REDIS)
    if session := request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        _store(_grant_key(actor.tenant_id, session), grant)
    return _answer(request.now, found)


def _asked(request: HttpRequest) -> list[str]:
    """The topics of the query; ``me`` at least, so that every page keeps its grant."""
    words = request.GET.get("topics", "")[:4_000].split(",")
    return sorted({word for word in words if 0 < len(word) <= 80} | {"me"})[:MOST]


def _answer(
    now: datetime, found: dict[str, Any], *, every: int = EVERY
) -> JsonResponse:
    response = JsonResponse({**found, "now": now.isoformat(), "every": every})
    response["Cache-Control"] = "no-store"
    return response


@page(Permission.TICKET_INTERNAL)
def presence(request: TenantRequest, number: str) -> HttpResponse:
    """The part of a ticket's page that says who else has it open."""
    if not visible_tickets(request.actor, {number}):
        raise Http404
    topic, tenant_id = f"presence:{number}", request.actor.tenant_id
    me = request.actor.membership_id
    context = {
        "number": number,
        "version": numbers.presence_version(topic, tenant_id=tenant_id, but=me),
        "names": numbers.present(topic, tenant_id=tenant_id, but=me),
    }
    return render(request, "notifications/_presence.html", context)


# -- who may ask what ------------------------------------------------------------------------


def _keys(actor: Actor, topics: Sequence[str]) -> dict[str, str]:
    """Each topic's key in Redis; "" for one that is unknown, or not this person's."""
    plain = {
        "me": (True, f"me:{actor.membership_id}"),
        f"me:{actor.membership_id}": (True, f"me:{actor.membership_id}"),
        f"client:{actor.client_id}": (actor.is_client, f"client:{actor.client_id}"),
        "queue": (actor.is_staff and actor.may(Permission.TICKET_READ), "queue"),
        "dashboard": (actor.may(Permission.DASHBOARD), "dashboard"),
        "health": (actor.may(Permission.HEALTH_READ), "health"),
    }
    wanted = {found[2] for topic in topics if (found := TICKET.fullmatch(topic))}
    visible = visible_tickets(actor, wanted)
    keys = {}
    for topic in topics:
        allowed, key = plain.get(topic, (False, ""))
        if found := TICKET.fullmatch(topic):
            # What happens inside, and who is looking, is nothing that a client may count.
            shared = found[1] == "ticket" and found[3] is not None
            inside = actor.is_staff and found[3] is None
            allowed, key = (shared or inside) and found[2] in visible, topic
        keys[topic] = key if allowed else ""
    return keys


def _versions(
    grant: Grant, topics: Sequence[str], *, tenant_id: int
) -> dict[str, Any] | None:
    """The numbers from Redis; asking who looks at a ticket is a sign of looking at it."""
    keys = grant.keys(topics)
    present = {key for key in keys.values() if key.startswith("presence:")}
    for key in present:
        numbers.enter(key, tenant_id=tenant_id, member=grant.member, name=grant.name)
    found = numbers.versions(sorted(set(keys.values()) - present), tenant_id=tenant_id)
    if found is None:
        return None
    for key in present:
        found[key] = numbers.presence_version(
            key, tenant_id=tenant_id, but=grant.member
        )
    return {topic: found[key] for topic, key in keys.items()}


# -- remembering -----------------------------------------------------------------------------


def _grant_key(tenant_id: int, session: str) -> str:
    """Redis never learns the session's key itself."""
    digest = salted_hmac("servicedesk.pulse", session, algorithm="sha256").hexdigest()
    return f"sd:grant:{tenant_id}:{digest}"


def _load(key: str) -> Grant | None:
    text = line.attempt(lambda redis: redis.get(key), default=None)
    if not isinstance(text, str):
        return None
    data = json.loads(text)
    data["topics"] = {topic: tuple(pair) for topic, pair in data["topics"].items()}
    return Grant(**data)


def _store(key: str, grant: Grant) -> None:
    """Keep a grant beside what other tabs of the session were granted."""
    now = time.time()
    other = _load(key)
    if other is not None and other.member == grant.member:
        kept = {t: pair for t, pair in other.topics.items() if pair[1] > now}
        grant.topics = dict(list((kept | grant.topics).items())[-4 * MOST :])
    text = json.dumps(
        {
            "member": grant.member,
            "name": grant.name,
            "skew": grant.skew,
            "topics": grant.topics,
        },
        ensure_ascii=False,
    )
    line.attempt(lambda redis: bool(redis.set(key, text, ex=int(GRANT))), default=False)
