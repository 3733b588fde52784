"""Making a tenant. Everything else about one happens inside its scope."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from servicedesk.lib.errors import Conflict, ServiceError
from servicedesk.lib.pinyin import sort_key
from servicedesk.lib.text import one_line
from tenants.models import Tenant
from tenants.scope import tenant_scope

#: Labels that would be mistaken for something of the platform's.
RESERVED = frozenset(
    {"www", "api", "admin", "mail", "smtp", "static", "media", "status", "app", "ftp"}
)


def slug_from(name: str) -> str:
    """A host label made of a name: letters and digits, Chinese by its pinyin."""
    spelled = sort_key(name).split("\x01", maxsplit=1)[0]
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in spelled)
    syllables = [part.rstrip("12345") or part for part in letters.split()]
    joined = "".join(syllables) if not name.isascii() else "-".join(syllables)
    return joined[:40].strip("-")


def prefix_from(slug: str) -> str:
    """A ticket prefix made of a host label: up to three capital letters."""
    letters = "".join(c for c in slug.upper() if "A" <= c <= "Z")
    return letters[:3] or "SD"


@transaction.atomic
def create_tenant(
    *, name: str, slug: str = "", zone: str = "", language: str = "", prefix: str = ""
) -> Tenant:
    """A new tenant with its host name. Nobody is in it yet.

    Raises :class:`Conflict` ``slug_taken``; :class:`ServiceError` ``invalid`` naming the
    field.
    """
    name = one_line(name)
    slug = slug or slug_from(name)
    tenant = Tenant(
        pk=_next_id(),
        name=name,
        slug=slug,
        zone=zone or Tenant._meta.get_field("zone").default,
        language=language or settings.LANGUAGE_CODE,
        ticket_prefix=prefix or prefix_from(slug),
    )
    _check(tenant)
    try:
        with tenant_scope(tenant.pk):
            tenant.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "slug_taken",
            _("There is a tenant at this host name already."),
            field="slug",
        ) from error
    return tenant


def _next_id() -> int:
    """The id is needed before the row: the row may only be written in its own scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_tenant', 'id'))")
        return int(cursor.fetchone()[0])


def _check(tenant: Tenant) -> None:
    if tenant.slug in RESERVED:
        raise ServiceError("invalid", _("This host name is reserved."), field="slug")
    if tenant.zone not in available_timezones():
        raise ServiceError("invalid", _("There is no such time zone."), field="zone")
    if tenant.language not in dict(settings.LANGUAGES):
        raise ServiceError("invalid", _("There is no such language."), field="language")
    try:
        tenant.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise ServiceError("invalid", messages[0], field=field) from error
