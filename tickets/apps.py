"""The tickets app: registers what happens when its deadlines fire."""

from __future__ import annotations

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets 工单, their clocks and escalations: the hub."""

    name = "tickets"

    def ready(self) -> None:
        from deadlines.registry import register
        from notifications import conditions
        from sla.signals import calendar_revised
        from tickets import letters, links, papers
        from tickets.conditions import reminders_overtaken, warnings_overtaken
        from tickets.engine import departures, flows
        from tickets.engine.case import KIND
        from tickets.handlers import carry_calendars, settle_tickets
        from tickets.receivers import carry_calendar, request_reports
        from tickets.services.calendars import CALENDAR
        from tickets.services.offering import offers_overtaken
        from tickets.signals import ticket_closed

        register(KIND, settle_tickets)
        register(CALENDAR, carry_calendars)
        conditions.register("clock_warning", warnings_overtaken)
        conditions.register("reminder", reminders_overtaken)
        for kind in flows.WORDS.values():
            conditions.register(kind, flows.reminders_overtaken)
        register(flows.REMINDER, settle_tickets)
        register(departures.DEPARTURE, settle_tickets)
        conditions.register("leave_soon", departures.departures_overtaken)
        papers.register()
        links.register_words()
        letters.register()
        conditions.register("appointment_offered", offers_overtaken)
        ticket_closed.connect(request_reports, dispatch_uid="tickets.request_reports")
        calendar_revised.connect(carry_calendar, dispatch_uid="tickets.carry_calendar")
