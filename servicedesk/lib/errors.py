"""Expected failures: a stable code for programs, a sentence for people."""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """A rule was not kept; nothing was changed.

    ``code`` is stable and machine-readable, ``message`` a translated sentence that says what
    to do, ``field`` the input at fault where there is one.
    """

    status = 422

    def __init__(self, code: str, message: Any, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotPermitted(ServiceError):
    """The actor may see the object but not do this to it."""

    status = 403


class Conflict(ServiceError):
    """The object has moved on since it was read."""

    status = 409
