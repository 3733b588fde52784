"""Shape of the incident report as it is written, and of the client's word on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.forms.fields import Moment, Prose
from tickets.models.incident import TEXT


class IncidentForm(forms.Form):
    """The draft. What is missing is asked for only when it is submitted."""

    began_at = Moment(label=pgettext_lazy("incident", "Began"), required=False)
    ended_at = Moment(label=pgettext_lazy("incident", "Ended"), required=False)
    course = Prose(label=_("What happened"), max_length=TEXT, required=False)
    impact = Prose(
        label=pgettext_lazy("incident", "Impact"), max_length=TEXT, required=False
    )
    cause = Prose(
        label=pgettext_lazy("incident", "Cause"), max_length=TEXT, required=False
    )
    measures = Prose(
        label=pgettext_lazy("incident", "What was done"),
        max_length=TEXT,
        required=False,
    )
    prevention = Prose(
        label=_("What keeps it from happening again"), max_length=TEXT, required=False
    )

    def values(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class WordForm(forms.Form):
    """The client's word on the version with this hash."""

    sha256 = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    reason = Prose(
        label=_("What is missing or wrong?"), max_length=2_000, required=False
    )
