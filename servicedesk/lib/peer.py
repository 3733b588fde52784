"""Where a request comes from. Forwarded headers are believed from our own proxies only."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address, or None where it can't be known.

    With ``TRUSTED_PROXIES = n`` it is the n-th entry of X-Forwarded-For from the right, the
    one that our outermost proxy wrote; whatever stands further left is the client's say.
    """
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(entries) >= proxies and (address := _valid(entries[-proxies])):
            return address
    return _valid(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str | None) -> str:
    """What counts as one place: an IPv4 address, or the /64 an IPv6 address lies in."""
    if not address:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _valid(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
