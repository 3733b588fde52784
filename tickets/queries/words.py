"""Words for what the domain stores as keys: metrics, channels, reasons that were not counted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Metric → (what it is called, icon).
METRICS: dict[str, tuple[Any, str]] = {
    "first_response": (pgettext_lazy("metric", "First response"), "message-reply"),
    "dispatch": (pgettext_lazy("metric", "Dispatch"), "truck"),
    "arrival": (pgettext_lazy("metric", "Arrival"), "map-pin"),
    "solution_proposed": (pgettext_lazy("metric", "Solution proposed"), "bulb"),
    "resolution": (pgettext_lazy("metric", "Resolution"), "tools"),
    "part_replaced": (pgettext_lazy("metric", "Part replaced"), "package"),
    "part_shipped": (pgettext_lazy("metric", "Part shipped"), "package"),
    "call_back": (pgettext_lazy("metric", "Call-back"), "phone"),
}
#: The order in which promises are listed: that of the work.
METRIC_ORDER = {key: place for place, key in enumerate(METRICS)}

#: Why a stretch of time is not counted.
PAUSES: dict[str, Any] = {
    "customer": _("waiting for the customer"),
    "appointment": _("waiting for the appointment"),
    "parts": _("waiting for parts"),
    "third_party": _("waiting for a third party"),
    "reopened": _("solved, until it was reopened"),
}

#: What a clock that has not started yet waits for.
STARTS: dict[str, Any] = {
    "received": _("from the request"),
    "visit_requested": _("starts when a visit is decided"),
    "appointment": _("starts when an appointment is agreed"),
    "part_requested": _("starts when a part is asked for"),
    "first_response": _("starts with our answer"),
    "dispatch": _("starts when we leave"),
    "arrival": _("starts when we arrive"),
    "solution_proposed": _("starts with the proposed solution"),
    "resolution": _("starts when it is solved"),
}


def metric_name(key: str) -> Any:
    """What a metric is called; the key itself for one that nobody knows."""
    return METRICS.get(key, (key, ""))[0]
