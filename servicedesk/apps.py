"""The wiring: checks at start-up, and what the set-up page asks the rooms above people."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class ServiceDeskConfig(AppConfig):
    """What holds the rooms together."""

    name = "servicedesk"

    def ready(self) -> None:
        from people.signals import setup_asked
        from servicedesk import setup
        from servicedesk.lib.pages import check_permissions

        checks.register(check_permissions)
        for receiver in setup.RECEIVERS:
            setup_asked.connect(receiver, dispatch_uid=receiver.__name__)
