"""Lengths of time and states in words, the same on the server and in the browser.

The browser counts with ``static/js/clock.js``, which gets these very patterns from
``components/words.html``, so that nothing jumps when the script takes over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Under this, seconds are shown.
SECONDS_BELOW = timedelta(minutes=10)

PATTERNS: dict[str, Any] = {
    "days": _("%(d)s d %(h)s h"),
    "hours": _("%(h)s h %(m)s min"),
    "minutes": _("%(m)s min"),
    "seconds": _("%(m)s:%(s)s"),
    "left": _("%(time)s left"),
    "over": _("%(time)s over"),
    "spare": _("%(time)s to spare"),
    "late": _("%(time)s late"),
    "exact": _("exactly on time"),
    "now": _("just now"),
    "ago_minutes": _("%(m)s min ago"),
    "ago_hours": _("%(h)s h ago"),
    "in_minutes": _("in %(m)s min"),
    "in_hours": _("in %(h)s h"),
    "refreshed": _("Refreshed %(time)s ago"),
    "refreshed_now": _("Refreshed just now"),
}

#: One unit of time with its number.
UNITS: dict[str, Any] = {
    "d": _("%(d)s d"),
    "h": _("%(h)s h"),
    "m": _("%(m)s min"),
    "s": _("%(s)s s"),
}

#: State → (word, icon, tone). Never told by colour alone.
CLOCK_STATES: dict[str, tuple[Any, str, str]] = {
    "pending": (pgettext_lazy("clock", "Not started"), "circle-dashed", "mute"),
    "running": (pgettext_lazy("clock", "Running"), "clock-play", "info"),
    "warning": (pgettext_lazy("clock", "Due soon"), "alert-triangle", "warn"),
    "paused": (pgettext_lazy("clock", "Paused"), "clock-pause", "mute"),
    "met": (pgettext_lazy("clock", "Met"), "circle-check", "ok"),
    "missed": (pgettext_lazy("clock", "Missed"), "clock-exclamation", "bad"),
    "superseded": (pgettext_lazy("clock", "Replaced"), "arrows-exchange", "mute"),
    "cancelled": (pgettext_lazy("clock", "Cancelled"), "circle-x", "mute"),
}

#: Severity → (word, icon, tone).
SEVERITIES: dict[str, tuple[Any, str, str]] = {
    "general": (pgettext_lazy("severity", "General"), "flag", "info"),
    "serious": (pgettext_lazy("severity", "Serious"), "alert-triangle", "warn"),
    "urgent": (pgettext_lazy("severity", "Urgent"), "urgent", "bad"),
}
SEVERITY_KEYS = {1: "general", 2: "serious", 3: "urgent"}

#: State of a ticket → (word, icon, tone).
TICKET_STATES: dict[str, tuple[Any, str, str]] = {
    "new": (pgettext_lazy("ticket", "New"), "inbox", "info"),
    "triaged": (pgettext_lazy("ticket", "Triaged"), "list-check", "info"),
    "in_progress": (pgettext_lazy("ticket", "In progress"), "player-play", "accent"),
    "waiting": (pgettext_lazy("ticket", "Waiting"), "hourglass", "warn"),
    "resolved": (pgettext_lazy("ticket", "Resolved"), "circle-check", "ok"),
    "closed": (pgettext_lazy("ticket", "Closed"), "lock", "mute"),
    "reopened": (pgettext_lazy("ticket", "Reopened"), "rotate", "warn"),
    "cancelled": (pgettext_lazy("ticket", "Cancelled"), "circle-x", "mute"),
    "merged": (pgettext_lazy("ticket", "Merged"), "arrow-merge", "mute"),
}

WAITS: dict[str, Any] = {
    "customer": _("Waiting for the customer"),
    "appointment": _("Waiting for the appointment"),
    "parts": _("Waiting for parts"),
    "third_party": _("Waiting for a third party"),
}


def duration(length: timedelta) -> str:
    """A length that counts, in a few words: "2 d 3 h", "3 h 05 min", "45 min", "4:32".

    A part of a second counts as nothing; a negative length is shown without its sign.
    """
    seconds = int(abs(length).total_seconds())
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, second = divmod(rest, 60)
    if days:
        return str(PATTERNS["days"] % {"d": days, "h": hours})
    if hours:
        return str(PATTERNS["hours"] % {"h": hours, "m": f"{minutes:02d}"})
    if seconds >= SECONDS_BELOW.total_seconds():
        return str(PATTERNS["minutes"] % {"m": minutes})
    return str(PATTERNS["seconds"] % {"m": minutes, "s": f"{second:02d}"})


def span(length: timedelta) -> str:
    """A length that stands still, without parts that are nothing: "2 h", "1 h 30 min".

    Seconds are left out from ten minutes on.
    """
    seconds = int(abs(length).total_seconds())
    if seconds >= SECONDS_BELOW.total_seconds():
        seconds -= seconds % 60
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, second = divmod(rest, 60)
    parts = [
        str(UNITS[unit] % {unit: number})
        for unit, number in (("d", days), ("h", hours), ("m", minutes), ("s", second))
        if number
    ]
    return " ".join(parts) or str(UNITS["s"] % {"s": 0})


def severity_key(value: Any) -> str:
    """The key of a severity given as 1–3, an enum member or a key."""
    if isinstance(value, int):
        return SEVERITY_KEYS.get(int(value), "general")
    text = str(value).lower()
    return SEVERITY_KEYS.get(int(text), "general") if text.isdigit() else text


#: What only the scripts say; they get PATTERNS and the clock's states as well.
SCRIPT_WORDS: dict[str, Any] = {
    "secs": _("%(s)s s"),
    "news_new": _("%(n)s new – show"),
    "news_changed": _("%(n)s changed – show"),
    "news_both": _("%(n)s new, %(m)s changed – show"),
    "close": _("Close"),
    "copied": _("Copied."),
    "signed_out": _("You have been signed out."),
    "sign_in": _("Sign in again"),
    "failed": _("That did not work. Nothing was changed; please try again."),
    "failed_network": _("The server can't be reached. Nothing was changed."),
    "failed_403": _("You may not do that. Nothing was changed."),
    "failed_404": _("That is no longer there. Please load the page again."),
    "failed_409": _(
        "Somebody else changed this meanwhile. Please load the page again."
    ),
    "failed_413": _("That is too large to be sent."),
    "failed_429": _("Too many attempts. Please wait a moment."),
    "draft_restored": _("Your draft was put back."),
    "draft_discard": _("Discard the draft"),
    "file_large": _("%(name)s is larger than %(size)s."),
    "file_empty": _("%(name)s is empty."),
    "file_type": _("%(name)s is of a type that is not accepted here."),
    "file_many": _("At most %(n)s files."),
    "file_remove": _("Remove %(name)s"),
    "pick_choose": _("Choose one of the list."),
    "pick_none": _("Nothing matches."),
    "pick_empty": _("There is nothing to choose from yet."),
    "pick_more": _("There are more. Type a few letters."),
    "pick_new": _("Somebody new: %(text)s"),
    "key_title": _("Keys"),
    "key_rows": _("Next row, previous row"),
    "key_open": _("Open the row"),
    "key_tick": _("Tick the row"),
    "key_search": _("Search"),
    "key_send": _("Send the text you are writing"),
    "key_help": _("This list"),
    "key_close": _("Close, or leave a field"),
    "key_on": _("Use these keys"),
}


def script_words() -> dict[str, Any]:
    """Every word and pattern the scripts need, by key."""
    states = {
        key: value
        for name, (word, icon, _tone) in CLOCK_STATES.items()
        for key, value in ((f"state_{name}", word), (f"icon_{name}", icon))
        if name in {"running", "warning", "missed"}
    }
    return PATTERNS | states | SCRIPT_WORDS
