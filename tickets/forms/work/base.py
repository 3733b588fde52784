"""What the forms of a work order have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from tickets.forms.fields import keep_files, when_fields
from tickets.models import WorkOrder

WORDS = 10_000


class WorkForm(forms.Form):
    """What all verbs carry: the version of the work order that the person has seen."""

    more: tuple[str, ...] = ()
    #: Whether it can be entered with the time it happened (rule 7).
    timed: ClassVar[bool] = False
    #: Whether the service looks at the version.
    versioned: ClassVar[bool] = True

    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, order: WorkOrder, actor: Actor, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.actor, self.now = order, actor, now
        self.initial.setdefault("version", order.version)
        if self.timed:
            self.fields |= when_fields()
            self.more = (*self.more, "happened_at", "time_reason")
        keep_files(self)
        self.prepare()

    def prepare(self) -> None:
        """Choices and defaults that depend on the work order."""

    def values(self) -> dict[str, Any]:
        """What the service is called with."""
        values = dict(self.cleaned_data)
        version = values.pop("version")
        if self.versioned:
            values["version"] = version
        if self.timed:
            values["reason"] = values.pop("time_reason")
        return values


class PlainForm(WorkForm):
    """Nothing to fill in."""


class TimedForm(WorkForm):
    """It happens now, or is entered with the time it happened."""

    timed = True


class ReasonForm(WorkForm):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1_000, widget=forms.Textarea({"rows": 3})
    )
