"""Instants and dates in words, in the active time zone (the tenant's)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicedesk.lib.ui.words import PATTERNS

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def exact(instant: datetime) -> str:
    """2026-11-22 14:05 in the active zone."""
    return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}"


def exact_zone(instant: datetime) -> str:
    """2026-11-22 14:05:09 UTC+08:00: for the hover, where nothing may be unclear."""
    local = timezone.localtime(instant)
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%d %H:%M:%S} UTC{offset[:3]}:{offset[3:5]}"


def relative(instant: datetime, now: datetime) -> str:
    """5 min ago, in 3 h, 22 Nov 14:05, 2025-11-22: the closer, the rounder."""
    gap = abs(now - instant)
    past = instant <= now
    if gap < MINUTE:
        return str(PATTERNS["now"])
    if gap < HOUR:
        key, value = "minutes", {"m": gap // MINUTE}
    elif gap < DAY:
        key, value = "hours", {"h": gap // HOUR}
    else:
        return at_day(instant, now)
    return str(PATTERNS[("ago_" if past else "in_") + key] % value)


def at_day(instant: datetime, now: datetime) -> str:
    """14:05 today, tomorrow 14:05, 22 Nov 14:05, 2025-11-22 14:05."""
    local = timezone.localtime(instant)
    today = timezone.localtime(now).date()
    clock = f"{local:%H:%M}"
    distance = (local.date() - today).days
    words = {
        0: clock,
        1: _("tomorrow %(time)s") % {"time": clock},
        -1: _("yesterday %(time)s") % {"time": clock},
    }
    return words.get(distance) or f"{short_day(local.date(), today)} {clock}"


def short_day(day: date, today: date) -> str:
    """22 Nov or 11月22日 in this year, 2025-11-22 in any other."""
    if day.year != today.year:
        return day.isoformat()
    # Translators: a Django date format; Chinese writes n月j日
    return date_format(day, pgettext("date format", "j M"), use_l10n=False)
