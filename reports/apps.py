"""The reports app: it only reads."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Read-only questions across apps: dashboards, the wall, the platform's health."""

    name = "reports"
