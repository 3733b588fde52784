"""What a dashboard is asked for: a period and whose tickets."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client
from people.actors import Actor
from people.models import Department, Membership
from people.roles import STAFF_ROLES, Permission
from reports.rules import Question

PERIODS = [
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("1 year")),
]
LONGEST = timedelta(days=3 * 366)


class PeriodForm(forms.Form):
    """A period counted back from today, or two dates; and a selection."""

    days = forms.ChoiceField(
        label=_("Period"), choices=PERIODS, required=False, initial="30"
    )
    since = forms.DateField(
        label=pgettext_lazy("period", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=pgettext_lazy("period", "To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=_("All"),
    )
    assignee = forms.ModelChoiceField(
        Membership.objects.none(),
        label=_("Engineer"),
        required=False,
        empty_label=_("All"),
    )
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("Client organisation"),
        required=False,
        empty_label=_("All"),
    )
    more = ("since", "until")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        departments = Department.objects.filter(is_active=True).order_by("name")
        people = Membership.objects.active().filter(role__in=STAFF_ROLES)
        if not actor.may(Permission.TICKET_ALL):
            departments = departments.filter(pk__in=actor.departments)
            people = people.filter(department_id__in=actor.departments)
        self._choices("department", departments)
        self._choices("assignee", people.select_related("user").order_by("user__name"))
        self._choices("client", Client.objects.visible_to(actor).order_by("sort_key"))

    def _choices(self, name: str, queryset: Any) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This lies before the beginning."))
        if since and until and until - since > LONGEST:
            self.add_error("since", _("Choose at most three years."))
        return data

    def question(self, *, now: datetime) -> Question:
        """The question in instants; what is wrong in the form falls back to 30 days."""
        data = self.cleaned_data if self.is_valid() else {}
        start, end = self._period(data, now)
        seen = None if self.actor.may(Permission.TICKET_ALL) else self.actor.departments
        department = data.get("department")
        return Question(
            start=start,
            end=end,
            departments=frozenset({department.pk}) if department else seen,
            assignee=data["assignee"].pk if data.get("assignee") else None,
            client=data["client"].pk if data.get("client") else None,
        )

    def _period(self, data: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self.actor.zone)
        today = now.astimezone(zone).date()
        until = data.get("until") or today
        days = int(data.get("days") or 30)
        since = data.get("since") or until - timedelta(days=days - 1)
        return _midnight(since, zone), _midnight(until + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone)
