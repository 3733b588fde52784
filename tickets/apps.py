"""The tickets app: registers what happens when its deadlines fire."""

from __future__ import annotations

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets 工单, their clocks and escalations: the hub."""

    name = "tickets"

    def ready(self) -> None:
        from deadlines.registry import register
        from documents.registry import Subject, register_subject
        from notifications import conditions
        from sla.signals import calendar_revised
        from tickets.conditions import reminders_overtaken, warnings_overtaken
        from tickets.engine import flows
        from tickets.engine.case import KIND
        from tickets.handlers import carry_calendars, settle_tickets
        from tickets.receivers import carry_calendar
        from tickets.services.calendars import CALENDAR
        from tickets.sheets import SUBJECT, may_see_work_order

        register(KIND, settle_tickets)
        register(CALENDAR, carry_calendars)
        conditions.register("clock_warning", warnings_overtaken)
        conditions.register("reminder", reminders_overtaken)
        for kind in flows.WORDS.values():
            conditions.register(kind, flows.reminders_overtaken)
        register(flows.REMINDER, settle_tickets)
        register_subject(Subject(SUBJECT, may_see_work_order))
        calendar_revised.connect(carry_calendar, dispatch_uid="tickets.carry_calendar")
