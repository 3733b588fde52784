"""Field versions of a record: who changed what, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext_lazy as _

SHOWN = 20
SKIPPED = frozenset({"id", "tenant", "created_at", "sort_key"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, as words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One step in the life of a record; a first one has no changes to show."""

    at: datetime
    who: str
    is_first: bool
    changes: Sequence[Change]


def versions_of(obj: Any, *, limit: int = SHOWN) -> list[Version]:
    """The newest versions of a record, newest first; relations are named in one query each."""
    records = list(
        obj.history.select_related("history_user").order_by(
            "-history_date", "-history_id"
        )[: limit + 1]
    )
    fields = [field for field in obj._meta.concrete_fields if field.name not in SKIPPED]
    names = _names(fields, records)
    found: list[Version] = []
    for index, record in enumerate(records[:limit]):
        before = records[index + 1] if index + 1 < len(records) else None
        user = record.history_user
        found.append(
            Version(
                at=record.history_date,
                who=str(user) if user else str(_("the system")),
                is_first=record.history_type == "+",
                changes=_changes(fields, before, record, names=names) if before else (),
            )
        )
    return found


def _changes(
    fields: Sequence[Any],
    before: Any,
    after: Any,
    *,
    names: dict[tuple[str, int], str],
) -> list[Change]:
    changed = []
    for field in fields:
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            changed.append(
                Change(
                    str(field.verbose_name),
                    _words(field, old, names),
                    _words(field, new, names),
                )
            )
    return changed


def _words(field: Any, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(field, ForeignKey):
        return names.get((field.name, value), f"#{value}")
    return str(value)


def _names(
    fields: Sequence[Field[Any, Any]], records: Sequence[Any]
) -> dict[tuple[str, int], str]:
    """What every related row that a version mentions is called."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for field in fields:
        if isinstance(field, ForeignKey):
            ids = {getattr(record, field.attname) for record in records}
            if len(ids) > 1:
                wanted[field] = ids - {None}
    names: dict[tuple[str, int], str] = {}
    for field, ids in wanted.items():
        model: type[Model] = field.related_model
        rows = model._default_manager.filter(pk__in=ids)
        if any(f.name == "user" for f in model._meta.concrete_fields):
            rows = rows.select_related("user")
        names |= {(field.name, row.pk): str(row) for row in rows}
    return names
