"""The forms behind the buttons of a work order: one per verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from people.models import Membership
from servicedesk.lib.ui.forms import FilesField
from tickets.forms.fields import (
    Moment,
    PeopleField,
    Prose,
    files_field,
    keep_files,
    when_fields,
)
from tickets.models import (
    Attachment,
    Checklist,
    ExtraWork,
    Ticket,
    WorkOrder,
    WorkTime,
)
from tickets.queries.people import assignable
from tickets.queries.suggestions import Advice, advice_for
from tickets.rules.work import unprepared
from tickets.services.work.dispatching import TRAVEL

WORDS = 10_000


class PlanForm(forms.Form):
    """Who does a work order, and when."""

    engineer = PeopleField(
        Membership.objects.none(),
        required=False,
        label=_("Engineer"),
        empty_label=_("Nobody yet: put it on the board"),
    )
    start = Moment(required=False, label=pgettext_lazy("plan", "From"))
    end = Moment(required=False, label=pgettext_lazy("plan", "Until"))
    travel = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=600,
        label=_("Way there, minutes"),
        help_text=_("The engineer is reminded so as to arrive ten minutes early."),
    )

    advice: Callable[[], list[Advice]]

    def choose_from(
        self, ticket: Ticket, now: datetime, order: WorkOrder | None = None
    ) -> None:
        """The people who can be sent, those of the ticket's department first.

        ``advice`` says whom to send best; asked for when it is shown.
        """
        people = assignable(now, ticket.department_id)
        self.fields["engineer"].queryset = people  # type: ignore[attr-defined]
        self.advice = lambda: advice_for(ticket, now, order=order)

    def clean_travel(self) -> int:
        """As it was where nobody has said."""
        given: int | None = self.cleaned_data["travel"]
        return given if given is not None else int(self.initial["travel"])


class DispatchForm(PlanForm):
    """A new work order of a ticket."""

    more = ("travel",)

    kind = forms.ChoiceField(
        label=_("How"),
        choices=WorkOrder.Kind.choices,
        widget=forms.RadioSelect,
        initial=WorkOrder.Kind.VISIT,
    )
    purpose = forms.CharField(
        label=_("What is to be done"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The engineer and the customer read this."),
    )
    field_order = ("kind", "purpose", "engineer", "start", "end", "travel")

    def __init__(
        self, *args: Any, ticket: Ticket, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choose_from(ticket, now)
        self.initial.setdefault("purpose", ticket.title)
        self.initial.setdefault("engineer", ticket.assignee_id)
        self.initial.setdefault("start", ticket.appointment_at)
        self.initial.setdefault("travel", TRAVEL)


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


class RedispatchForm(PlanForm, WorkForm):
    """Another engineer, another time."""

    reason = forms.CharField(
        required=False,
        label=_("Reason"),
        max_length=300,
        help_text=_("Whoever had it reads this."),
    )
    more: tuple[str, ...] = ("travel",)
    field_order: tuple[str, ...] = (
        "engineer",
        "start",
        "end",
        "reason",
        "travel",
        "version",
    )

    def prepare(self) -> None:
        """Who has it now, and when."""
        self.choose_from(self.order.ticket, self.now, self.order)
        self.initial.setdefault("engineer", self.order.engineer_id)
        self.initial.setdefault("start", self.order.planned_start_at)
        self.initial.setdefault("end", self.order.planned_end_at)
        self.initial.setdefault("travel", self.order.travel)


class RescheduleForm(WorkForm):
    """Another time for the same engineer."""

    start = Moment(label=pgettext_lazy("plan", "From"))
    end = Moment(label=pgettext_lazy("plan", "Until"))
    asked_by = forms.ChoiceField(
        label=_("Who asked for it?"),
        choices=[("us", _("We did")), ("client", _("The client did"))],
        widget=forms.RadioSelect,
        initial="us",
    )
    consent = forms.CharField(
        required=False,
        label=_("Who of the customer agreed, and how?"),
        max_length=300,
        help_text=_("Needed when the time was agreed with the customer."),
    )

    def prepare(self) -> None:
        """The plan as it is."""
        self.initial.setdefault("start", self.order.planned_start_at)
        self.initial.setdefault("end", self.order.planned_end_at)


class PlanWorkForm(RedispatchForm):
    """Who does it and when, in one form: what the board asks for."""

    asked_by = forms.ChoiceField(
        required=False,
        label=_("Who asked for it?"),
        choices=[("us", _("We did")), ("client", _("The client did"))],
        widget=forms.RadioSelect,
        initial="us",
    )
    consent = forms.CharField(
        required=False,
        label=_("Who of the customer agreed, and how?"),
        max_length=300,
        help_text=_("Needed when the time was agreed with the customer."),
    )
    more = ("travel", "reason", "asked_by", "consent")
    field_order = (
        "engineer",
        "start",
        "end",
        "reason",
        "consent",
        "asked_by",
        "travel",
        "version",
    )

    def clean_asked_by(self) -> str:
        """Nobody said: it was us."""
        return self.cleaned_data["asked_by"] or "us"


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


class ChecklistForm(forms.Form):
    """A preparation checklist: a line an item, a star before what is needed."""

    name = forms.CharField(label=_("Name"), max_length=80)
    category = forms.CharField(
        required=False,
        label=_("Equipment category"),
        max_length=60,
        help_text=_("Empty: for every visit."),
    )
    items = forms.CharField(
        label=_("Items"),
        max_length=8_000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("A line each. Begin with * what nobody may leave without."),
    )
    is_active = forms.BooleanField(required=False, label=_("In use"), initial=True)

    def __init__(
        self, *args: Any, checklist: Checklist | None = None, **kwargs: Any
    ) -> None:
        if checklist is not None:
            kwargs["initial"] = {
                "name": checklist.name,
                "category": checklist.category,
                "is_active": checklist.is_active,
                "items": "\n".join(
                    f"* {item['text']}" if item.get("required") else item["text"]
                    for item in checklist.items
                ),
            }
        super().__init__(*args, **kwargs)

    def clean_items(self) -> list[tuple[str, bool]]:
        """Words, and whether they are needed; long lines are cut."""
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines()]
        return [
            (line.removeprefix("*").strip()[:200], line.startswith("*"))
            for line in lines
            if line
        ]
