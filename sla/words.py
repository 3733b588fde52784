"""Words for what standards store as keys, one for each thing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from sla.rules import Condition, Metric, Recipient, Start, Window

#: Metric → (what it is called, icon).
METRICS: dict[Metric, tuple[Any, str]] = {
    Metric.FIRST_RESPONSE: (pgettext_lazy("metric", "First response"), "message-reply"),
    Metric.DISPATCH: (pgettext_lazy("metric", "Dispatch"), "truck"),
    Metric.ARRIVAL: (pgettext_lazy("metric", "Arrival"), "map-pin"),
    Metric.SOLUTION_PROPOSED: (pgettext_lazy("metric", "Solution proposed"), "bulb"),
    Metric.RESOLUTION: (pgettext_lazy("metric", "Resolution"), "tools"),
    Metric.PART_REPLACED: (pgettext_lazy("metric", "Part replaced"), "package"),
    Metric.PART_SHIPPED: (pgettext_lazy("metric", "Part shipped"), "package"),
    Metric.CALL_BACK: (pgettext_lazy("metric", "Call-back"), "phone"),
}

#: From where a limit is measured, after "within 2 h".
STARTS: dict[Start, Any] = {
    Start.RECEIVED: gettext_lazy("within %(limit)s of your request"),
    Start.VISIT_REQUESTED: gettext_lazy("within %(limit)s of asking for a visit"),
    Start.APPOINTMENT: gettext_lazy("within %(limit)s of the appointment"),
    Start.PART_REQUESTED: gettext_lazy("within %(limit)s of the request for the part"),
    Start.FIRST_RESPONSE: gettext_lazy("within %(limit)s of our first response"),
    Start.DISPATCH: gettext_lazy("within %(limit)s of our setting out"),
    Start.ARRIVAL: gettext_lazy("within %(limit)s of our arrival"),
    Start.SOLUTION_PROPOSED: gettext_lazy("within %(limit)s of proposing a solution"),
    Start.RESOLUTION: gettext_lazy("within %(limit)s of the solution"),
}

CONDITIONS: dict[Condition, Any] = {
    Condition.ALWAYS: "",
    Condition.ON_SITE: gettext_lazy("where somebody comes to you"),
    Condition.REMOTE: gettext_lazy("where nobody has to come"),
}

#: What stops the clock, by the key of a wait.
PAUSES: dict[str, Any] = {
    "customer": gettext_lazy("while we wait for you"),
    "appointment": gettext_lazy("until the time agreed with you"),
    "parts": gettext_lazy("while we wait for parts"),
    "third_party": gettext_lazy("while we wait for somebody else"),
}

#: Who is told → (word, icon).
RECIPIENTS: dict[Recipient, tuple[Any, str]] = {
    Recipient.ASSIGNEE: (gettext_lazy("the engineer"), "user"),
    Recipient.DEPARTMENT_MANAGER: (gettext_lazy("the department manager"), "users"),
    Recipient.GENERAL_MANAGER: (gettext_lazy("the general manager"), "building"),
}

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)

#: The same where there is little room.
WEEKDAYS_SHORT = (
    pgettext_lazy("short weekday", "Mo"),
    pgettext_lazy("short weekday", "Tu"),
    pgettext_lazy("short weekday", "We"),
    pgettext_lazy("short weekday", "Th"),
    pgettext_lazy("short weekday", "Fr"),
    pgettext_lazy("short weekday", "Sa"),
    pgettext_lazy("short weekday", "Su"),
)


def length(span: timedelta) -> str:
    """A limit as people say it: 10 min, 1 h 30 min, 24 h, 30 d. Days from three on."""
    seconds = int(span.total_seconds())
    days, rest = divmod(seconds, 86400)
    if days < 3:
        days, rest = 0, seconds
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = (
        (days, _("%(n)s d")),
        (hours, _("%(n)s h")),
        (minutes, _("%(n)s min")),
        (rest, _("%(n)s s")),
    )
    told = [pattern % {"n": number} for number, pattern in parts if number]
    return " ".join(told) or _("%(n)s s") % {"n": 0}


def promised(limit: timedelta, start: Start) -> str:
    """Within how much of what: "within 2 h of your request", "at the appointment"."""
    if not limit and start is Start.APPOINTMENT:
        return _("at the time agreed with you")
    return str(STARTS[start]) % {"limit": length(limit)}


def windows(hours: Iterable[Window]) -> str:
    """Working hours: 09:00–12:00, 13:30–18:00; midnight at the end of a day is 24:00."""
    told = [f"{_clock(opens)}–{_closing(closes)}" for opens, closes in hours]
    return pgettext("between items", ", ").join(told) or _("closed")


def days(first: int, last: int) -> str:
    """Days of the week in a row, Monday 0."""
    if (first, last) == (0, 6):
        return _("every day")
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {
        "first": WEEKDAYS[first],
        "last": WEEKDAYS[last],
    }


def _clock(at: time) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _closing(at: time) -> str:
    return "24:00" if at == time(0) else _clock(at)
