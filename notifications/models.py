"""The outbox: a message is a row; sending it is another step."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from tenants.models import TenantForeignKey, TenantModel


class Message(TenantModel):
    """Something a person is told: at most once per person and ``dedupe_key``.

    The row itself is the in-app notification. ``kind`` names the words (see
    ``notifications.kinds``), ``params`` fills them, in the reader's language.
    """

    recipient = TenantForeignKey(Membership, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    dedupe_key = models.CharField(max_length=200)
    topic = models.CharField(max_length=20)
    topic_id = models.BigIntegerField(null=True)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "recipient", "dedupe_key"],
                name="notifications_message_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "recipient", "-id"],
                name="notifications_message_newest",
            ),
            models.Index(
                fields=["tenant", "recipient"],
                condition=models.Q(read_at__isnull=True),
                name="notifications_message_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"


class Delivery(TenantModel):
    """One message on its way by one channel: leased, at least once, one key for ever.

    ``uid`` is the Message-ID of an e-mail: the same on every try. A digest gathers several
    deliveries behind one ``leader``, fixed before the first try: they wait as JOINED and
    share its fate. What is not sent any more is MOOT: ``last_error`` says why (``conditions``).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        JOINED = "joined", _("In a digest")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        MOOT = "moot", _("No longer wanted")

    message = TenantForeignKey(
        Message, on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=20)
    recipient = TenantForeignKey(Membership, on_delete=models.CASCADE)
    uid = models.CharField(max_length=120)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    wake_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    leader = TenantForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="members"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "message", "channel"],
                name="notifications_delivery_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["wake_at"],
                condition=models.Q(state="queued"),
                name="notifications_delivery_wake",
            ),
            models.Index(
                fields=["tenant", "state", "-created_at"],
                name="notifications_delivery_state",
            ),
            models.Index(
                fields=["tenant", "leader"],
                condition=models.Q(leader__isnull=False),
                name="notifications_delivery_leader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.uid} {self.state}"


class MailboxMail(TenantModel):
    """The demo's mailbox: what would have been sent by SMTP. Never used in production."""

    uid = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    recipients = models.CharField(max_length=500)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-id"], name="notifications_mail_newest")
        ]

    def __str__(self) -> str:
        return f"{self.recipients}: {self.subject}"
