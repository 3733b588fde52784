"""Handing e-mails to Django's mail backend."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels import ChannelDown, Letter, Refused
from notifications.channels.email.compose import compose


class EmailSender:
    """Sends over one connection, opened with the first e-mail and again after an error."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def send(self, letter: Letter) -> None:
        """Send one letter. Raises ChannelDown where the server can't be reached, Refused."""
        mail = compose(letter)
        backend = self._opened()
        try:
            taken = backend.send_messages([mail])
        except Exception as error:
            # Whatever state the connection is in: the next letter gets a new one.
            self.close()
            if said := _what_it_said(error):
                raise Refused(said) from error
            raise
        if not taken:
            message = "The mail server took nothing."
            raise Refused(message)

    def close(self) -> None:
        """Let the connection go."""
        if self._backend is not None:
            with suppress(Exception):
                self._backend.close()
            self._backend = None

    def _opened(self) -> BaseEmailBackend:
        if self._backend is None:
            backend = get_connection()
            try:
                backend.open()
            except (OSError, smtplib.SMTPException) as error:
                raise ChannelDown(f"{type(error).__name__}: {error}") from error
            self._backend = backend
        return self._backend


def _what_it_said(error: Exception) -> str:
    """The server's own words: 550 5.1.1 No such user."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: list[tuple[int, bytes]] = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        answers = [
            (error.smtp_code, said if isinstance(said, bytes) else said.encode())
        ]
    else:
        return ""
    return "; ".join(
        f"{code} {text.decode(errors='replace')}" for code, text in answers
    )


class EmailChannel:
    """The channel ``email``."""

    @contextmanager
    def open(self) -> Iterator[EmailSender]:
        """A sender; its connection is closed at the end."""
        sender = EmailSender()
        try:
            yield sender
        finally:
            sender.close()
