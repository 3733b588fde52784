"""Forms of the duty roster and of skills."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.forms.members import colleagues
from people.models import Department, Membership
from servicedesk.lib.forms import sensible_day


class PeopleChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Colleagues to tick."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and role."""
        return f"{obj} · {obj.get_role_display()}"


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, by the browser's own picker."""
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[sensible_day],
        **kwargs,
    )


def time_field(**kwargs: Any) -> forms.TimeField:
    """A time of day, by the browser's own picker."""
    return forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        **kwargs,
    )


class ShiftForm(forms.Form):
    """A line of the roster."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("Early, late, night …")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=[(day + 1, word) for day, word in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    starts = time_field(label=pgettext_lazy("plan", "From"))
    ends = time_field(
        label=pgettext_lazy("plan", "Until"),
        help_text=_("Not later than “from”: on the next day."),
    )
    members = PeopleChoices(
        Membership.objects.none(),
        label=_("On duty"),
        widget=forms.CheckboxSelectMultiple,
    )
    from_on = day_field(label=_("First day"))
    until_on = day_field(
        label=_("Last day"), required=False, help_text=_("Empty: until further notice.")
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues().filter(department=department)
        self.fields["members"].queryset = people  # type: ignore[attr-defined]


class SkillsForm(forms.Form):
    """What somebody knows, as a list of words."""

    categories = forms.CharField(
        label=_("Equipment categories"),
        required=False,
        max_length=3_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("As in the equipment register, separated by commas."),
    )

    def listed(self) -> list[str]:
        """The words one by one; every kind of comma separates them."""
        parts = re.split(r"[,，、;；\n]", self.cleaned_data["categories"])
        return [part.strip() for part in parts if part.strip()]
