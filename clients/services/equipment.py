"""The equipment register 设备台账."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import transaction

from clients.models import Client, Equipment, Project, Site
from clients.services.records import (
    check_same_client,
    check_served,
    locked,
    set_active,
    store,
)
from people.actors import Actor


class EquipmentValues(TypedDict, total=False):
    """What can be said of a device; ``category`` and ``model`` are needed for a new one."""

    project: Project | None
    site: Site | None
    category: str
    model: str
    serial_number: str
    location: str
    manufacturer: str
    supplier: str
    purchased_on: date | None
    installed_on: date | None


@transaction.atomic
def create_equipment(
    *, actor: Actor, now: datetime, client: Client, **values: Unpack[EquipmentValues]
) -> Equipment:
    """Enter a device of a client.

    Raises ServiceError("invalid", "taken", "client_out_of_use"), and "unknown" for a project or site of another
    client organisation.
    """
    check_served(client)
    device = Equipment(client=client)
    _check(device, values)
    return store(
        device,
        {"category": "", "model": "", **values},
        actor=actor,
        now=now,
        verb="equipment.created",
    )


@transaction.atomic
def change_equipment(
    *,
    actor: Actor,
    now: datetime,
    equipment: Equipment,
    **values: Unpack[EquipmentValues],
) -> Equipment:
    """Change what is given, nothing else. Raises as :func:`create_equipment`."""
    row = locked(equipment)
    _check(row, values)
    return store(row, values, actor=actor, now=now, verb="equipment.changed")


@transaction.atomic
def deactivate_equipment(
    *, actor: Actor, now: datetime, equipment: Equipment
) -> Equipment:
    """Take a device out of the register's use; its history stays."""
    return set_active(
        equipment, actor=actor, now=now, active=False, verb="equipment.deactivated"
    )


@transaction.atomic
def reactivate_equipment(
    *, actor: Actor, now: datetime, equipment: Equipment
) -> Equipment:
    """Put a device back into use."""
    return set_active(
        equipment, actor=actor, now=now, active=True, verb="equipment.reactivated"
    )


def _check(device: Equipment, values: EquipmentValues) -> None:
    for field in ("project", "site"):
        check_same_client(values.get(field), device.client_id, field=field)
