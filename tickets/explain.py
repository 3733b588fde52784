"""A clock's explanation in one plain sentence, in the active language.

``sentence(explain(clock, standard=…, now=…), tz)`` says for instance "Due 16:00 tomorrow: 8 h
from 09:00, not counting 23 h waiting for your appointment." Times are written in the zone that is
given, days relative to the explanation's now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from servicedesk.lib.ui.times import short_day
from tickets.rules.explain import Code, Explanation

#: Under this limit seconds are shown.
SECONDS_BELOW = timedelta(minutes=10)

#: Chinese words are not set apart by spaces, figures are.
_NEEDLESS_SPACE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff])")

_WAITS = {
    "customer": pgettext_lazy("not counting", "%(time)s waiting for the customer"),
    "appointment": pgettext_lazy(
        "not counting", "%(time)s waiting for the appointment"
    ),
    "parts": pgettext_lazy("not counting", "%(time)s waiting for parts"),
    "third_party": pgettext_lazy("not counting", "%(time)s waiting for a third party"),
    "reopened": pgettext_lazy("not counting", "%(time)s while it was resolved"),
}
_WAITS_OF_CLIENT = {
    "customer": pgettext_lazy("not counting", "%(time)s waiting for you"),
    "appointment": pgettext_lazy(
        "not counting", "%(time)s waiting for your appointment"
    ),
}
_PAUSED = {
    "customer": gettext_lazy("waiting for the customer"),
    "appointment": gettext_lazy("waiting for the appointment"),
    "parts": gettext_lazy("waiting for parts"),
    "third_party": gettext_lazy("waiting for a third party"),
    "reopened": gettext_lazy("the ticket is resolved"),
}
_PAUSED_FOR_CLIENT = {
    "customer": gettext_lazy("waiting for you"),
    "appointment": gettext_lazy("waiting for your appointment"),
}
_PENDING = {
    "visit_requested": gettext_lazy(
        "Starts when a visit is decided: %(limit)s from then."
    ),
    "appointment": gettext_lazy("Starts at the appointment: %(limit)s from then."),
    "first_response": gettext_lazy(
        "Starts with the first response: %(limit)s from then."
    ),
    "dispatch": gettext_lazy("Starts when the engineer departs: %(limit)s from then."),
    "arrival": gettext_lazy("Starts when the engineer arrives: %(limit)s from then."),
    "solution_proposed": gettext_lazy(
        "Starts when a solution is proposed: %(limit)s from then."
    ),
    "resolution": gettext_lazy(
        "Starts when the problem is solved: %(limit)s from then."
    ),
}
_FROM = {
    "received": gettext_lazy("%(limit)s from %(start)s"),
    "visit_requested": gettext_lazy(
        "%(limit)s from %(start)s, when the visit was decided"
    ),
    "appointment": gettext_lazy("%(limit)s from the appointment at %(start)s"),
    "first_response": gettext_lazy("%(limit)s from the first response at %(start)s"),
    "dispatch": gettext_lazy("%(limit)s from the departure at %(start)s"),
    "arrival": gettext_lazy("%(limit)s from the arrival at %(start)s"),
    "solution_proposed": gettext_lazy("%(limit)s from the proposal at %(start)s"),
    "resolution": gettext_lazy("%(limit)s from the solution at %(start)s"),
}
_RAISED = {
    1: gettext_lazy("%(limit)s from %(start)s, when it became general"),
    2: gettext_lazy("%(limit)s from %(start)s, when it became serious"),
    3: gettext_lazy("%(limit)s from %(start)s, when it became urgent"),
}
_SUPERSEDED = {
    "visit": gettext_lazy(
        "Replaced at %(since)s: a visit was decided, and another limit took its place."
    ),
    "lowered": gettext_lazy("Replaced at %(since)s, when the severity was lowered."),
    "project": gettext_lazy("Replaced at %(since)s, when the project was set."),
    "kind": gettext_lazy(
        "Replaced at %(since)s, when the kind of request was changed."
    ),
    "met": gettext_lazy(
        "Replaced: the promise was kept at %(since)s by the limit that was due first."
    ),
    "missed": gettext_lazy(
        "Replaced: the limit that was due first was missed at %(since)s and counts."
    ),
}
_CANCELLED = {
    "no_visit": gettext_lazy("Cancelled at %(since)s: no visit is needed."),
    "visit": gettext_lazy("Cancelled at %(since)s: a visit was decided."),
    "resolved": gettext_lazy("Cancelled at %(since)s: it was solved without that."),
    "cancelled": gettext_lazy("Cancelled at %(since)s together with the ticket."),
    "merged": gettext_lazy("Cancelled at %(since)s: it goes on in another ticket."),
    "lowered": gettext_lazy("Cancelled at %(since)s, when the severity was lowered."),
    "project": gettext_lazy("Cancelled at %(since)s, when the project was set."),
    "kind": gettext_lazy(
        "Cancelled at %(since)s, when the kind of request was changed."
    ),
}
_ENDED = {
    "no_visit": gettext_lazy(
        "Not counted any further since %(since)s: no visit is needed."
    ),
    "resolved": gettext_lazy("Not counted any further since %(since)s: it is solved."),
    "cancelled": gettext_lazy(
        "Not counted any further since %(since)s: the ticket was cancelled."
    ),
    "merged": gettext_lazy(
        "Not counted any further since %(since)s: it goes on in another ticket."
    ),
}
_SENTENCES = {
    Code.RUNNING: gettext_lazy("Due %(due)s: %(basis)s."),
    Code.PAUSED: gettext_lazy(
        "Paused since %(since)s, %(why)s. %(left)s of the limit are left."
    ),
    Code.PAUSED_UNTIL: gettext_lazy("Due %(due)s: %(basis)s. Paused until %(until)s."),
    Code.MET: gettext_lazy(
        "Met with %(by)s to spare: done %(finished)s, due %(due)s (%(basis)s)."
    ),
    Code.MET_EXACTLY: gettext_lazy(
        "Met exactly at the limit: due %(due)s (%(basis)s)."
    ),
    Code.MET_EARLY: gettext_lazy("Met: done %(finished)s, before its limit had begun."),
    Code.OVERDUE: gettext_lazy(
        "Missed, %(by)s over by now and still counting: due %(due)s (%(basis)s)."
    ),
    Code.LATE: gettext_lazy(
        "Missed by %(by)s: done %(finished)s, due %(due)s (%(basis)s)."
    ),
    Code.MISSED_ENDED: gettext_lazy("Missed: due %(due)s (%(basis)s)."),
}


def sentence(
    explanation: Explanation,
    tz: tzinfo,
    *,
    to_client: bool = True,
    relative: bool = True,
) -> str:
    """The explanation in words. ``to_client`` says "you" where the client is meant.

    Without ``relative`` no day is told from today (for paper, which is read later): what
    lies on the day of the due time has its time only, anything else its date.
    """
    words = _Words(explanation, tz, to_client=to_client, relative=relative)
    text = words.main()
    for remark in words.remarks():
        text = pgettext("two sentences", "%(first)s %(second)s") % {
            "first": text,
            "second": remark,
        }
    return _NEEDLESS_SPACE.sub("", text)


def reason(why: str, *, to_client: bool = True) -> str:
    """What a stretch that was not counted was spent on, for a list of them."""
    words = (_PAUSED | _PAUSED_FOR_CLIENT) if to_client else _PAUSED
    if why == "reopened":
        return _("resolved, until it was reopened")
    return str(words.get(why, why))


def length(span: timedelta) -> str:
    """A length of time in a few words: "8 h", "1 h 30 min", "2 days 3 h", "20 s"."""
    total = int(abs(span).total_seconds())
    if total == 0:
        return _("%(n)s s") % {"n": "<1" if span else 0}
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if total < 2 * 86400:
        hours, days = hours + 24 * days, 0
    parts = [
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (hours, _("%(n)s h")),
        (0 if days else minutes, _("%(n)s min")),
        (seconds if total < SECONDS_BELOW.total_seconds() else 0, _("%(n)s s")),
    ]
    return " ".join(pattern % {"n": count} for count, pattern in parts if count)


class _Words:
    """One explanation being put into words."""

    def __init__(
        self, it: Explanation, tz: tzinfo, *, to_client: bool, relative: bool
    ) -> None:
        self._it = it
        self._tz = tz
        self._to_client = to_client
        self._relative = relative
        base = it.now if relative else (it.due_at or it.started_at or it.now)
        self._base = base.astimezone(tz).date()

    def main(self) -> str:
        it = self._it
        if it.code is Code.PENDING:
            return self._pending()
        if it.code is Code.SUPERSEDED:
            return self._ended(_SUPERSEDED)
        if it.code is Code.CANCELLED:
            return self._ended(_CANCELLED)
        if self._is_appointment() and it.code is Code.RUNNING:
            return _("Agreed for %(due)s.") % {"due": self.moment(it.due_at)}
        return str(_SENTENCES[it.code]) % {
            "due": self.moment(it.due_at),
            "finished": self.moment(it.finished_at),
            "since": self.moment(it.since),
            "until": self.moment(it.until),
            "by": length(it.by),
            "left": length(it.by),
            "why": self._why(),
            "basis": self._basis(),
        }

    def remarks(self) -> list[str]:
        it = self._it
        remarks = []
        if it.code is Code.MISSED_ENDED:
            remarks.append(self._ended(_ENDED))
        if it.at_once is not None:
            remarks.append(
                _("The limit had already passed at %(at)s, when it came to apply.")
                % {"at": self.moment(it.at_once)}
            )
        if it.beside:
            remarks.append(_("Another limit is due earlier and counts."))
        if it.provisional:
            remarks.append(
                _("Provisional: the holidays of that time are not known yet.")
            )
        return remarks

    def moment(self, at: datetime | None) -> str:
        """16:00, 16:00 tomorrow, 16:00 on 5 March: as near as it needs to be."""
        if at is None:
            return "–"
        there = at.astimezone(self._tz)
        seconds = timedelta(0) < self._it.limit < SECONDS_BELOW
        clock = f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
        days = (there.date() - self._base).days
        if days == 0:
            return clock
        if days == 1 and self._relative:
            return _("%(time)s tomorrow") % {"time": clock}
        if days == -1 and self._relative:
            return _("%(time)s yesterday") % {"time": clock}
        return _("%(time)s on %(date)s") % {
            "time": clock,
            "date": short_day(there.date(), self._base),
        }

    def _pending(self) -> str:
        if self._is_appointment():
            if self._to_client:
                return _("At the time that is agreed with you; none is agreed yet.")
            return _(
                "At the time that is agreed with the customer; none is agreed yet."
            )
        source = self._it.measured_from.value
        pattern = _PENDING.get(source) or gettext_lazy("Not started yet: %(limit)s.")
        return str(pattern) % {"limit": self._limit()}

    def _ended(self, sentences: Mapping[str, Any]) -> str:
        pattern = sentences.get(self._it.why) or gettext_lazy("Ended at %(since)s.")
        return str(pattern) % {"since": self.moment(self._it.since)}

    def _is_appointment(self) -> bool:
        it = self._it
        return it.measured_from.value == "appointment" and not it.limit

    def _limit(self) -> str:
        text = length(self._it.limit)
        if self._it.working:
            return _("%(time)s of working time") % {"time": text}
        return text

    def _why(self) -> str:
        words = (_PAUSED | _PAUSED_FOR_CLIENT) if self._to_client else _PAUSED
        return str(words.get(self._it.why, self._it.why))

    def _basis(self) -> str:
        """8 h from 09:00, not counting 23 h waiting for your appointment."""
        it = self._it
        if self._is_appointment():
            return _("the time agreed")
        pattern = _FROM.get(it.start_event, _FROM["received"])
        if it.start_event == "raised":
            pattern = _RAISED[int(it.severity)]
        start = self.moment(it.started_at)
        basis = str(pattern) % {"limit": self._limit(), "start": start}
        excluded = self._excluded()
        if not excluded:
            return basis
        return _("%(basis)s, not counting %(excluded)s") % {
            "basis": basis,
            "excluded": excluded,
        }

    def _excluded(self) -> str:
        """What was not counted before the limit was used up, by reason."""
        it = self._it
        sums: dict[str, timedelta] = {}
        for part in it.excluded:
            if it.due_at is None or part.start < it.due_at:
                sums[part.reason] = sums.get(part.reason, timedelta(0)) + part.counted
        waits = (_WAITS | _WAITS_OF_CLIENT) if self._to_client else _WAITS
        texts = [
            str(waits[why]) % {"time": length(spent)}
            for why, spent in sums.items()
            if spent >= timedelta(seconds=1)
        ]
        if len(texts) < 2:
            return "".join(texts)
        comma, last = pgettext("list", ", "), pgettext("list", " and ")
        return comma.join(texts[:-1]) + last + texts[-1]
