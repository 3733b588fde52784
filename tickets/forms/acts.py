"""The forms behind the buttons of the ticket page: one per verb."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.models import Department, Membership
from tickets.forms.fields import (
    Moment,
    PeopleField,
    Prose,
    files_field,
    keep_files,
    when_fields,
)
from tickets.models import Escalation, Ticket
from tickets.queries.feed import moved_on, newest_place
from tickets.queries.people import assignable
from tickets.queries.promise import waits_that_pause

MESSAGE = 20_000
#: A version that no ticket has any more: for client staff, who know no version.
PASSED = 0


class ActForm(forms.Form):
    """What all acts carry: the newest event of the ticket that the person has seen."""

    #: Names of fields that wait behind "more".
    more: tuple[str, ...] = ()
    #: What stands above the fields in place of the verb's own words.
    title: Any = ""
    lead: Any = ""
    #: What the button says in place of the verb's own words.
    send: Any = ""
    #: Whether the event can be entered with the time it happened (rule 7).
    timed: ClassVar[bool] = False

    version = forms.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, ticket: Ticket, actor: Actor, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        self.actor = actor
        self.now = now
        if "version" not in self.initial:
            self.initial["version"] = newest_place(ticket, actor)
        if self.timed:
            self.fields |= when_fields()
            self.more = (*self.more, "happened_at", "time_reason")
        keep_files(self)
        self.prepare()

    def prepare(self) -> None:
        """Choices and defaults that depend on the ticket."""

    @property
    def version_seen(self) -> int | None:
        """The place of the newest event that the person had before their eyes."""
        return self.cleaned_data.get("version")

    @property
    def version_to_keep(self) -> int | None:
        """The version that the service insists on; None where nobody else was at it."""
        seen = self.version_seen
        if seen is None or not moved_on(self.ticket, self.actor, place=seen):
            return None
        return PASSED if self.actor.is_client else seen

    def values(self) -> dict[str, Any]:
        """What the service is called with, the version apart."""
        values = dict(self.cleaned_data)
        values.pop("version")
        if self.timed:
            values["reason"] = values.pop("time_reason")
            values["happened_at"] = self.to_the_second(values["happened_at"])
        return values

    def to_the_second(self, moment: datetime | None) -> datetime | None:
        """A form knows minutes: the minute of the receipt is not before the receipt."""
        received = self.ticket.received_at
        if moment == received.replace(second=0, microsecond=0):
            return received
        return moment


class PlainForm(ActForm):
    """Nothing to fill in: the act asks once and is done."""


class WordsForm(ActForm):
    """Words, and files with them."""

    body = Prose(label=_("Your message"), max_length=MESSAGE, rows=5)
    files = files_field()  # type: ignore[assignment]


class ReplyForm(WordsForm):
    """A public reply."""


class NoteForm(WordsForm):
    """An internal note."""

    body = Prose(
        label=_("Internal note"),
        max_length=MESSAGE,
        rows=5,
        help_text=_("Only colleagues see this, never the client."),
    )


class AnswerForm(WordsForm):
    """The first response: way of service and plan."""

    timed = True
    body = Prose(
        label=_("How will you help, and what is the plan?"),
        max_length=MESSAGE,
        rows=5,
        help_text=_("The client sees this. It stops the response clock."),
    )


class AssignForm(ActForm):
    """Who does it, and which department it belongs to."""

    assignee = PeopleField(
        Membership.objects.none(),
        required=False,
        label=_("Assignee"),
        empty_label=_("Nobody yet"),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        label=_("Department"),
        empty_label=_("None yet"),
    )

    more = ("department",)

    def prepare(self) -> None:
        """The people of the tenant, those of the ticket's department first."""
        people = self.fields["assignee"]
        people.queryset = assignable(self.now, self.ticket.department_id)  # type: ignore[attr-defined]
        departments = Department.objects.filter(is_active=True).order_by("name")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.initial.setdefault("assignee", self.ticket.assignee_id)
        self.initial.setdefault("department", self.ticket.department_id)


class VisitForm(ActForm):
    """Whether somebody has to go there."""

    timed = True
    needed = forms.TypedChoiceField(
        label=_("Is a visit needed?"),
        coerce=lambda value: value == "yes",
        choices=(
            ("yes", _("Yes, somebody goes there")),
            ("no", _("No, it works from here")),
        ),
        widget=forms.RadioSelect,
    )


class AppointmentForm(ActForm):
    """When we come: agreed, or moved."""

    timed = True
    at = Moment(label=_("When do we come?"))
    asked_by = forms.ChoiceField(
        label=_("Who asked for this time?"),
        choices=(("client", _("The client")), ("us", _("We did"))),
        widget=forms.RadioSelect,
        initial="client",
    )

    def prepare(self) -> None:
        """A move begins with the time agreed so far."""
        self.initial.setdefault("at", self.ticket.appointment_at)


class OfferForm(ActForm):
    """A time to offer."""

    at = Moment(label=_("When could we come?"))
    note = forms.CharField(
        required=False,
        max_length=300,
        label=_("A word with it"),
        help_text=_("The customer reads this."),
    )


class ProposeForm(ActForm):
    """Another time than was offered."""

    at = Moment(label=_("When would it suit you?"))
    words = forms.CharField(required=False, max_length=500, label=_("A word with it"))


class ReasonForm(ActForm):
    """A reason, which stays in the record."""

    reason = Prose(label=_("Reason"), rows=3, max_length=2000)


class ToldReasonForm(ReasonForm):
    """A reason that the other side reads."""

    reason = Prose(
        label=_("Reason"),
        rows=3,
        max_length=2000,
        help_text=_("The client reads this."),
    )

    def prepare(self) -> None:
        """The client is told who reads what they say."""
        if self.actor.is_client:
            self.fields["reason"].help_text = _("The service desk reads this.")


class CancelForm(ToldReasonForm):
    """Why it ends without being solved; in other words for who filed it."""

    def prepare(self) -> None:
        """The client is told what becomes of their request."""
        super().prepare()
        if self.actor.is_client:
            self.title = self.send = _("Cancel the request")
            self.lead = _(
                "Nobody works on it any more. You can file it anew at any time."
            )


class TimedForm(ActForm):
    """One press of a button, with the time behind "more"."""

    timed = True


class SolutionForm(ActForm):
    """What we propose to do."""

    timed = True
    body = Prose(
        label=_("What do you propose?"),
        max_length=MESSAGE,
        help_text=_("The client sees this."),
    )


class WaitForm(ActForm):
    """What it waits for. An appointment's wait begins with the appointment itself."""

    wait = forms.ChoiceField(
        label=_("What does it wait for?"),
        choices=(
            ("customer", _("The customer's answer")),
            ("parts", _("Parts")),
            ("third_party", _("A third party")),
        ),
        widget=forms.RadioSelect,
    )
    note = Prose(
        rows=2,
        max_length=1000,
        label=_("What exactly, and until when?"),
        help_text=_("The client reads this."),
    )

    def prepare(self) -> None:
        """Says of each wait whether the promise stops for it (rule 2)."""
        pauses = waits_that_pause(self.ticket)
        field: Any = self.fields["wait"]
        field.choices = [
            (key, label if key in pauses else _goes_on(label))
            for key, label in field.choices
        ]


def _goes_on(label: Any) -> str:
    return _("%(wait)s – the clock goes on") % {"wait": label}


class SeverityForm(ActForm):
    """A severity above or below the present one, with the reason the client reads."""

    down: ClassVar[bool] = False
    to = forms.TypedChoiceField(
        label=_("New severity"), coerce=int, choices=(), widget=forms.RadioSelect
    )
    reason = Prose(
        label=_("Reason"),
        rows=3,
        max_length=2000,
        help_text=_("The client reads this."),
    )

    def prepare(self) -> None:
        """Only severities on the right side of the present one."""
        now = self.ticket.severity
        choices = [
            (value, label)
            for value, label in Ticket.Severity.choices
            if (value < now if self.down else value > now)
        ]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.initial.setdefault("to", choices[-1 if self.down else 0][0])


class RaiseForm(SeverityForm):
    """Worse than thought."""


class LowerForm(SeverityForm):
    """Not as bad as thought."""

    down = True


class ResolveForm(ActForm):
    """What was done."""

    timed = True
    body = Prose(
        label=_("What was wrong, and what did you do?"),
        max_length=MESSAGE,
        help_text=_("The client reads this and confirms it."),
    )
    files = files_field()  # type: ignore[assignment]


class ConfirmForm(ActForm):
    """It works again."""

    body = Prose(required=False, rows=2, max_length=2000, label=_("A word about it"))

    def prepare(self) -> None:
        """In the client's name only with who said so."""
        if self.actor.is_staff:
            self.fields["body"].required = True
            self.fields["body"].label = _("Who confirmed it, and how?")


class CallBackForm(ActForm):
    """What the customer said when we called back."""

    timed = True
    body = Prose(label=_("What did the customer say?"), max_length=MESSAGE, rows=3)


class AcknowledgeForm(ActForm):
    """A manager knows of it and says what happens now."""

    escalation = forms.ModelChoiceField(
        Escalation.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "invalid_choice": _("This escalation needs no answer any more."),
            "required": _("This escalation needs no answer any more."),
        },
    )
    plan = Prose(
        label=_("What happens now?"),
        max_length=4000,
        rows=3,
        help_text=_("Stops the reminders of this escalation. The clock goes on."),
    )

    def prepare(self) -> None:
        """What nobody has answered yet, the oldest first."""
        waiting = Escalation.objects.filter(
            ticket_id=self.ticket.pk,
            state=Escalation.State.OPEN,
            acknowledged_at=None,
        ).order_by("opened_at", "pk")
        self.fields["escalation"].queryset = waiting  # type: ignore[attr-defined]
        if not self.is_bound and "escalation" not in self.initial:
            self.initial["escalation"] = waiting.first()
