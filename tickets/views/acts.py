"""The buttons of the ticket page as data: verb, words, form, service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import services
from tickets.forms import acts as forms
from tickets.forms import flow, relations

Call = Callable[[forms.ActForm, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Act:
    """One verb of the ticket page.

    ``label`` is the word on the button, ``send`` that on the form's where it is another,
    ``done`` what is said afterwards; ``group`` is where the button stands: "work", "visit",
    "order", "end" or "" for those that stand elsewhere.
    """

    label: Any
    icon: str
    form: type[forms.ActForm]
    call: Call
    done: Any
    group: str = ""
    tone: str = "primary"
    lead: Any = ""
    send: Any = ""


def _service(verb: Callable[..., object], *, versioned: bool = True) -> Call:
    """The plain case: the form's values are the service's arguments."""

    def call(form: forms.ActForm, common: dict[str, Any]) -> object:
        version = {"version": form.version_to_keep} if versioned else {}
        return verb(**common, **form.values(), **version)

    return call


def _acknowledge(form: forms.ActForm, common: dict[str, Any]) -> object:
    """An escalation is answered, not the ticket."""
    return services.acknowledge(
        actor=common["actor"], now=common["now"], **form.values()
    )


#: Above a form that has nothing to fill in but the time, and that behind "more".
NOW = _("It is entered with the present time; another one can be given under “More”.")

ACTS: dict[str, Act] = {
    "reply": Act(
        _("Reply"),
        "message",
        forms.ReplyForm,
        _service(services.reply),
        _("Your reply is on its way."),
    ),
    "add_note": Act(
        _("Internal note"),
        "lock",
        forms.NoteForm,
        _service(services.add_note, versioned=False),
        _("The note is saved. Only colleagues see it."),
    ),
    "answer": Act(
        pgettext_lazy("verb", "Answer"),
        "message-reply",
        forms.AnswerForm,
        _service(services.answer),
        _("Answered. The response clock has stopped."),
    ),
    "assign": Act(
        _("Assign"),
        "user-check",
        forms.AssignForm,
        _service(services.assign),
        _("Assigned."),
        "work",
    ),
    "triage": Act(
        _("Triage"),
        "list-check",
        relations.TriageForm,
        _service(services.triage),
        _("Triaged."),
        "work",
        lead=_(
            "A change of severity changes the clocks; a change of project the promise."
        ),
    ),
    "propose_solution": Act(
        _("Propose a solution"),
        "bulb",
        forms.SolutionForm,
        _service(services.propose_solution),
        _("The proposal is with the client."),
        "work",
    ),
    "start_wait": Act(
        _("Set waiting"),
        "hourglass",
        forms.WaitForm,
        _service(services.start_wait),
        _("Set to waiting."),
        "work",
    ),
    "end_wait": Act(
        _("End the wait"),
        "player-play",
        forms.TimedForm,
        _service(services.end_wait),
        _("The work goes on."),
        "work",
        lead=NOW,
    ),
    "decide_visit": Act(
        _("Visit needed?"),
        "map-pin",
        forms.VisitForm,
        _service(services.decide_visit),
        _("Decided."),
        "visit",
        send=_("Save"),
    ),
    "agree_appointment": Act(
        _("Appointment"),
        "calendar-event",
        forms.AppointmentForm,
        _service(services.agree_appointment),
        _("The appointment stands, and the client is told."),
        "visit",
        send=_("Save the appointment"),
    ),
    "offer_appointment": Act(
        _("Offer a time"),
        "send",
        forms.OfferForm,
        _service(services.offer_appointment),
        _("The offer is on its way to the contact."),
        "visit",
        lead=_(
            "The contact gets a link that needs no sign-in: accept, or propose another time."
        ),
    ),
    "accept_proposal": Act(
        _("Take the proposed time"),
        "checks",
        forms.PlainForm,
        _service(services.accept_proposal),
        _("The appointment stands, and the client is told."),
        "visit",
    ),
    "withdraw_offer": Act(
        _("Take the offer back"),
        "x",
        forms.PlainForm,
        _service(services.withdraw_offer),
        _("Taken back. The link works no more."),
        "visit",
        lead=_("The link that the contact has stops working; nothing is agreed."),
    ),
    "accept_offer": Act(
        _("Accept this time"),
        "checks",
        forms.PlainForm,
        _service(services.accept_offer),
        _("Thank you. We come at this time."),
        "visit",
        tone="success",
    ),
    "propose_time": Act(
        _("Propose another time"),
        "calendar-event",
        forms.ProposeForm,
        _service(services.propose_time),
        _("Your proposal is with us."),
        "visit",
    ),
    "cancel_appointment": Act(
        _("Cancel the appointment"),
        "calendar-off",
        forms.ToldReasonForm,
        _service(services.cancel_appointment),
        _("The appointment is cancelled, and the client is told."),
        "visit",
    ),
    "depart": Act(
        _("I am leaving"),
        "truck",
        forms.TimedForm,
        _service(services.depart),
        _("Departed."),
        "visit",
        lead=NOW,
    ),
    "arrive": Act(
        _("I have arrived"),
        "map-pin",
        forms.TimedForm,
        _service(services.arrive),
        _("Arrived."),
        "visit",
        lead=NOW,
    ),
    "raise_severity": Act(
        _("Raise the severity"),
        "arrow-up",
        forms.RaiseForm,
        _service(services.raise_severity),
        _("Raised."),
        "order",
        lead=_(
            "The clocks of the new severity start now; none gives more time than before."
        ),
    ),
    "lower_severity": Act(
        _("Lower the severity"),
        "arrow-down",
        forms.LowerForm,
        _service(services.lower_severity),
        _("Lowered."),
        "order",
        lead=_(
            "Open clocks are measured anew from their first start; what was missed stays."
        ),
    ),
    "agree_contingency": Act(
        _("Contingency plan"),
        "shield",
        flow.ContingencyForm,
        _service(services.agree_contingency),
        _("The plan is recorded."),
        "order",
        send=_("Record the plan"),
    ),
    "acknowledge": Act(
        _("Acknowledge with a plan"),
        "eye",
        forms.AcknowledgeForm,
        _acknowledge,
        _("Acknowledged. The reminders stop, the clock does not."),
    ),
    "call_back": Act(
        _("Call back"),
        "phone",
        forms.CallBackForm,
        _service(services.call_back),
        _("The call is recorded."),
        "order",
        send=_("Record the call"),
    ),
    "record_step": Act(
        _("Record the step"),
        "route",
        flow.StepForm,
        _service(services.record_step),
        _("Recorded."),
    ),
    "go_back": Act(
        _("Take a step back"),
        "arrow-back-up",
        flow.BackForm,
        _service(services.go_back),
        _("Taken back. It stays in the record."),
        lead=_(
            "Everything done after the step is taken back with it. What was recorded stays to be "
            "read."
        ),
    ),
    "resolve": Act(
        _("Solved"),
        "circle-check",
        forms.ResolveForm,
        _service(services.resolve),
        _("Solved. The client is asked to confirm it."),
        "end",
        tone="success",
        send=_("Ask the client to confirm"),
    ),
    "confirm": Act(
        _("Yes, it works"),
        "checks",
        forms.ConfirmForm,
        _service(services.confirm),
        _("Confirmed. The ticket is closed."),
        "end",
        tone="success",
    ),
    "refuse": Act(
        _("No, not solved"),
        "x",
        forms.ToldReasonForm,
        _service(services.refuse),
        _("The work goes on, and the clock with what was left."),
        "end",
        tone="danger",
    ),
    "reopen": Act(
        _("Reopen"),
        "rotate",
        forms.ToldReasonForm,
        _service(services.reopen),
        _("Reopened. The clock goes on with what was left."),
        "end",
    ),
    "merge": Act(
        _("Merge into another"),
        "arrow-merge",
        relations.MergeForm,
        _service(services.merge, versioned=False),
        _("Merged."),
        "end",
        lead=_(
            "This ticket ends; the other goes on with the earlier time and the higher "
            "severity. It can be undone until something happens on either."
        ),
    ),
    "unmerge": Act(
        _("Undo the merge"),
        "arrow-back-up",
        forms.PlainForm,
        _service(services.unmerge, versioned=False),
        _("Both tickets stand on their own again."),
        "end",
        lead=_("Both tickets get back what they had before."),
    ),
    "cancel": Act(
        _("Cancel the ticket"),
        "circle-x",
        forms.CancelForm,
        _service(services.cancel),
        _("Cancelled."),
        "end",
        tone="danger",
        lead=_("Its open clocks end. What was met or missed stays in the statistics."),
    ),
    "correct": Act(
        _("Correct the time"),
        "history",
        relations.CorrectForm,
        _service(services.correct, versioned=False),
        _("Corrected. The clocks are computed anew."),
    ),
    "follow": Act(
        _("Add a follower"),
        "user-plus",
        relations.FollowForm,
        _service(services.follow, versioned=False),
        _("Added."),
    ),
    "unfollow": Act(
        _("Remove the follower"),
        "user-x",
        relations.UnfollowForm,
        _service(services.unfollow, versioned=False),
        _("Removed."),
    ),
}
GROUPS: tuple[tuple[str, Any], ...] = (
    ("work", pgettext_lazy("group", "Work")),
    ("visit", pgettext_lazy("group", "Visit")),
    ("order", _("Severity and plan")),
    ("end", pgettext_lazy("group", "End")),
)


@dataclass(frozen=True, slots=True)
class Button:
    """An act as the page offers it."""

    verb: str
    label: Any
    icon: str
    tone: str = "primary"


def button(verb: str, *, is_client: bool = False) -> Button:
    """The button of a verb, in the words of whoever reads it."""
    act = ACTS[verb]
    words = CLIENT_LABELS if is_client else STAFF_LABELS
    return Button(verb, words.get(verb, act.label), act.icon, act.tone)


#: Where one side needs other words than the other for the same thing.
STAFF_LABELS: dict[str, Any] = {
    "confirm": _("Confirm for the client"),
    "refuse": _("Not solved"),
}
CLIENT_LABELS: dict[str, Any] = {"cancel": _("Cancel the request")}
