"""The kit that pages are made of. See docs/subsystems/interface.md."""

from __future__ import annotations

from servicedesk.lib.ui.choices import SeverityChoice
from servicedesk.lib.ui.clock import ClockView, Excluded
from servicedesk.lib.ui.nav import NavItem, NavSection
from servicedesk.lib.ui.shell import Inbox, Person, context

__all__ = [
    "ClockView",
    "Excluded",
    "Inbox",
    "NavItem",
    "NavSection",
    "Person",
    "SeverityChoice",
    "context",
]
