"""What a dashboard is asked for: a period and whose tickets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client
from people.actors import Actor
from people.models import Department, Membership
from people.roles import Permission
from reports.rules import NONE, Period, Question
from servicedesk.lib.forms import sensible_day

#: Between two dates, instead of a number of days up to today.
DATES = "dates"
DAYS = 30
PERIODS = [
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("1 year")),
    (DATES, _("From … to …")),
]
LONGEST = 3 * 366  # days

#: Field → (what its choices are called, what they are ordered by).
LABELS = {
    "department": ("name", "name"),
    "assignee": ("user__name", "user__sort_key"),
    "client": ("name", "sort_key"),
}


def _date(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}),
        validators=[sensible_day],
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # fits a bigint


class PeriodForm(forms.Form):
    """A period counted back from today, or two dates; and a selection.

    What is wrong in it counts as not given, and is named.
    """

    days = forms.ChoiceField(label=_("Period"), choices=PERIODS)
    since = _date(pgettext_lazy("period", "From"))
    until = _date(pgettext_lazy("period", "To"))
    department = forms.ChoiceField(label=_("Department"), required=False)
    assignee = forms.ChoiceField(label=_("Engineer"), required=False)
    client = forms.ChoiceField(label=_("Client organisation"), required=False)

    def __init__(
        self, given: Mapping[str, Any], *, actor: Actor, now: datetime
    ) -> None:
        asked = {name: str(given.get(name, "")) for name in self.base_fields}
        if not asked["days"]:
            dates = asked["since"] or asked["until"]
            asked["days"] = DATES if dates else str(DAYS)
        super().__init__(asked)
        self.actor, self.zone = actor, ZoneInfo(actor.zone)
        self.today = now.astimezone(self.zone).date()
        self.period = self._back(DAYS)
        self._offer()

    def _offer(self) -> None:
        """Whom one can choose; who is asked for is there, also when they have gone."""
        departments = Department.objects.visible_to(self.actor)
        people = Membership.objects.visible_to(self.actor).colleagues()
        active = people.active()
        nobody = {"department": _("none"), "assignee": _("nobody")}
        if not self.actor.may(Permission.TICKET_ALL):
            departments = departments.filter(pk__in=self.actor.departments)
            active = active.filter(department_id__in=self.actor.departments)
            del nobody["department"]
        clients = Client.objects.visible_to(self.actor)
        self._choices("department", departments, departments.active())
        self._choices("assignee", people, active)
        self._choices("client", clients, clients.active())
        for name, word in nobody.items():
            self.fields[name].choices += [(NONE, word)]  # type: ignore[attr-defined]

    def _choices(self, name: str, known: QuerySet[Any], offered: QuerySet[Any]) -> None:
        label, order = LABELS[name]
        rows = list(offered.order_by(order, "pk").values_list("pk", label))
        asked = self.data[name]
        if _is_id(asked) and int(asked) not in {pk for pk, _name in rows}:
            rows += known.filter(pk=int(asked)).values_list("pk", label)
        field: Any = self.fields[name]
        field.choices = [("", _("All")), *((str(pk), text) for pk, text in rows)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.period = self._period(data)
        return data

    def _period(self, data: dict[str, Any]) -> Period:
        if data.get("days") != DATES:
            return self._back(int(data.get("days") or DAYS))
        last = data.get("until") or self.today
        first = data.get("since") or last - timedelta(days=DAYS - 1)
        if first > last:
            self.add_error("until", _("This lies before the beginning."))
        elif (last - first).days >= LONGEST:
            self.add_error("since", _("Choose at most three years."))
        else:
            return Period(first, last)
        return self._back(DAYS)

    def _back(self, days: int) -> Period:
        return Period(self.today - timedelta(days=days - 1), self.today)

    def question(self) -> Question:
        """The question in instants."""
        self.is_valid()
        data = self.cleaned_data
        start, end = self.period.bounds(self.zone)
        named = {
            name: int(value)
            for name in ("department", "assignee", "client")
            if (value := data.get(name)) and value != NONE
        }
        without = frozenset(
            name for name in ("department", "assignee") if data.get(name) == NONE
        )
        return Question(start=start, end=end, without=without, **named)

    def query(self, period: Period | None = None) -> dict[str, str]:
        """The selection as it stands in an address; with another period where one is given."""
        self.is_valid()
        asked = {k: v for k, v in self.data.items() if v and k in self.cleaned_data}
        if period is not None:
            asked |= {
                "days": DATES,
                "since": period.first.isoformat(),
                "until": period.last.isoformat(),
            }
        return asked

    def queue_query(self, tab: str) -> str:
        """The same selection as the queue takes it in its address."""
        self.is_valid()
        asked = {
            name: value
            for name in ("department", "assignee", "client")
            if (value := self.cleaned_data.get(name)) and value != NONE
        }
        return urlencode({"tab": tab} | asked)

    def whose(self) -> list[tuple[Any, Any]]:
        """(label, name) of whom the question is narrowed to."""
        self.is_valid()
        found = []
        for name in ("department", "assignee", "client"):
            if value := self.cleaned_data.get(name):
                field: Any = self.fields[name]
                found.append((field.label, dict(field.choices)[value]))
        return found
