"""Tickets 工单 and what belongs to them."""

from tickets.models.conversation import Attachment, CannedReply, Follower, SavedView
from tickets.models.field import FieldItem
from tickets.models.flow import FlowVersion
from tickets.models.incident import IncidentReport
from tickets.models.offer import AppointmentOffer
from tickets.models.promise import Escalation, EscalationStep, TicketClock
from tickets.models.ticket import Ticket, TicketCounter, TicketEvent, TicketSearch
from tickets.models.work import Checklist, ExtraWork, WorkOrder, WorkPart, WorkTime

__all__ = [
    "AppointmentOffer",
    "Attachment",
    "CannedReply",
    "Checklist",
    "Escalation",
    "EscalationStep",
    "ExtraWork",
    "FieldItem",
    "FlowVersion",
    "Follower",
    "IncidentReport",
    "SavedView",
    "Ticket",
    "TicketClock",
    "TicketCounter",
    "TicketEvent",
    "TicketSearch",
    "WorkOrder",
    "WorkPart",
    "WorkTime",
]
