"""What came of it, and the customer's hand or refusal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.lib.ui.forms import FilesField
from tickets.forms.fields import Moment, Prose, keep_files
from tickets.forms.work.base import WORDS, TimedForm, WorkForm


class FinishForm(TimedForm):
    """The work is finished, with what came of it."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("work", "Is it solved?"),
        choices=[
            ("solved", _("Solved: the ticket is done too")),
            ("not_solved", _("Not solved yet: another round is needed")),
        ],
        widget=forms.RadioSelect,
    )
    done = Prose(label=_("Work done"), rows=4, max_length=WORDS)
    field_order = ("outcome", "done")

    def prepare(self) -> None:
        """What was written down on site."""
        self.initial.setdefault("done", self.order.done)


class RefuseForm(WorkForm):
    """The customer does not sign."""

    name = forms.CharField(label=_("Who does not sign?"), max_length=100)
    reason = forms.CharField(
        label=_("Why not?"), max_length=1_000, widget=forms.Textarea({"rows": 3})
    )

    def prepare(self) -> None:
        """A client speaks for themselves."""
        if self.actor.is_client:
            self.fields["name"].initial = self.actor.name
            self.fields["name"].widget = forms.HiddenInput()


class SignForm(WorkForm):
    """The customer's name and hand, for exactly the text with this hash."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of who signs"), max_length=100)
    image = forms.CharField(
        max_length=2_000_000,
        widget=forms.HiddenInput(attrs={"data-signature-value": ""}),
        error_messages={"required": _("Nothing is drawn yet.")},
    )

    def prepare(self) -> None:
        """The contact of the ticket is most likely to sign."""
        contact = self.order.ticket.contact
        self.initial.setdefault("name", contact.name if contact else "")


class ScanFields(forms.Form):
    """The scan of a signed sheet: who signed it, and when."""

    more: tuple[str, ...] = ("number", "sheet")
    files = FilesField(  # type: ignore[assignment]
        label=_("Scan or photo of the sheet"),
        max_size=settings.ATTACHMENT_MAX_BYTES,
        max_files=1,
        accept="application/pdf,image/png,image/jpeg",
        help_text=_("PDF, PNG or JPEG; the square code has to be on it."),
    )
    name = forms.CharField(label=_("Who signed?"), max_length=100)
    signed_at = Moment(label=_("Signed when?"))
    number = forms.CharField(
        required=False,
        label=_("Number of the sheet"),
        max_length=30,
        help_text=_("Only where the code can't be read: it stands at the foot."),
    )
    sheet = forms.IntegerField(
        required=False,
        label=_("Version of the sheet"),
        min_value=1,
        max_value=2**31 - 1,
    )


class PileForm(ScanFields):
    """One of a pile of signed sheets: its code says which work order it is of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_files(self)


class ScanForm(ScanFields, WorkForm):
    """The same on the page of a work order, whose sheet it has to be."""

    def prepare(self) -> None:
        """The contact of the ticket is most likely to have signed, and just now."""
        contact = self.order.ticket.contact
        self.initial.setdefault("name", contact.name if contact else "")
        self.initial.setdefault("signed_at", self.now)


class RateForm(WorkForm):
    """One to five stars, and a word."""

    versioned = False
    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=[
            (5, _("5 – very good")),
            (4, _("4 – good")),
            (3, _("3 – all right")),
            (2, _("2 – poor")),
            (1, _("1 – very poor")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        required=False,
        label=_("A word about it"),
        max_length=1_000,
        widget=forms.Textarea({"rows": 2}),
    )
