"""Addresses of a tenant's own host, for mails: never taken from what a request claims."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from tenants.models import Tenant


def host_of(tenant: Tenant) -> str:
    """The host name under which a tenant lives, without a port."""
    return f"{tenant.slug}.{settings.BASE_DOMAIN.partition(':')[0]}"


def absolute(tenant: Tenant, name: str, *args: Any) -> str:
    """The full address of a page of a tenant, by its URL name."""
    base = f"{settings.SCHEME}://{tenant.slug}.{settings.BASE_DOMAIN}"
    return base + reverse(name, args=args)
