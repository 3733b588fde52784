"""Small things that only reports need."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template

from reports.queries.promises import Figure
from reports.queries.tiers import TierFigures
from tickets.queries.words import metric_name

register = template.Library()
GOOD, FAIR = 95, 80


@register.filter
def tone(figure: Figure) -> str:
    """Good, fair or bad: always beside the number itself."""
    if figure.share is None:
        return "mute"
    return "ok" if figure.share >= GOOD else "warn" if figure.share >= FAIR else "bad"


@register.filter
def metric(key: str) -> Any:
    """What a metric is called."""
    return metric_name(key)


@register.filter
def leads_to(tier: TierFigures, metric: str) -> str:
    """What narrows a question to one promise of a tier, as it stands in an address."""
    asked = {"standard": tier.standard, "tier": tier.tier, "metric": metric}
    return urlencode(asked)
