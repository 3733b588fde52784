"""The tenant's logo: on its pages and its papers.

Only what is seen is kept: a picture of pixels, encoded anew as a PNG. SVG is a program as much
as a picture, and is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import changes, record
from people.actors import Actor
from people.roles import Permission
from people.services.rights import require
from servicedesk.lib.errors import ServiceError
from servicedesk.lib.pictures import BadPicture, as_png, open_picture
from servicedesk.lib.vault import keep, path_of
from tenants.hosts import forget_tenants
from tenants.models import Tenant

#: Pillow's names of what is taken.
FORMATS: Final = ("PNG", "JPEG")
BYTES_MOST: Final = 2 * 1024 * 1024
PIXELS_MOST: Final = 16_000_000
#: What it is drawn into, in pixels: 60 mm on paper at 500 to the inch.
BOX: Final = (1_200, 400)


@transaction.atomic
def change_logo(*, actor: Actor, now: datetime, image: bytes) -> Tenant:
    """Show this logo from now on.

    Papers that were made keep theirs. Raises ServiceError ``too_large``, ``not_a_picture``,
    ``too_many_pixels`` or ``blank``.
    """
    require(actor, Permission.SETTINGS_MANAGE)
    kept = keep(_drawn(image), tenant_id=actor.tenant_id)
    return _set(actor, now, stored=kept.stored, sha256=kept.sha256)


@transaction.atomic
def remove_logo(*, actor: Actor, now: datetime) -> Tenant:
    """Show the company's name instead."""
    require(actor, Permission.SETTINGS_MANAGE)
    return _set(actor, now, stored="", sha256="")


def _set(actor: Actor, now: datetime, *, stored: str, sha256: str) -> Tenant:
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=actor.tenant_id)
    before, old = tenant.logo, tenant.logo_sha256
    tenant.logo, tenant.logo_sha256 = stored, sha256
    tenant.save(update_fields=["logo", "logo_sha256"])
    transaction.on_commit(forget_tenants)
    if data := changes({"logo": old[:12]}, {"logo": sha256[:12]}):
        record(actor=actor, now=now, verb="settings.changed", target=tenant, data=data)
    if before:
        transaction.on_commit(lambda: path_of(before).unlink(missing_ok=True))
    return tenant


def _drawn(data: bytes) -> bytes:
    if len(data) > BYTES_MOST:
        raise ServiceError(
            "too_large",
            _("The picture is larger than %(most)s MB.")
            % {"most": BYTES_MOST // (1024 * 1024)},
            field="image",
        )
    try:
        open_picture(data, formats=FORMATS, pixels_most=PIXELS_MOST)
        return as_png(data, formats=FORMATS, box=BOX)
    except BadPicture as error:
        raise ServiceError(error.code, _reason(error.code), field="image") from error


def _reason(code: str) -> str:
    return {
        "too_many_pixels": _("The picture has too many pixels. Make it smaller."),
        "blank": _("Nothing is to be seen on this picture."),
    }.get(code, _("This is no PNG or JPEG picture."))
