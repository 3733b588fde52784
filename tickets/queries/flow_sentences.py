"""Events of the flow in words, for the conversation: what was done, taken back, told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.actors import Actor
from servicedesk.lib.ui.times import exact
from sla.models import in_language
from tickets.kinds import EventKind

#: What can be agreed with the customer meanwhile, by kind.
CONTINGENCIES: dict[str, Any] = {
    "spare": gettext_lazy("Spare or loaner unit"),
    "workaround": gettext_lazy("Workaround"),
    "other": gettext_lazy("Another arrangement"),
}


def both(words: Any) -> str:
    """Words that an event keeps in both languages, in the reader's."""
    if not isinstance(words, Mapping):
        return ""
    return in_language(zh=str(words.get("zh", "")), en=str(words.get("en", "")))


def step_done(data: Mapping[str, Any], actor: Actor) -> str:
    """Work on site: not solved · round 2. For a client only what is public."""
    if actor.is_client:
        return both(data.get("public"))
    title, label = both(data.get("title")), both(data.get("label"))
    text = (
        _("%(step)s: %(answer)s") % {"step": title, "answer": label} if label else title
    )
    if int(data.get("round", 1)) > 1:
        text += " · " + _("round %(n)s") % {"n": data["round"]}
    if data.get("signed"):
        text += " · " + _("by the customer's signature")
    return text


def step_back(data: Mapping[str, Any], _actor: Actor) -> str:
    """Which step was taken back."""
    return _("went back to “%(step)s”") % {"step": both(data.get("title"))}


def called(data: Mapping[str, Any], _actor: Actor) -> str:
    """Who was called in."""
    if data.get("name"):
        return _("called the second line: %(department)s") % {
            "department": data["name"]
        }
    return _("called the second line: the department's manager")


def reminded(data: Mapping[str, Any], _actor: Actor) -> str:
    """What somebody was reminded of."""
    due = {"at": exact(datetime.fromisoformat(str(data["due_at"])))}
    if data.get("reminder") == "promise":
        return _("Reminded: a third party promised it for %(at)s") % due
    return _("Reminded: call back by %(at)s") % due


def agreed(data: Mapping[str, Any], _actor: Actor) -> str:
    """The contingency plan: of which kind, with whom."""
    text = _("Contingency plan agreed")
    kind = CONTINGENCIES.get(str(data.get("kind")))
    if kind:
        text = f"{text} · {kind}"
    if data.get("agreed_with"):
        text = f"{text} · " + _("with %(name)s") % {"name": data["agreed_with"]}
    return text


LINES: dict[str, tuple[str, str, Any]] = {
    EventKind.FLOW_STEP: ("route", "info", step_done),
    EventKind.FLOW_BACK: ("arrow-back-up", "warn", step_back),
    EventKind.SECOND_LINE: ("headset", "warn", called),
    EventKind.REMINDED: ("alarm", "info", reminded),
    EventKind.CONTINGENCY: ("shield", "info", agreed),
}
