"""The demo's mail server: whatever is sent, inside a request or outside, has its tenant."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage

from notifications.models import MailboxMail
from people.models import Letter
from people.services.letters import queue_letter
from people.tasks import post_batch
from servicedesk.lib.now import database_now
from tenants.scope import NoTenant
from tests.notifications.post import NOW, deliver, tell

pytestmark = [pytest.mark.concurrency, pytest.mark.usefixtures("committed")]


@pytest.fixture(autouse=True)
def _mailbox(settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"


def kept(house):
    with house.scope():
        return list(MailboxMail.objects.order_by("pk"))


def test_what_the_outbox_sends_lies_in_its_tenants_mailbox(world):
    tell(world.zhida, "engineer", now=NOW)
    deliver()
    [mail] = kept(world.zhida)
    assert mail.recipients == "Engineer of zhida <engineer@zhida.example>"
    assert mail.subject == "Assigned to you: ZD-2026-000001"
    assert "ZD-2026-000001" in mail.body
    assert "<h2" in mail.html
    assert kept(world.other) == []


def test_a_letter_about_an_account_does_too(world):
    house = world.zhida
    with house.scope():
        now = database_now()
        params = {"what": "password_changed", "at": now.isoformat(), "address": ""}
        queue_letter(now=now, kind="notice", membership=house.engineer, params=params)
    try:
        assert post_batch(now=database_now()) == 1
        assert [mail.recipients for mail in kept(house)] == ["engineer@zhida.example"]
    finally:
        with house.scope():
            Letter.objects.all().delete()


def test_a_mail_that_names_no_tenant_is_refused_outside_a_scope():
    with pytest.raises(NoTenant):
        EmailMessage("Subject", "Body", None, ["a@example.com"]).send()
