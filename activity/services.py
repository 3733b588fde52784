"""Writing and reading the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from activity.models import Entry


def record(
    *,
    actor: Any,
    now: datetime,
    verb: str,
    target: models.Model | None = None,
    data: dict[str, Any] | None = None,
) -> Entry:
    """Write one line: who did what to what, when, from where.

    ``actor`` is a ``people.actors.Actor`` (this app lies below people). ``verb`` is dotted,
    object first: "department.changed". ``data`` holds before and after, never a secret.
    """
    return Entry.objects.create(
        at=now,
        actor_user_id=actor.user_id,
        actor_label=actor.name[:150],
        via=actor.via,
        address=actor.address,
        verb=verb,
        object_type=_kind(target),
        object_id=target.pk if target is not None else None,
        object_label=str(target)[:200] if target is not None else "",
        data=data or {},
    )


def _kind(target: models.Model | None) -> str:
    return str(target._meta.model_name) if target is not None else ""


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """What differs between two states of an object, as {field: [before, after]}."""
    return {
        name: [str(before.get(name, "")), str(value)]
        for name, value in after.items()
        if before.get(name) != value
    }


def timeline(*, object_type: str, object_id: int) -> models.QuerySet[Entry]:
    """The lines about one object, newest first."""
    return Entry.objects.filter(object_type=object_type, object_id=object_id).order_by(
        "-at", "-id"
    )
