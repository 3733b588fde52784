"""Forms of standards and calendars: shape and syntax of what is entered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.forms import sensible_day
from servicedesk.lib.textfile.form import TextFileForm
from servicedesk.lib.textfile.notation import NotationError
from sla.rules import Window
from sla.standards.notation import overlap, read_window

LONGEST = 366  # days that are set at once


class StandardForm(TextFileForm):
    """The file of a standard, uploaded or pasted, and from when it is in force."""

    in_force_from = forms.DateTimeField(
        required=False,
        label=_("In force from"),
        help_text=_(
            "Empty means now. Tickets keep the version they were received under."
        ),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        validators=[sensible_day],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Text of the standard")

    @property
    def words(self) -> dict[str, Any]:
        """What the service is given: no instant where none was entered."""
        at: datetime | None = self.cleaned_data.get("in_force_from")
        return {
            "text": self.cleaned_data["text"],
            "note": self.cleaned_data["note"],
            **({"in_force_from": at} if at else {}),
        }


class DaysForm(forms.Form):
    """Days of a calendar that are not as the week says."""

    CLOSED, WORKED, USUAL = "closed", "worked", "usual"

    first_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[sensible_day],
    )
    last_on = forms.DateField(
        required=False,
        label=_("Last day"),
        help_text=_("Empty means that one day."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        validators=[sensible_day],
    )
    what = forms.ChoiceField(
        label=_("What holds then"),
        widget=forms.RadioSelect,
        initial=CLOSED,
        choices=[
            (CLOSED, _("Day off")),
            (WORKED, _("Worked, at these hours")),
            (USUAL, _("As in any week")),
        ],
    )
    hours = forms.CharField(
        required=False,
        max_length=100,
        label=_("Working hours"),
        help_text=_("For example 09:00-12:00, 13:30-18:00"),
    )
    note = forms.CharField(required=False, max_length=300, label=_("Why"))

    def clean_hours(self) -> tuple[Window, ...]:
        """Working hours as they are written in a standard's file."""
        text = self.cleaned_data["hours"].replace("，", ",").replace("、", ",")
        parts = [part.strip() for part in text.split(",") if part.strip()]
        try:
            hours = tuple(sorted(read_window(part) for part in parts))
        except NotationError as error:
            raise forms.ValidationError(
                _("Write hours like this: 09:00-12:00, 13:30-18:00")
            ) from error
        if overlap(hours):
            raise forms.ValidationError(_("These hours overlap."))
        return hours

    def clean(self) -> dict[str, Any]:
        """A span that ends after it begins, and hours where they are needed."""
        cleaned = super().clean() or {}
        first = cleaned.get("first_on")
        last = cleaned.get("last_on") or first
        if first and last and not 0 <= (last - first).days < LONGEST:
            self.add_error(
                "last_on", _("At most a year, and not before the first day.")
            )
        needed = cleaned.get("what") == self.WORKED
        if needed and not cleaned.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Say at which hours."))
        return cleaned

    @property
    def days(self) -> dict[date, tuple[Window, ...] | None]:
        """Each day with what holds on it; None goes back to the week."""
        data = self.cleaned_data
        first: date = data["first_on"]
        last: date = data["last_on"] or first
        holds = {self.CLOSED: (), self.WORKED: data["hours"], self.USUAL: None}
        span = range(first.toordinal(), last.toordinal() + 1)
        return {date.fromordinal(day): holds[data["what"]] for day in span}
