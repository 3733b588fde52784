"""The demo's mail server: a table that the mailbox page shows, each tenant's own."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import MailboxMail
from tenants.scope import current_tenant_id, tenant_scope


class MailboxBackend(BaseEmailBackend):
    """Keeps what would have been sent, for the tenant that sent it.

    An e-mail of the outbox names its tenant; any other is sent within a tenant's scope.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            mail.message()  # an e-mail that could not be sent is refused here too
            with tenant_scope(getattr(mail, "tenant_id", None) or current_tenant_id()):
                self._keep(mail)
        return len(email_messages)

    def _keep(self, mail: EmailMessage) -> None:
        parts = getattr(mail, "alternatives", None) or []
        MailboxMail.objects.create(
            uid=str(mail.extra_headers.get("Message-ID", ""))[:200],
            sender=mail.from_email[:200],
            recipients=", ".join(mail.to)[:500],
            subject=str(mail.subject)[:300],
            body=str(mail.body),
            html=str(parts[0][0]) if parts else "",
        )
