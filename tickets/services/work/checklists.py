"""What has to be ready before an engineer leaves [H]: lists per equipment category."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import changes, record
from people.actors import Actor
from people.roles import Permission
from servicedesk.lib.errors import ServiceError
from tickets.models import Checklist
from tickets.services.base import need, need_text

ITEMS_MOST: Final = 40


@transaction.atomic
def save_checklist(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    items: Sequence[tuple[str, bool]],
    category: str = "",
    is_active: bool = True,
    checklist: Checklist | None = None,
) -> Checklist:
    """Write a checklist, or change one; ``items`` are words and whether they are needed.

    Work orders that were dispatched before keep theirs. Raises ServiceError ``name_taken``,
    ``text_missing``, ``too_many``.
    """
    need(actor, Permission.WORK_DISPATCH)
    before = _plain(checklist) if checklist else {}
    checklist = checklist or Checklist()
    checklist.name = need_text(name, field="name")
    checklist.category = category.strip()
    checklist.is_active = is_active
    checklist.items = _items(items)
    try:
        with transaction.atomic():
            checklist.save()
    except IntegrityError:
        raise ServiceError(
            "name_taken", _("Another checklist has this name already."), field="name"
        ) from None
    record(
        actor=actor,
        now=now,
        verb="checklist.changed" if before else "checklist.created",
        target=checklist,
        data=changes(before, _plain(checklist)),
    )
    return checklist


def _items(items: Sequence[tuple[str, bool]]) -> list[dict[str, Any]]:
    rows = [{"text": t.strip(), "required": needed} for t, needed in items if t.strip()]
    if not rows:
        raise ServiceError("text_missing", _("Write a few words here."), field="items")
    if len(rows) > ITEMS_MOST:
        raise ServiceError(
            "too_many",
            _("At most %(most)s lines.") % {"most": ITEMS_MOST},
            field="items",
        )
    return rows


def _plain(checklist: Checklist) -> dict[str, Any]:
    return {
        "name": checklist.name,
        "category": checklist.category,
        "items": [item["text"] for item in checklist.items],
        "is_active": checklist.is_active,
    }
