"""What to show of the journal."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.models import Entry
from activity.words import TOPICS
from servicedesk.lib.forms import sensible_day

DAY = {"type": "date"}


class JournalFilter(forms.Form):
    """Who, what, when, about what; every key may stand in the address."""

    who = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": pgettext_lazy("person", "Name")}
        ),
    )
    what = forms.ChoiceField(label=_("What"), required=False)
    about = forms.CharField(
        label=_("About"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, number")}
        ),
    )
    since = forms.DateField(
        label=pgettext_lazy("period", "From"),
        required=False,
        widget=forms.DateInput(attrs=DAY),
        validators=[sensible_day],
    )
    until = forms.DateField(
        label=pgettext_lazy("period", "To"),
        required=False,
        widget=forms.DateInput(attrs=DAY),
        validators=[sensible_day],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        what.choices = [("", _("Everything")), *TOPICS.items()]

    def narrow(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The lines that the filter asks for; a key that makes no sense asks nothing."""
        self.is_valid()
        data = self.cleaned_data
        if who := data.get("who"):
            rows = rows.filter(actor_label__icontains=who)
        if what := data.get("what"):
            rows = rows.filter(verb__startswith=f"{what}.")
        if about := data.get("about"):
            rows = rows.filter(object_label__icontains=about)
        if since := data.get("since"):
            rows = rows.filter(at__gte=_start(since))
        if until := data.get("until"):
            rows = rows.filter(at__lt=_start(until + timedelta(days=1)))
        return self._about_object(rows)

    def _about_object(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """``?type=membership&id=7``: the lines about one object, from its page."""
        kind, pk = self.data.get("type", ""), self.data.get("id", "")
        if not kind or not (pk.isascii() and pk.isdigit() and len(pk) < 18):
            return rows
        mine = Q(object_type=kind, object_id=int(pk))
        return rows.filter(mine)

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return any(self.data.get(name) for name in (*self.fields, "id"))


def _start(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
