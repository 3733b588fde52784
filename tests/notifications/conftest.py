"""The mail server of the delivery tests."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.models import User
from notifications.models import Delivery, MailboxMail, Message
from people.models import Membership
from servicedesk.lib import line
from tenants.models import Tenant


@pytest.fixture
def committed(world, django_db_blocker):
    """Real commits over several connections, in the committed world, tidied afterwards.

    Emptying all tables and building the world again would take seconds a test.
    """
    with django_db_blocker.unblock():
        yield world
        for house in (world.zhida, world.other):
            with house.scope():
                Delivery.objects.filter(leader__isnull=False).delete()
                Delivery.objects.all().delete()
                Message.objects.all().delete()
                MailboxMail.objects.all().delete()
                Membership.objects.update(
                    is_active=True, mail_settings={}, expires_at=None
                )
                Tenant.objects.update(
                    is_active=True,
                    name=house.tenant.name,
                    language=house.tenant.language,
                )
                for person in house.people.values():
                    User.objects.filter(pk=person.user_id).update(
                        name=person.user.name,
                        email=person.user.email,
                        language=person.user.language,
                        is_active=True,
                    )


@pytest.fixture(autouse=True)
def _english():
    """Words are compared in their source language."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _fresh_line():
    """No test inherits a line to Redis that another one cut."""
    line.reset()
    yield
    line.reset()


@pytest.fixture
def server(settings):
    from tests.notifications.post import BACKEND, Recorder

    Recorder.reset()
    settings.EMAIL_BACKEND = BACKEND
    yield Recorder
    Recorder.reset()
