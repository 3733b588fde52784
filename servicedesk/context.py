"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The tenant and the actor, besides what the interface kit adds."""
    return {
        "tenant": getattr(request, "tenant", None),
        "actor": getattr(request, "actor", None),
        "membership": getattr(request, "membership", None),
        "now": getattr(request, "now", None),
    }
