"""How every record of the register is written: checked, kept in history and journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from activity.services import changes, record
from people import history
from people.actors import Actor
from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.pinyin import sort_key
from servicedesk.lib.text import one_line

Record = TypeVar("Record", bound=models.Model)

#: The same words as for an id that does not exist at all.
UNKNOWN = _("Select a valid choice. That choice is not one of the available choices.")


def locked(obj: Record) -> Record:
    """The row as it is now, locked until the transaction ends."""
    manager = type(obj)._default_manager
    fresh: Record = manager.select_for_update().get(pk=obj.pk)
    return fresh


def version_of(obj: Any) -> int:
    """The number of a record's newest field version; 0 for one that has none."""
    newest = obj.history.order_by("-history_id").values_list("history_id", flat=True)
    return newest.first() or 0


def check_unchanged(obj: models.Model, version: int) -> None:
    """Lock a row, and refuse where somebody has written to it since a version was read.

    Raises Conflict("changed_meanwhile").
    """
    if version_of(locked(obj)) != version:
        raise Conflict(
            "changed_meanwhile",
            _(
                "Somebody else changed this meanwhile; their change stands in the history. "
                "Save again to put yours in its place."
            ),
        )


def check_same_client(
    obj: Any, client_id: int, *, field: str, needs_active: bool = False
) -> None:
    """Refuse what belongs to another client organisation as if it did not exist.

    Raises ServiceError("unknown").
    """
    if obj is None:
        return
    if obj.client_id != client_id or (needs_active and not obj.is_active):
        raise ServiceError("unknown", UNKNOWN, field=field)


def check_served(client: Any) -> None:
    """Nothing new is entered for an organisation that is out of use.

    Raises ServiceError("client_out_of_use").
    """
    if not client.is_active:
        raise ServiceError(
            "client_out_of_use",
            _("This client organisation is out of use."),
            field="client",
        )


def store(
    obj: Record,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    verb: str,
) -> Record:
    """Write values to a new or locked row, with its field version and a journal line.

    Nothing is written where nothing differs. Raises ServiceError("invalid") for a value that
    its field does not take, ServiceError("taken") for one that must be unique.
    """
    is_new = obj.pk is None
    values = {name: _clean(obj, name, value) for name, value in values.items()}
    before = {name: "" if is_new else _told(getattr(obj, name)) for name in values}
    difference = changes(before, {name: _told(v) for name, v in values.items()})
    if not is_new and not difference:
        return obj
    for name, value in values.items():
        setattr(obj, name, value)
    if "name" in values and hasattr(obj, "sort_key"):
        obj.sort_key = sort_key(values["name"])
    _check(obj, values)
    _save(obj, actor=actor, now=now)
    record(actor=actor, now=now, verb=verb, target=obj, data=difference)
    return obj


def _told(value: Any) -> Any:
    return "" if value is None else value


def set_active(
    obj: Record, *, actor: Actor, now: datetime, active: bool, verb: str
) -> Record:
    """Take a row out of use, or back into it."""
    return store(locked(obj), {"is_active": active}, actor=actor, now=now, verb=verb)


def _clean(obj: models.Model, name: str, value: Any) -> Any:
    field = obj._meta.get_field(name)
    if isinstance(field, models.CharField) and isinstance(value, str):
        return one_line(value)
    if isinstance(field, models.TextField) and isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return value


def _check(obj: models.Model, values: Mapping[str, Any]) -> None:
    fields = obj._meta.concrete_fields
    others = {field.name for field in fields if field.is_relation}
    others |= {field.name for field in fields if field.name not in values}
    try:
        obj.clean_fields(exclude=others)
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            raise ServiceError("invalid", messages[0], field=field) from error


def _save(obj: models.Model, *, actor: Actor, now: datetime) -> None:
    try:
        with transaction.atomic():
            history.save(obj, actor, now=now)
    except IntegrityError as error:
        raise _taken(obj, error) from error


def _taken(obj: models.Model, error: IntegrityError) -> Exception:
    """Say which value is taken already, beside its field; anything else crashes loudly."""
    for constraint in obj._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        if constraint.name in str(error):
            field = constraint.fields[-1]
            return ServiceError("taken", _words(field), field=field)
    return error


def _words(field: str) -> Any:
    if field == "serial_number":
        return _("A device with this serial number is in the register already.")
    return _("There is one with this name already.")
