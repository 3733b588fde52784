"""On the way and on site: what is found, done and used."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.forms.fields import Moment, Prose, files_field
from tickets.forms.work.base import WORDS, TimedForm, WorkForm
from tickets.models import Attachment, ExtraWork, WorkTime
from tickets.rules.work import unprepared


class DepartForm(TimedForm):
    """On the way; what isn't ready must have a reason [H]."""

    def prepare(self) -> None:
        """Ask why only where something is missing."""
        missing = unprepared(self.order.checklist)
        if missing:
            self.fields["unprepared_reason"] = forms.CharField(
                required=False,
                max_length=300,
                label=_("Why do you leave without?"),
                help_text=_("Not ready: %(items)s") % {"items": ", ".join(missing)},
            )


class ArriveForm(TimedForm):
    """On site."""

    place = forms.CharField(
        required=False, max_length=200, label=_("Where exactly, if it is not the site")
    )


class RecordForm(WorkForm):
    """What was found, done and advised."""

    found = Prose(required=False, label=_("What was found"), rows=3, max_length=WORDS)
    done = Prose(required=False, label=_("Work done"), rows=4, max_length=WORDS)
    advice = Prose(required=False, label=_("Advice"), rows=2, max_length=4_000)

    def prepare(self) -> None:
        """What stands there already."""
        for name in ("found", "done", "advice"):
            self.initial.setdefault(name, getattr(self.order, name))


class PartForm(WorkForm):
    """A part that was used."""

    versioned = False
    more = ("part_number",)
    name = forms.CharField(label=_("Part"), max_length=160)
    quantity = forms.IntegerField(
        label=_("Quantity"), min_value=1, max_value=9_999, initial=1
    )
    serial_in = forms.CharField(
        required=False, label=_("Serial number, new"), max_length=100
    )
    serial_out = forms.CharField(
        required=False, label=_("Serial number, old"), max_length=100
    )
    part_number = forms.CharField(required=False, label=_("Part number"), max_length=80)


class TimeForm(WorkForm):
    """A stretch of work or travel."""

    versioned = False
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=WorkTime.Kind.choices,
        widget=forms.RadioSelect,
        initial=WorkTime.Kind.WORK,
    )
    start = Moment(label=pgettext_lazy("plan", "From"))
    end = Moment(label=pgettext_lazy("plan", "Until"))

    def prepare(self) -> None:
        """From the arrival to now."""
        self.initial.setdefault("start", self.order.arrived_at)
        self.initial.setdefault("end", self.now)


class PhotosForm(WorkForm):
    """Photos before or after."""

    versioned = False
    stage = forms.ChoiceField(
        label=_("When were they taken?"),
        choices=Attachment.Stage.choices,
        widget=forms.RadioSelect,
        initial=Attachment.Stage.AFTER,
    )
    files = files_field(label=_("Photos"))  # type: ignore[assignment]


class ExtraForm(WorkForm):
    """Something more was found [J]."""

    versioned = False
    description = forms.CharField(
        label=_("What was found, and what would be done"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )
    price = forms.DecimalField(
        label=_("Price"), min_value=0, max_digits=10, decimal_places=2
    )


class DecideForm(WorkForm):
    """The customer's word on extra work."""

    versioned = False
    extra = forms.ModelChoiceField(ExtraWork.objects.none(), widget=forms.HiddenInput)
    authorised = forms.TypedChoiceField(
        label=_("The customer's word"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("Authorised at this price")), ("no", _("Declined"))],
        widget=forms.RadioSelect,
    )
    decided_by = forms.CharField(label=_("Who said so?"), max_length=100)

    def prepare(self) -> None:
        """Only what is still open; a client speaks for themselves."""
        open_ones = self.order.extras.filter(state=ExtraWork.State.ASKED)
        self.fields["extra"].queryset = open_ones  # type: ignore[attr-defined]
        if self.actor.is_client:
            del self.fields["decided_by"]


class ExtraDoneForm(WorkForm):
    """Authorised extra work is done."""

    versioned = False
    extra = forms.ModelChoiceField(ExtraWork.objects.none(), widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Only what was authorised."""
        ready = self.order.extras.filter(state=ExtraWork.State.AUTHORISED, done_at=None)
        self.fields["extra"].queryset = ready  # type: ignore[attr-defined]
