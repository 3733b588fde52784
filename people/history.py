"""Field versions of master data, with the person who made them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import User
from people.actors import Actor


def save(
    obj: models.Model, actor: Actor, *, now: datetime | None = None, **kwargs: Any
) -> None:
    """Save an object whose model keeps a history; the version names the actor's person.

    ``now`` dates the version; without it the clock does. ``kwargs`` go to ``save()``.
    """
    author = User(pk=actor.user_id) if actor.user_id is not None else None
    obj._history_user = author  # type: ignore[attr-defined]
    if now is not None:
        obj._history_date = now  # type: ignore[attr-defined]  # noqa: SLF001
    obj.save(**kwargs)
