"""The desk's own tools: canned replies and saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import changes, record
from people.actors import Actor
from people.models import Department
from people.roles import Permission
from servicedesk.lib.errors import NotPermitted, ServiceError
from tickets.models import CannedReply, SavedView
from tickets.services.base import need, need_text

#: So many views a person may keep.
VIEWS_MOST = 50


@transaction.atomic
def save_canned_reply(
    *,
    actor: Actor,
    now: datetime,
    title: str,
    body: str,
    department: Department | None = None,
    reply: CannedReply | None = None,
) -> CannedReply:
    """Write a canned reply, or change one. Plain text: nothing in it is ever run.

    Raises ServiceError("title_taken") where another has the title.
    """
    need(actor, Permission.TICKET_WORK)
    before = _plain(reply) if reply else {}
    reply = reply or CannedReply()
    reply.title = need_text(title, field="title")
    reply.body = need_text(body, field="body")
    reply.department = department
    _save(
        reply,
        _("Another reply has this title already."),
        field="title",
        code="title_taken",
    )
    record(
        actor=actor,
        now=now,
        verb="canned_reply.changed" if before else "canned_reply.created",
        target=reply,
        data=changes(before, _plain(reply)),
    )
    return reply


@transaction.atomic
def set_canned_reply_active(
    *, actor: Actor, now: datetime, reply: CannedReply, active: bool
) -> CannedReply:
    """Take a canned reply out of use, or back into it."""
    need(actor, Permission.TICKET_WORK)
    if reply.is_active != active:
        reply.is_active = active
        reply.save(update_fields=["is_active"])
        verb = "canned_reply.activated" if active else "canned_reply.deactivated"
        record(actor=actor, now=now, verb=verb, target=reply)
    return reply


def _plain(reply: CannedReply) -> dict[str, Any]:
    return {
        "title": reply.title,
        "body": reply.body,
        "department": reply.department_id or "",
    }


@transaction.atomic
def save_view(
    *, actor: Actor, now: datetime, name: str, query: str, is_shared: bool = False
) -> SavedView:
    """Keep a filter of the queue under a name; the same name again replaces it."""
    del now
    need(actor, Permission.TICKET_INTERNAL)
    name = need_text(name, field="name")
    own = SavedView.objects.filter(membership_id=actor.membership_id or 0)
    view = own.filter(name=name).first()
    if view is None and own.count() >= VIEWS_MOST:
        raise ServiceError(
            "too_many_views",
            _("You have %(most)s views. Delete one first.") % {"most": VIEWS_MOST},
            field="name",
        )
    view = view or SavedView(name=name)
    view.membership_id = actor.membership_id or view.membership_id
    view.query, view.is_shared = query[:500], is_shared
    _save(
        view,
        _("You have a view of this name already."),
        field="name",
        code="name_taken",
    )
    return view


def delete_view(*, actor: Actor, now: datetime, view: SavedView) -> None:
    """Forget a view. Only its owner may; an administrator may too, where it is shared."""
    del now
    own = view.membership_id == actor.membership_id
    if not own and not (view.is_shared and actor.may(Permission.SETTINGS_MANAGE)):
        raise NotPermitted("not_permitted", _("Only its owner can delete this view."))
    view.delete()


def _save(row: Any, taken: Any, *, field: str, code: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise ServiceError(code, taken, field=field) from None
