"""Small things that only reports need."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from reports.queries.promises import Figure
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
def named(texts: dict[str, Any], key: str) -> str:
    """The name of a tier in the reader's language; its key where it has none."""
    text = texts.get(key)
    if text is None:
        return key
    return str(text.zh if (get_language() or "").startswith("zh") else text.en)
