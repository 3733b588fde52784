"""The inbox and the bell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from notifications.bell import inbox as bell_of
from notifications.conditions import REASONS
from notifications.models import Message
from notifications.render import Rendered, render_row
from notifications.services.inbox import (
    mark_all_read,
    mark_read,
    mark_unread,
    messages_of,
    unsent_mail,
)
from people.roles import Permission
from servicedesk.lib import pulse
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.pages import page
from servicedesk.lib.paging import Sort, paginate

PAGE_SIZE = 30
MOST_ALERTS = 3
#: A toast says what is happening now; what is older waits in the inbox.
NEWS = 60  # seconds


@dataclass(frozen=True, slots=True)
class Row:
    """One message as the list shows it."""

    pk: int
    words: Rendered
    created_at: datetime
    is_read: bool
    mail: Any = ""  # why it did not go by e-mail


@page(Permission.SIGNED_IN)
@never_cache
def inbox(request: TenantRequest) -> HttpResponse:
    """One's messages, newest first; unread ones only unless ?show=all."""
    show_all = request.GET.get("show") == "all"
    rows = messages_of(request.actor)
    if not show_all:
        rows = rows.filter(read_at=None)
    shown = paginate(
        rows,
        sort=Sort((), descending=True),
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    topic = f"me:{request.actor.membership_id}"
    context = {
        "rows": _rows(shown.rows),
        "page": shown,
        "show_all": show_all,
        "tabs": _tabs(show_all=show_all),
        "newest": max((message.pk for message in shown.rows), default=0),
        "version": pulse.drawn(
            topic, tenant_id=request.actor.tenant_id, instant=request.now
        ),
    }
    return render(request, "notifications/inbox.html", context)


@page(Permission.SIGNED_IN, methods=("POST",))
def open_message(request: TenantRequest, pk: int) -> HttpResponse:
    """Read a message: go where it leads, and mark it."""
    message = mark_read(actor=request.actor, now=request.now, pk=pk)
    if message is None:
        raise Http404
    return redirect(render_row(message).path)


@page(Permission.SIGNED_IN, methods=("POST",))
def mark(request: TenantRequest, pk: int) -> HttpResponse:
    """Mark a message as read, or as unread again (as=unread)."""
    if request.POST.get("as") == "unread":
        found: object = mark_unread(actor=request.actor, pk=pk)
    else:
        found = mark_read(actor=request.actor, now=request.now, pk=pk)
    if not found:
        raise Http404
    return _back(request)


@page(Permission.SIGNED_IN, methods=("POST",))
def read_all(request: TenantRequest) -> HttpResponse:
    """Mark all as read that the page showed or that are older."""
    up_to = _number(request.POST.get("up_to"))
    mark_all_read(actor=request.actor, now=request.now, up_to=up_to or 0)
    return _back(request)


@page(Permission.SIGNED_IN)
@never_cache
def bell(request: TenantRequest) -> HttpResponse:
    """The bell as it stands, and toasts for what came after the message ``after``."""
    after = _number(request.GET.get("after"))
    news = (
        messages_of(request.actor)
        .filter(pk__gt=after or 0, read_at=None)
        .order_by("-pk")[:MOST_ALERTS]
    )
    context = {
        "inbox": bell_of(request),
        "alerts": [
            _alert(message)
            for message in reversed(news if after is not None else ())
            if (request.now - message.created_at).total_seconds() < NEWS
        ],
    }
    return render(request, "components/shell/bell_update.html", context)


def _alert(message: Message) -> dict[str, object]:
    words = render_row(message)
    return {
        "id": f"m{message.pk}",
        "title": words.title,
        "text": words.lines[0] if words.lines else "",
        "url": words.path,
        "tone": words.tone,
    }


def _rows(messages: Sequence[Message]) -> list[Row]:
    unsent = unsent_mail([message.pk for message in messages])
    return [
        Row(
            pk=message.pk,
            words=render_row(message),
            created_at=message.created_at,
            is_read=message.read_at is not None,
            mail=REASONS.get(unsent.get(message.pk, ""), ""),
        )
        for message in messages
    ]


def _tabs(*, show_all: bool) -> list[dict[str, object]]:
    here = reverse("notifications:inbox")
    return [
        {"url": here, "label": _("Unread"), "active": not show_all},
        {"url": f"{here}?show=all", "label": _("All"), "active": show_all},
    ]


def _back(request: TenantRequest) -> HttpResponse:
    """To the list the button was on: the same tab, never another site."""
    query = {"show": "all"} if request.POST.get("show") == "all" else {}
    return redirect(f"{reverse('notifications:inbox')}?{urlencode(query)}".rstrip("?"))


def _number(text: str | None) -> int | None:
    """A positive number that fits the database's ids; None for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return None
