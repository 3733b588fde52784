"""Helpers of the delivery tests: what is queued, sent, refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import Delivery, Message
from notifications.services import Draft, queue
from notifications.services.delivery import deliver_once
from tenants.scope import tenant_scope

# After the real clock, by which leases are renewed.
NOW = datetime(2040, 3, 1, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=settings.LEASE_SECONDS)
BACKEND = "tests.notifications.post.Recorder"


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def tell(house, *names, kind="assigned", key="k", now=NOW, **params):
    """Queue one message to each person, committed."""
    values = {
        "number": "ZD-2026-000001",
        "title": "No picture",
        "metric": "arrival",
    } | params
    with tenant_scope(house.tenant.pk):
        queue(
            [
                Draft(
                    recipient_id=house.people[name].pk,
                    kind=kind,
                    dedupe_key=f"{key}:{kind}",
                    topic="ticket",
                    topic_id=1,
                    params=values,
                )
                for name in names
            ],
            now=now,
        )


def deliveries(house):
    with tenant_scope(house.tenant.pk):
        return list(Delivery.objects.order_by("pk").select_related("message"))


def messages(house, **wanted):
    with tenant_scope(house.tenant.pk):
        return list(Message.objects.filter(**wanted).order_by("pk"))


def deliver(now=NOW, *, after=timedelta(), limit=50):
    return deliver_once(now=now + after, limit=limit)


class Recorder(BaseEmailBackend):
    """A mail server in the test's hand: keeps what it took, fails as it is told."""

    taken: list = []
    refuse: dict[str, Exception] = {}
    down: Exception | None = None
    before: list = []

    @classmethod
    def reset(cls):
        cls.taken, cls.refuse, cls.down, cls.before = [], {}, None, []

    def open(self):
        if self.down:
            raise self.down
        return True

    def send_messages(self, email_messages):
        for mail in email_messages:
            for hook in self.before:
                hook(mail)
            for address, error in self.refuse.items():
                if any(address in one for one in mail.to):
                    raise error
            self.taken.append(mail)
        return len(email_messages)
