"""From stored values to words, in the active language and time zone.

``params`` of a message are JSON. The name says what a value is:

===================  ==========================  =============================
name                 value                       becomes
===================  ==========================  =============================
``…_at``             ISO instant                 2026-11-22 14:05
``…_s``              seconds                     3 h 05 min
``metric…``          key of a metric             Arrival
``severity…``        1–3 or key                  Urgent
``state…``           key of a ticket's state     Resolved
``wait``             key of a wait               Waiting for parts
``as``               key of a role               Department manager
``problem``          why nobody was reached      everybody is away
``by``               a name; "time"              itself; "" and ``by_time``
``reason``           where ``state`` is merged   "" and ``into``
anything else        text or number              itself, on one line
===================  ==========================  =============================
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.roles import Role
from servicedesk.lib.ui import times, words

METRICS: dict[str, Any] = {
    "first_response": pgettext_lazy("metric", "First response"),
    "dispatch": pgettext_lazy("metric", "Dispatch"),
    "arrival": pgettext_lazy("metric", "Arrival"),
    "solution_proposed": pgettext_lazy("metric", "Solution proposed"),
    "resolution": pgettext_lazy("metric", "Resolution"),
    "part_replaced": pgettext_lazy("metric", "Part replaced"),
    "part_shipped": pgettext_lazy("metric", "Part shipped"),
    "call_back": pgettext_lazy("metric", "Call-back"),
}
#: Parts that a person plays on a ticket, besides the roles.
PARTS: dict[str, Any] = {
    "assignee": _("Assignee"),
    "dedicated_engineer": _("Dedicated engineer"),
    "desk": _("Service desk"),
}
PROBLEMS: dict[str, Any] = {
    "nobody_has_role": _("nobody has this role"),
    "all_away": _("everybody is away"),
}
#: What happens to a ticket besides its states.
HAPPENINGS: dict[str, Any] = {
    "departed": _("our engineer is on the way"),
    "arrived": _("our engineer has arrived"),
}
CLOSED_BY_TIME = _("Nobody answered in the agreed period, so it was closed by itself.")
LONGEST = 300


def readable(params: Mapping[str, Any]) -> dict[str, str]:
    """Every value in words; what is missing or of an unknown form becomes ""."""
    found = {
        name: one_line(_form(name)(value)) if value not in (None, "") else ""
        for name, value in params.items()
        if not isinstance(value, list | dict)
    }
    if found.get("by") == "time":
        found |= {"by": "", "by_time": str(CLOSED_BY_TIME)}
    if params.get("state") == "merged":
        found |= {"reason": "", "into": found.get("reason", "")}
    return found


def one_line(text: object, *, limit: int = LONGEST) -> str:
    """Words of a person on one line: no control, no direction marks, no endless length.

    A name with line breaks could forge a header, one with a right-to-left override could
    turn a line around.
    """
    kept = (
        " " if char.isspace() else char
        for char in str(text)
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _form(name: str) -> Callable[[Any], Any]:
    if name.endswith("_at"):
        return _instant
    if name.endswith("_s"):
        return _length
    return _FORMS.get(name) or _FORMS.get(name.partition("_")[0]) or str


def _instant(value: Any) -> str:
    try:
        return times.exact(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _length(value: Any) -> str:
    try:
        return words.duration(timedelta(seconds=float(value)))
    except (TypeError, ValueError, OverflowError):
        return str(value)


def _severity(value: Any) -> Any:
    key = words.severity_key(value)
    return words.SEVERITIES[key][0] if key in words.SEVERITIES else value


def _state(value: Any) -> Any:
    key = str(value)
    return HAPPENINGS.get(key) or words.TICKET_STATES.get(key, (value, "", ""))[0]


def _part(value: Any) -> Any:
    if str(value) in PARTS:
        return PARTS[str(value)]
    return Role(value).label if value in Role.values else value


_FORMS: dict[str, Callable[[Any], Any]] = {
    "metric": lambda value: METRICS.get(str(value), value),
    "severity": _severity,
    "state": _state,
    "wait": lambda value: words.WAITS.get(str(value), value),
    "as": _part,
    "problem": lambda value: PROBLEMS.get(str(value), value),
}
