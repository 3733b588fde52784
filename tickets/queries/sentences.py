"""Events in words: what is written between the messages of a ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from documents.registry import paper_title
from people.actors import Actor
from servicedesk.lib.ui.times import exact
from servicedesk.lib.ui.words import SEVERITIES, WAITS, severity_key
from tickets.kinds import EventKind
from tickets.models import TicketEvent
from tickets.queries.flow_sentences import LINES as FLOW_LINES
from tickets.queries.words import metric_name
from tickets.rules.facts import FactKind


@dataclass(frozen=True, slots=True)
class Words:
    """How an event is told: an icon, a tone, what happened, and the words of a person."""

    icon: str
    tone: str
    text: str
    who: str
    quote: str = ""


Say = Callable[[Mapping[str, Any], Actor], Any]


def _plain(text: Any) -> Say:
    return lambda _data, _actor: text


def _instant(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return exact(datetime.fromisoformat(value)) if isinstance(value, str) else "–"


def _severity(value: Any) -> str:
    return str(SEVERITIES[severity_key(value)][0]) if value else "–"


def _assigned(data: Mapping[str, Any], actor: Actor) -> str:
    name = data.get("name")
    department = "" if actor.is_client else data.get("department")  # how we are ordered
    if name and data.get("to") == data.get("_author"):
        text = _("took it")
    elif name:
        text = _("assigned it to %(name)s") % {"name": name}
    elif data.get("from"):
        text = _("took the assignee away")
    else:
        text = _("changed the department")
    return f"{text} · {department}" if department else text


def _handed_over(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("handed it over to %(name)s") % {"name": data.get("name") or "–"}


def _visit(data: Mapping[str, Any], _actor: Actor) -> str:
    return (
        _("decided: a visit is needed")
        if data.get("needed")
        else _("decided: no visit is needed")
    )


def _appointment(data: Mapping[str, Any], _actor: Actor) -> str:
    at = {"at": _instant(data, "at")}
    if data.get("moved"):
        asked = data.get("asked_by")
        if asked == "client":
            return _("moved the appointment to %(at)s; the client asked for it") % at
        return _("moved the appointment to %(at)s; we asked for it") % at
    return _("agreed an appointment for %(at)s") % at


def _offered(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("offered to come on %(at)s") % {"at": _instant(data, "at")}


def _countered(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("proposed another time: %(at)s") % {"at": _instant(data, "at")}


def _waiting(data: Mapping[str, Any], _actor: Actor) -> str:
    reason = WAITS.get(str(data.get("reason")), "")
    return _("set: %(state)s") % {"state": reason}


def _raised(data: Mapping[str, Any], _actor: Actor) -> str:
    values = {"from": _severity(data.get("from")), "to": _severity(data.get("to"))}
    if data.get("automatic"):
        return (
            _("The severity rose from %(from)s to %(to)s because a promise was missed")
            % values
        )
    return _("raised the severity from %(from)s to %(to)s") % values


def _lowered(data: Mapping[str, Any], _actor: Actor) -> str:
    values = {"from": _severity(data.get("from")), "to": _severity(data.get("to"))}
    return _("lowered the severity from %(from)s to %(to)s") % values


def _closed(data: Mapping[str, Any], _actor: Actor) -> str:
    if data.get("by") == "time":
        return _("Closed: nobody objected within the time for it")
    if data.get("by") == "signature":
        return _("Closed: %(name)s has signed for the work") % {
            "name": data.get("name") or "–"
        }
    return _("closed it")


def _missed(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("Missed: %(metric)s") % {
        "metric": metric_name(str(data.get("metric", "")))
    }


def _withdrawn(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("Not missed after all: %(metric)s") % {
        "metric": metric_name(str(data.get("metric", "")))
    }


#: Whom a step reached, by the names of ``people.rules``.
ROLES = {
    "assignee": gettext_lazy("the assignee"),
    "dedicated_engineer": gettext_lazy("the dedicated engineer"),
    "desk": gettext_lazy("everyone on the desk"),
    "department_manager": gettext_lazy("the department manager"),
    "general_manager": gettext_lazy("the general manager"),
    "administrator": gettext_lazy("the administrators"),
}


def _escalated(data: Mapping[str, Any], _actor: Actor) -> str:
    metric, to = metric_name(str(data.get("metric", ""))), str(data.get("to", ""))
    if not to:
        return _("%(metric)s: nobody could be told") % {"metric": metric}
    return _("%(metric)s: told %(who)s") % {"metric": metric, "who": ROLES.get(to, to)}


def _other(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": data.get("number") or data.get("ticket") or "–"}


def _merged_into(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("merged it into %(number)s") % _other(data)


def _absorbed(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("took in %(number)s") % _other(data)


def _continued(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("It goes on in %(number)s") % _other(data)


def _wait_ended(data: Mapping[str, Any], _actor: Actor) -> str:
    if data.get("reason") == "appointment":
        return _("The agreed time has come; the wait for it is over")
    return _("ended the wait")


def _kind_changed(data: Mapping[str, Any], _actor: Actor) -> str:
    if data.get("kind") == "planned":
        return _("sorted it as planned work: a date is agreed instead of the limit")
    return _("sorted it as a fault: its limits count again")


def _voided(data: Mapping[str, Any], _actor: Actor) -> str:
    if data.get("kind") == FactKind.SEVERITY_RAISED:
        return _("The raise no longer counts: nothing was missed then")
    return _("An event no longer counts")


def _corrected(data: Mapping[str, Any], _actor: Actor) -> str:
    if data.get("kind") == FactKind.SEVERITY_RAISED:
        return _("The raise counts from %(at)s, when the promise was missed") % {
            "at": _instant(data, "at")
        }
    return _("corrected the time of an event to %(at)s") % {"at": _instant(data, "at")}


def _follower(data: Mapping[str, Any], _actor: Actor) -> str:
    name = data.get("name")
    if not name:
        return _("added a follower")
    return _("added %(name)s as a follower") % {"name": name}


def _unfollower(data: Mapping[str, Any], _actor: Actor) -> str:
    name = data.get("name")
    if not name:
        return _("removed a follower")
    return _("removed %(name)s from the followers") % {"name": name}


def _visitor(data: Mapping[str, Any], _actor: Actor) -> str:
    number = {"number": f"W{data.get('work_order', '–')}"}
    name, start = data.get("name"), data.get("start")
    if not name:
        return _("put work order %(number)s on the board") % number
    values = number | {"name": name, "at": _instant(data, "start")}
    if start:
        return _("gave work order %(number)s to %(name)s for %(at)s") % values
    return _("gave work order %(number)s to %(name)s") % values


def _of_work(text: Any) -> Say:
    return lambda data, _actor: (
        str(text) % {"number": f"W{data.get('work_order', '–')}"}
    )


def _rescheduled(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("moved work order %(number)s to %(at)s") % {
        "number": f"W{data.get('work_order', '–')}",
        "at": _instant(data, "start"),
    }


EXTRAS = {
    "asked": gettext_lazy("asked for extra work at %(price)s"),
    "authorised": gettext_lazy("Extra work at %(price)s authorised by %(by)s"),
    "declined": gettext_lazy("Extra work at %(price)s declined by %(by)s"),
    "done": gettext_lazy("did the extra work at %(price)s"),
}


def _extra(data: Mapping[str, Any], _actor: Actor) -> str:
    price = f"{data.get('price', '–')} {data.get('currency', '')}".strip()
    text = EXTRAS.get(str(data.get("state")), EXTRAS["asked"])
    return str(text) % {"price": price, "by": data.get("by") or "–"}


def _signed(data: Mapping[str, Any], _actor: Actor) -> str:
    if data.get("how") == "paper":
        return _("Work order %(number)s signed on paper by %(name)s") % {
            "number": f"W{data.get('work_order', '–')}",
            "name": data.get("signer") or "–",
        }
    return _("Work order %(number)s signed by %(name)s") % {
        "number": f"W{data.get('work_order', '–')}",
        "name": data.get("signer") or "–",
    }


def _unsigned(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("Work order %(number)s: %(name)s does not sign") % {
        "number": f"W{data.get('work_order', '–')}",
        "name": data.get("signer") or "–",
    }


def _filed(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("%(paper)s %(number)s, version %(version)s, is filed") % {
        "paper": paper_title(str(data.get("paper", ""))),
        "number": data.get("number", "–"),
        "version": data.get("version", "–"),
    }


def _rated(data: Mapping[str, Any], _actor: Actor) -> str:
    return _("Rated the work: %(rating)s of 5") % {"rating": data.get("rating", "–")}


LINES: dict[str, tuple[str, str, Say]] = {
    FactKind.RECEIVED: ("inbox", "info", _plain(gettext_lazy("filed the request"))),
    FactKind.ANSWERED: (
        "message-reply",
        "ok",
        _plain(pgettext_lazy("event", "First response")),
    ),
    FactKind.VISIT_DECIDED: ("map-pin", "info", _visit),
    FactKind.APPOINTMENT_AGREED: ("calendar-event", "info", _appointment),
    EventKind.OFFERED: ("send", "info", _offered),
    EventKind.OFFER_COUNTERED: ("calendar-event", "warn", _countered),
    EventKind.OFFER_WITHDRAWN: (
        "calendar-off",
        "mute",
        _plain(gettext_lazy("took the offered time back")),
    ),
    FactKind.APPOINTMENT_CANCELLED: (
        "calendar-off",
        "warn",
        _plain(gettext_lazy("cancelled the appointment")),
    ),
    FactKind.DEPARTED: ("truck", "info", _plain(gettext_lazy("is on the way"))),
    FactKind.ARRIVED: ("map-pin", "ok", _plain(gettext_lazy("has arrived"))),
    FactKind.SOLUTION_PROPOSED: (
        "bulb",
        "info",
        _plain(pgettext_lazy("event", "Proposed solution")),
    ),
    FactKind.WAIT_STARTED: ("hourglass", "warn", _waiting),
    FactKind.WAIT_ENDED: ("player-play", "info", _wait_ended),
    FactKind.RESOLVED: ("circle-check", "ok", _plain(pgettext_lazy("event", "Solved"))),
    FactKind.CLOSED: ("lock", "mute", _closed),
    FactKind.REOPENED: ("rotate", "warn", _plain(pgettext_lazy("event", "Reopened"))),
    FactKind.CANCELLED: ("circle-x", "mute", _plain(gettext_lazy("cancelled it"))),
    FactKind.SEVERITY_RAISED: ("arrow-up", "bad", _raised),
    FactKind.SEVERITY_LOWERED: ("arrow-down", "info", _lowered),
    FactKind.PROJECT_CHANGED: (
        "briefcase",
        "info",
        _plain(
            gettext_lazy("changed the project; the promise is that of its standard")
        ),
    ),
    FactKind.KIND_CHANGED: ("switch-horizontal", "info", _kind_changed),
    FactKind.CALENDAR_REVISED: (
        "calendar",
        "mute",
        _plain(gettext_lazy("A newer calendar applies from here on")),
    ),
    FactKind.MERGED_INTO: ("arrow-merge", "mute", _merged_into),
    FactKind.ABSORBED: ("arrow-merge", "info", _absorbed),
    FactKind.CALLED_BACK: ("phone", "ok", _plain(pgettext_lazy("event", "Call-back"))),
    FactKind.CORRECTED: ("history", "warn", _corrected),
    FactKind.VOIDED: ("history", "mute", _voided),
    EventKind.TRIAGED: ("list-check", "info", _plain(gettext_lazy("triaged it"))),
    EventKind.ASSIGNED: ("user-check", "info", _assigned),
    EventKind.HANDED_OVER: ("switch-horizontal", "info", _handed_over),
    EventKind.REPLY: ("message", "mute", _plain("")),
    EventKind.NOTE: ("lock", "warn", _plain("")),
    EventKind.CONFIRMED: (
        "checks",
        "ok",
        _plain(gettext_lazy("confirmed that it is solved")),
    ),
    EventKind.REFUSED: ("x", "bad", _plain(pgettext_lazy("event", "Not solved"))),
    EventKind.CHANGED: ("edit", "mute", _plain(gettext_lazy("changed it"))),
    EventKind.FOLLOWER_ADDED: ("user-plus", "mute", _follower),
    EventKind.FOLLOWER_REMOVED: ("user-x", "mute", _unfollower),
    EventKind.UNMERGED: (
        "arrow-merge",
        "info",
        _plain(gettext_lazy("undid the merge")),
    ),
    EventKind.CONTINUED: ("arrow-right", "info", _continued),
    EventKind.MISSED: ("clock-exclamation", "bad", _missed),
    EventKind.ESCALATED: ("speakerphone", "bad", _escalated),
    EventKind.WITHDRAWN: ("arrow-back-up", "ok", _withdrawn),
    EventKind.ACKNOWLEDGED: (
        "eye",
        "info",
        _plain(gettext_lazy("acknowledged the escalation")),
    ),
    **FLOW_LINES,
    EventKind.DOCUMENT_FILED: ("file-certificate", "ok", _filed),
    EventKind.INCIDENT_SUBMITTED: (
        "send",
        "info",
        _plain(gettext_lazy("submitted the incident report")),
    ),
    EventKind.INCIDENT_CONFIRMED: (
        "checks",
        "ok",
        _plain(gettext_lazy("confirmed the incident report")),
    ),
    EventKind.INCIDENT_RETURNED: (
        "arrow-back-up",
        "warn",
        _plain(gettext_lazy("sent the incident report back")),
    ),
    EventKind.WORK_DISPATCHED: ("user-check", "info", _visitor),
    EventKind.WORK_RESCHEDULED: ("calendar-event", "info", _rescheduled),
    EventKind.WORK_ACCEPTED: (
        "checks",
        "info",
        _of_work(gettext_lazy("accepted work order %(number)s")),
    ),
    EventKind.WORK_DECLINED: (
        "x",
        "warn",
        _of_work(gettext_lazy("can't do work order %(number)s")),
    ),
    EventKind.WORK_BEGUN: (
        "player-play",
        "info",
        _of_work(gettext_lazy("began work order %(number)s")),
    ),
    EventKind.WORK_EXTRA: ("plus", "info", _extra),
    EventKind.WORK_FINISHED: (
        "circle-check",
        "ok",
        _of_work(gettext_lazy("finished work order %(number)s")),
    ),
    EventKind.WORK_SIGNED: ("signature", "ok", _signed),
    EventKind.WORK_REFUSED: ("x", "bad", _unsigned),
    EventKind.WORK_RESUMED: (
        "rotate",
        "info",
        _of_work(gettext_lazy("goes on with work order %(number)s")),
    ),
    EventKind.WORK_RATED: ("star", "info", _rated),
    EventKind.WORK_CANCELLED: (
        "circle-x",
        "mute",
        _of_work(gettext_lazy("cancelled work order %(number)s")),
    ),
}


def words_of(event: TicketEvent, actor: Actor) -> Words:
    """An event in words, in the active language."""
    icon, tone, say = LINES.get(
        event.kind, ("point-filled", "mute", _plain(event.kind))
    )
    data = event.data | {"_author": event.actor_id}
    who = event.actor_name
    if event.via == "system" or not who:
        who = ""
    quote = event.body
    if event.kind == EventKind.FLOW_STEP and not actor.is_client:
        quote = event.data.get("found", "")
    return Words(icon, tone, str(say(data, actor)), who, quote)
