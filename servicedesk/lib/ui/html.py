"""Small pieces of markup, written in Python because lists show hundreds of them."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from servicedesk.lib.ui import times
from servicedesk.lib.ui.words import SEVERITIES, TICKET_STATES, WAITS, severity_key

AVATAR_TONES = 8
EMPTY = SafeString("")


def icon(name: str, css: str = "", label: Any = "") -> SafeString:
    """An icon of the sprite; with a label it is an image, without it is decoration."""
    address = f"{static('vendor/icons.svg')}#{name}"
    css = f"icon {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            css,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, address
    )


def badge(text: Any, tone: str = "mute", icon_name: str = "") -> SafeString:
    """A word with a tone: ok, info, warn, bad, mute or accent."""
    sign = icon(icon_name) if icon_name else EMPTY
    return format_html('<span class="pill tone-{}">{}{}</span>', tone, sign, text)


def severity(value: Any, label: Any = "") -> SafeString:
    """A severity as a badge; ``label`` overrides the word."""
    word, sign, tone = SEVERITIES.get(severity_key(value), SEVERITIES["general"])
    return badge(label or word, tone, sign)


def ticket_state(value: Any, label: Any = "", reason: Any = "") -> SafeString:
    """The state of a ticket as a badge; ``reason`` is a wait's."""
    word, sign, tone = TICKET_STATES.get(str(value), (value, "circle", "mute"))
    return badge(label or WAITS.get(str(reason)) or word, tone, sign)


def initials(name: str) -> str:
    """One or two signs for an avatar: 王小明 → 小明, Ann Lee → AL."""
    words = name.split()
    if not words:
        return "?"
    if not name.isascii() and len(words) == 1:
        return name[-2:] if len(name) > 2 else name
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


def avatar(name: str, size: str = "") -> SafeString:
    """A circle with initials; the same name has the same colour everywhere."""
    hue = zlib.crc32(name.encode()) % AVATAR_TONES
    css = f"avatar avatar-{size}" if size else "avatar avatar-xs"
    return format_html(
        '<span class="{} hue-{}" aria-hidden="true">{}</span>', css, hue, initials(name)
    )


def person(
    name: Any, role: Any = "", url: str = "", *, size: str = "", empty: Any = ""
) -> SafeString:
    """Avatar, name and role; without a name, ``empty`` in a muted voice."""
    if not name:
        return format_html(
            '<span class="person person-none">{}{}</span>', icon("user-question"), empty
        )
    text = str(name)
    shown = format_html('<a href="{}">{}</a>', url, text) if url else text
    line = format_html('<span class="person-role">{}</span>', role) if role else EMPTY
    return format_html(
        '<span class="person">{}<span class="person-text">'
        '<span class="person-name">{}</span>{}</span></span>',
        avatar(text, size),
        shown,
        line,
    )


def moment(instant: datetime, text: str, *, live: bool = False) -> SafeString:
    """A ``<time>``; ``live`` lets the browser keep a relative text true."""
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        instant.isoformat(timespec="seconds"),
        times.exact_zone(instant),
        SafeString(" data-when") if live else "",
        text,
    )
