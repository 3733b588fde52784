"""Tags for single things: icons, badges, people, times, clocks. See docs for the use."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from servicedesk.lib.ui import html, times, words
from servicedesk.lib.ui.clock import ClockView, face
from servicedesk.lib.ui.ids import next_id

register = template.Library()


def now_of(context: Context, given: datetime | None = None) -> datetime:
    """The instant of the page: given, else ``now`` of the context, else the clock."""
    instant = given or context.get("now")
    return instant if isinstance(instant, datetime) else timezone.now()


@register.simple_tag
def icon(name: str, css: str = "", label: Any = "") -> SafeString:
    """{% icon "bell" %}, {% icon "bell" "icon-lg" label=_("Notifications") %}."""
    return html.icon(name, css, label)


@register.simple_tag
def badge(text: Any, tone: str = "mute", icon: str = "") -> SafeString:
    """{% badge "3" "bad" icon="flag" %}: tones ok, info, warn, bad, mute, accent."""
    return html.badge(text, tone, icon)


@register.simple_tag
def severity(value: Any, label: Any = "") -> SafeString:
    """{% severity ticket.severity %}: 1–3, an enum member or a key."""
    return html.severity(value, label)


@register.simple_tag
def state(value: Any, label: Any = "", reason: Any = "") -> SafeString:
    """{% state ticket.state reason=ticket.wait_reason %}."""
    return html.ticket_state(value, label, reason)


@register.simple_tag
def person(
    name: Any, role: Any = "", url: str = "", *, size: str = "", empty: Any = "–"
) -> SafeString:
    """{% person ticket.assignee_name role=_("Engineer") empty=_("nobody") %}."""
    return html.person(name, role, url, size=size, empty=empty)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """{% avatar name size="sm" %}."""
    return html.avatar(name, size)


@register.simple_tag(takes_context=True)
def when(
    context: Context, instant: datetime | None, *, now: datetime | None = None
) -> SafeString:
    """{% when ticket.received_at %}: relative, the exact time on hover."""
    if instant is None:
        return SafeString("–")
    text = times.relative(instant, now_of(context, now))
    return html.moment(instant, text, live=True)


@register.simple_tag(takes_context=True)
def at(
    context: Context, instant: datetime | None, *, now: datetime | None = None
) -> SafeString:
    """{% at clock.due_at %}: 16:00, tomorrow 16:00, 22 Nov 16:00."""
    if instant is None:
        return SafeString("–")
    return html.moment(instant, times.at_day(instant, now_of(context, now)))


@register.simple_tag
def exact(instant: datetime | None) -> SafeString:
    """{% exact event.recorded_at %}: 2026-11-22 16:00."""
    if instant is None:
        return SafeString("–")
    return html.moment(instant, times.exact(instant))


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> SafeString:
    """{% day project.accepted_on %}: 22 Nov or 2025-11-22."""
    if value is None:
        return SafeString("–")
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    today = timezone.localtime(now_of(context)).date()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        value.isoformat(),
        times.short_day(value, today),
    )


@register.filter
def duration(length: timedelta | None) -> str:
    """{{ target.limit|duration }}: 2 d, 3 h 5 min, 45 min, 30 s."""
    return "–" if length is None else words.span(length)


@register.filter
def filesize(size: int | None) -> str:
    """{{ attachment.size|filesize }}: 830 B, 12 kB, 3.4 MB."""
    if size is None:
        return "–"
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


@register.simple_tag(takes_context=True)
def uid(context: Context, prefix: str = "u") -> str:
    """{% uid "dialog" as id %}: an id no other element of the page has."""
    return next_id(context, prefix)


@register.inclusion_tag("components/clock.html", takes_context=True)
def clock(
    context: Context,
    view: ClockView | None,
    form: str = "full",
    *,
    now: datetime | None = None,
) -> dict[str, Any]:
    """{% clock view %}; form="compact" for lists, form="wall" for the wall."""
    instant = now_of(context, now)
    if view is None:
        return {"clock": None}
    shown = face(view, instant)
    return {
        "clock": shown,
        "data": shown.attributes(instant),
        "form": form,
        "now": instant,
        "id": next_id(context, "clock"),
        "request": context.get("request"),
    }
