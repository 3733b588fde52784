"""Which tenant a host name belongs to."""

from __future__ import annotations

import time

from django.conf import settings

from tenants.models import Tenant

_TTL = 5.0
_known: dict[str, tuple[float, Tenant | None]] = {}


def base_host() -> str:
    """The host under which tenants live, without a port."""
    return str(settings.BASE_DOMAIN).partition(":")[0]


def slug_of(host: str) -> str | None:
    """The tenant's label in a host name; None for any other host."""
    name = host.partition(":")[0].lower().rstrip(".")
    label, dot, rest = name.partition(".")
    return label if dot and rest == base_host() else None


def tenant_of(host: str) -> Tenant | None:
    """The active tenant of a host name, remembered for some seconds."""
    slug = slug_of(host)
    if slug is None:
        return None
    at, tenant = _known.get(slug, (0.0, None))
    if time.monotonic() - at > _TTL or at == 0.0:
        tenant = (
            Tenant.objects.using("system").filter(slug=slug, is_active=True).first()
        )
        if len(_known) > 10_000:
            _known.clear()
        _known[slug] = (time.monotonic(), tenant)
    return tenant


def forget_tenants() -> None:
    """Forget what is remembered: who changed a tenant sees it on the very next page.

    Other processes follow within five seconds.
    """
    _known.clear()
