"""Who does a work order, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Membership
from tickets.forms.fields import Moment, PeopleField
from tickets.forms.work.base import WorkForm
from tickets.models import Ticket, WorkOrder
from tickets.queries.people import assignable
from tickets.queries.suggestions import Advice, advice_for
from tickets.services.work.dispatching import TRAVEL


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


class MoveForm(forms.Form):
    """Who wanted another time, and who of the customer agreed to it."""

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

    def clean_asked_by(self) -> str:
        """Nobody said: it was us."""
        return self.cleaned_data["asked_by"] or "us"


class RescheduleForm(MoveForm, WorkForm):
    """Another time for the same engineer."""

    start = Moment(label=pgettext_lazy("plan", "From"))
    end = Moment(label=pgettext_lazy("plan", "Until"))
    field_order = ("start", "end", "asked_by", "consent", "version")

    def prepare(self) -> None:
        """The plan as it is."""
        self.initial.setdefault("start", self.order.planned_start_at)
        self.initial.setdefault("end", self.order.planned_end_at)


class PlanWorkForm(MoveForm, RedispatchForm):
    """Who does it and when, in one form: what the board asks for."""

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
