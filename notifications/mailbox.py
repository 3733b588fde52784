"""The demo's mail server: a table that the mailbox page shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import MailboxMail


class MailboxBackend(BaseEmailBackend):
    """Keeps what would have been sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            parts = getattr(mail, "alternatives", None) or []
            MailboxMail.objects.create(
                uid=str(mail.extra_headers.get("Message-ID", ""))[:200],
                sender=mail.from_email[:200],
                recipients=", ".join(mail.to)[:500],
                subject=str(mail.subject)[:300],
                body=str(mail.body),
                html=str(parts[0][0]) if parts else "",
            )
        return len(email_messages)
