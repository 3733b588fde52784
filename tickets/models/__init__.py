"""Tickets 工单 and what belongs to them."""

from tickets.models.conversation import Attachment, CannedReply, Follower, SavedView
from tickets.models.promise import Escalation, EscalationStep, TicketClock
from tickets.models.ticket import Ticket, TicketCounter, TicketEvent, TicketSearch

__all__ = [
    "Attachment",
    "CannedReply",
    "Escalation",
    "EscalationStep",
    "Follower",
    "SavedView",
    "Ticket",
    "TicketClock",
    "TicketCounter",
    "TicketEvent",
    "TicketSearch",
]
