"""Which verbs a person may be offered on a ticket now, and which of them comes next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from people.roles import Permission
from tickets.models import Escalation, Ticket
from tickets.models.ticket import State
from tickets.queries.flow import Handling, words
from tickets.queries.promise import Promise
from tickets.rules.flow import Step
from tickets.rules.states import allowed

P = Permission

#: Verb → the permission it needs. A verb that is not here is not offered by a button.
NEEDS: dict[str, str] = {
    "reply": P.TICKET_REPLY,
    "add_note": P.TICKET_WORK,
    "answer": P.TICKET_WORK,
    "assign": P.TICKET_ASSIGN,
    "triage": P.TICKET_WORK,
    "decide_visit": P.TICKET_WORK,
    "agree_appointment": P.TICKET_WORK,
    "cancel_appointment": P.TICKET_WORK,
    "offer_appointment": P.TICKET_WORK,
    "withdraw_offer": P.TICKET_WORK,
    "accept_proposal": P.TICKET_WORK,
    "accept_offer": P.TICKET_REPLY,
    "propose_time": P.TICKET_REPLY,
    "depart": P.TICKET_WORK,
    "arrive": P.TICKET_WORK,
    "propose_solution": P.TICKET_WORK,
    "start_wait": P.TICKET_WORK,
    "end_wait": P.TICKET_WORK,
    "raise_severity": P.TICKET_WORK,
    "lower_severity": P.TICKET_WORK,
    "resolve": P.TICKET_WORK,
    "confirm": P.TICKET_REPLY,
    "refuse": P.TICKET_REPLY,
    "reopen": P.TICKET_REPLY,
    "cancel": P.TICKET_REPLY,
    "merge": P.TICKET_MERGE,
    "unmerge": P.TICKET_MERGE,
    "call_back": P.TICKET_WORK,
    "record_step": P.TICKET_WORK,
    "go_back": P.TICKET_WORK,
    "agree_contingency": P.TICKET_WORK,
    "acknowledge": P.ESCALATION_ACKNOWLEDGE,
    "correct": P.TICKET_WORK,
    "follow": P.TICKET_REPLY,
    "unfollow": P.TICKET_REPLY,
}
#: What a client's person does with a ticket.
CLIENT_VERBS = frozenset(
    {
        "reply",
        "accept_offer",
        "propose_time",
        "confirm",
        "refuse",
        "reopen",
        "cancel",
        "follow",
        "unfollow",
    }
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides on the offers: the ticket, its open metrics, who looks."""

    ticket: Ticket
    actor: Actor
    open_metrics: frozenset[str] = frozenset()
    unanswered: bool = False  # an escalation that nobody has acknowledged
    has_arrived: bool = False  # somebody has been on site
    was_raised: bool = False  # by an escalation, and the raise stands
    handling: Handling | None = None  # where the flow stands, if that was read

    @property
    def is_mine(self) -> bool:
        """Whether the person who looks is the assignee."""
        return self.ticket.assignee_id == self.actor.membership_id

    @property
    def offer(self) -> str:
        """Where the newest offered appointment stands, as the page's query says."""
        return getattr(self.ticket, "offer_state", None) or ""

    @property
    def step(self) -> Step | None:
        """The next step of the fault handling flow."""
        return self.handling.step if self.handling else None

    @property
    def is_classified(self) -> bool:
        """Whether the flow, where there is one, has got as far as having something to say."""
        return self.handling is None or len(self.handling.standing) > 1

    @property
    def owes_call(self) -> bool:
        """Whether the customer is to be called back."""
        reminders = self.handling.reminders if self.handling else ()
        promised = "call_back" in self.open_metrics
        return promised or any(one.is_call_back for one in reminders)


def situation(
    ticket: Ticket,
    actor: Actor,
    *,
    promise: Promise,
    escalations: Sequence[Escalation] = (),
    handling: Handling | None = None,
) -> Situation:
    """The situation of a ticket page, without a query."""
    unanswered = any(
        escalation.state == Escalation.State.OPEN and escalation.acknowledged_at is None
        for escalation in escalations
    )
    return Situation(
        ticket,
        actor,
        promise.open_metrics,
        unanswered,
        has_arrived=promise.has_arrived,
        was_raised=promise.was_raised,
        handling=handling,
    )


def may_do(verb: str, actor: Actor) -> bool:
    """Whether the role of a person has a verb at all, whatever the state."""
    if verb not in NEEDS or not actor.may(NEEDS[verb]):
        return False
    return verb in CLIENT_VERBS if actor.is_client else True


#: Verbs that make sense only sometimes, besides being allowed in the state.
SENSE: dict[str, Callable[[Situation], bool]] = {
    "answer": lambda s: "first_response" in s.open_metrics,
    "cancel_appointment": lambda s: s.ticket.wait_reason == "appointment",
    "raise_severity": lambda s: s.ticket.severity < 3,
    "lower_severity": lambda s: (
        s.ticket.severity > 1
        and (s.actor.may(P.TICKET_LOWER_ESCALATED) or not s.was_raised)
    ),
    "depart": lambda s: s.ticket.visit == "needed",
    "arrive": lambda s: s.ticket.visit == "needed",
    "agree_appointment": lambda s: s.ticket.visit != "not_needed",
    "offer_appointment": lambda s: s.ticket.visit != "not_needed",
    "withdraw_offer": lambda s: s.offer == "open",
    "accept_proposal": lambda s: s.offer == "countered",
    "accept_offer": lambda s: s.actor.is_client and s.offer == "open",
    "propose_time": lambda s: s.actor.is_client and s.offer == "open",
    "acknowledge": lambda s: s.unanswered,
    "agree_contingency": lambda s: s.ticket.missed_open or s.ticket.escalated,
    "call_back": lambda s: (
        s.owes_call
        or s.ticket.channel == "phone"
        or s.ticket.flow_version_id is not None
    ),
    "record_step": lambda s: (
        s.ticket.kind == Ticket.Kind.FAULT
        and (s.ticket.flow_version_id is None or s.ticket.flow_step != "")
    ),
    "go_back": lambda s: s.ticket.flow_version_id is not None,
    "propose_solution": lambda s: "first_response" not in s.open_metrics,
    "reopen": lambda s: s.ticket.state == State.CLOSED or s.actor.is_staff,
    "end_wait": lambda s: s.ticket.wait_reason != "appointment",
}


def offers(here: Situation) -> list[str]:
    """The verbs to offer, in the order of the work."""
    possible = allowed(here.ticket.state)
    return [
        verb
        for verb in NEEDS
        if verb in possible
        and may_do(verb, here.actor)
        and SENSE.get(verb, _always)(here)
    ]


def _always(_here: Situation) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one next step, or why there is none."""

    verb: str = ""
    text: Any = ""
    title: Any = ""


def _response(here: Situation) -> bool:
    return "first_response" in here.open_metrics


def _travelling(here: Situation) -> bool:
    return here.ticket.visit == "needed" and "arrival" in here.open_metrics


STEPS: tuple[tuple[str, Callable[[Situation], bool], Any], ...] = (
    (
        "acknowledge",
        lambda s: s.unanswered,
        _("A promise was missed. Say what happens now."),
    ),
    (
        "answer",
        _response,
        _("Tell the client how you will help and what the plan is."),
    ),
    ("assign", lambda s: s.ticket.assignee_id is None, _("Nobody has it yet.")),
    (
        "end_wait",
        lambda s: (
            s.ticket.state == State.WAITING
            and s.ticket.wait_reason in {"parts", "third_party"}
        ),
        _("Has it come? Then the work goes on."),
    ),
    (
        "decide_visit",
        lambda s: s.ticket.visit == "undecided" and s.ticket.state != State.WAITING,
        _("Does somebody have to go there?"),
    ),
    (
        "accept_proposal",
        lambda s: s.offer == "countered",
        _("The client proposes another time for the visit."),
    ),
    (
        "agree_appointment",
        lambda s: (
            s.offer != "open"
            and s.ticket.visit == "needed"
            and s.ticket.appointment_at is None
            and not s.has_arrived
            and "arrival" not in s.open_metrics
        ),
        _("Agree when somebody comes."),
    ),
    (
        "depart",
        lambda s: s.ticket.visit == "needed" and "dispatch" in s.open_metrics,
        _("Press it when you leave."),
    ),
    ("arrive", _travelling, _("Press it when you are there.")),
    (
        "propose_solution",
        lambda s: "solution_proposed" in s.open_metrics and s.is_classified,
        _("Tell the client what you propose."),
    ),
    (
        "record_step",
        lambda s: s.step is not None and s.ticket.state != State.WAITING,
        "",  # in the words of the flow
    ),
    (
        "resolve",
        lambda s: s.ticket.state != State.WAITING,
        _("When it works again: say what was wrong and what you did."),
    ),
    (
        "call_back",
        lambda s: s.owes_call,
        _("Ask whether it still works."),
    ),
)

CLIENT_STEPS: dict[str, NextStep] = {
    State.RESOLVED: NextStep(
        "confirm", _("We think it is solved. Does it work for you?")
    ),
    State.CLOSED: NextStep("", _("It is closed. Thank you.")),
    State.CANCELLED: NextStep("", _("It was cancelled.")),
    State.MERGED: NextStep("", _("It goes on under another number.")),
}
#: What is said to us of a ticket that has ended.
ENDS: dict[str, Any] = {
    State.CLOSED: _("It is closed: nothing is left to do."),
    State.CANCELLED: _("It was cancelled."),
    State.MERGED: _("It goes on under another number."),
}
WAIT_STEPS: dict[str, Any] = {
    "customer": _("It waits for the customer's answer."),
    "appointment": _("It waits for the appointment."),
    "parts": _("It waits for parts."),
    "third_party": _("It waits for a third party."),
}
CLIENT_WAITS: dict[str, NextStep] = {
    "customer": NextStep("reply", _("We need an answer from you to go on.")),
    "appointment": NextStep("", _("We come at the agreed time.")),
    "parts": NextStep("", _("We are waiting for parts.")),
    "third_party": NextStep("", _("We are waiting for somebody else's part in it.")),
}


def next_step(here: Situation, offered: Collection[str]) -> NextStep:
    """The one thing to do next, of what may be offered."""
    if here.actor.is_client:
        return _client_step(here, offered)
    for verb, wanted, text in STEPS:
        if verb in offered and wanted(here):
            return _flow_step(here) if verb == "record_step" else NextStep(verb, text)
    if here.ticket.state == State.WAITING:
        return NextStep("", WAIT_STEPS.get(here.ticket.wait_reason, ""))
    if here.ticket.state == State.RESOLVED:
        return NextStep("", _("The client has the word: confirmed, or not solved."))
    return NextStep("", ENDS.get(here.ticket.state, ""))


def _flow_step(here: Situation) -> NextStep:
    """The next step of the flow, in its own words."""
    step = here.step
    if step is None:
        return NextStep()
    told = step.question or step.text
    return NextStep("record_step", words(told) if told else "", words(step.title))


def _client_step(here: Situation, offered: Collection[str]) -> NextStep:
    if "accept_offer" in offered:
        return NextStep("accept_offer", _("We offer a time for the visit."))
    step = CLIENT_STEPS.get(here.ticket.state)
    if here.ticket.state == State.WAITING:
        step = CLIENT_WAITS.get(here.ticket.wait_reason)
    if step is None:
        return NextStep(
            "", _("There is nothing for you to do. We keep you informed here.")
        )
    return step if not step.verb or step.verb in offered else NextStep("", step.text)
