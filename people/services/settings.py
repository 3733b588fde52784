"""The tenant's own settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import changes, record
from people.actors import Actor
from people.roles import Permission
from people.services.rights import require
from servicedesk.lib.errors import ServiceError
from tenants.hosts import forget_tenants
from tenants.models import Tenant

FIELDS = (
    "name",
    "zone",
    "language",
    "ticket_prefix",
    "accent",
    "require_second_factor",
)


@transaction.atomic
def change_tenant(*, actor: Actor, now: datetime, **values: Any) -> Tenant:
    """Change the tenant's settings: any of :data:`FIELDS`.

    Ticket numbers that exist keep their prefix. Raises ``zone_unknown``,
    ``language_unknown``, ``invalid`` (with the field).
    """
    require(actor, Permission.SETTINGS_MANAGE)
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"Not a setting of a tenant: {sorted(unknown)}")
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=actor.tenant_id)
    before = {field: getattr(tenant, field) for field in FIELDS}
    for field, value in values.items():
        setattr(tenant, field, value)
    _check(tenant)
    tenant.save(update_fields=list(FIELDS))
    transaction.on_commit(forget_tenants)
    data = changes(before, {field: getattr(tenant, field) for field in FIELDS})
    if data:
        record(actor=actor, now=now, verb="settings.changed", target=tenant, data=data)
    return tenant


def _check(tenant: Tenant) -> None:
    if tenant.zone not in available_timezones():
        raise ServiceError(
            "zone_unknown", _("There is no such time zone."), field="zone"
        )
    if tenant.language not in dict(settings.LANGUAGES):
        raise ServiceError(
            "language_unknown", _("Choose one of the list."), field="language"
        )
    try:
        tenant.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise ServiceError("invalid", messages[0], field=field) from error
