"""What others may ask of this app."""

from __future__ import annotations

from notifications.services.outbox import Draft, queue

__all__ = ["Draft", "queue"]
