"""What people do with tickets: one function per verb."""

from tickets.services.assigning import assign, assign_many, hand_over
from tickets.services.conversation import add_note, follow, reply, unfollow
from tickets.services.correcting import correct
from tickets.services.ending import (
    cancel,
    confirm,
    refuse,
    reopen,
    resolve,
)
from tickets.services.escalating import (
    acknowledge,
    agree_contingency,
    lower_severity,
    raise_severity,
)
from tickets.services.filing import file_ticket, receive
from tickets.services.flow import go_back, publish_flow, record_step
from tickets.services.merging import merge, unmerge
from tickets.services.offering import (
    accept_offer,
    accept_proposal,
    offer_appointment,
    propose_time,
    withdraw_offer,
)
from tickets.services.triage import triage
from tickets.services.visiting import (
    agree_appointment,
    arrive,
    cancel_appointment,
    decide_visit,
    depart,
)
from tickets.services.working import (
    answer,
    call_back,
    end_wait,
    propose_solution,
    start_wait,
)

__all__ = [
    "accept_offer",
    "accept_proposal",
    "acknowledge",
    "add_note",
    "agree_appointment",
    "agree_contingency",
    "answer",
    "arrive",
    "assign",
    "assign_many",
    "call_back",
    "cancel",
    "cancel_appointment",
    "confirm",
    "correct",
    "decide_visit",
    "depart",
    "end_wait",
    "file_ticket",
    "follow",
    "go_back",
    "hand_over",
    "lower_severity",
    "merge",
    "offer_appointment",
    "propose_solution",
    "propose_time",
    "publish_flow",
    "raise_severity",
    "receive",
    "record_step",
    "refuse",
    "reopen",
    "reply",
    "resolve",
    "start_wait",
    "triage",
    "unfollow",
    "unmerge",
    "withdraw_offer",
]
