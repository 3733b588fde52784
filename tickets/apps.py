"""The tickets app: registers what happens when its deadlines fire."""

from __future__ import annotations

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Tickets 工单, their clocks and escalations: the hub."""

    name = "tickets"

    def ready(self) -> None:
        from deadlines.registry import register
        from tickets.engine.case import KIND
        from tickets.handlers import settle_tickets

        register(KIND, settle_tickets)
