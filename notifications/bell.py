"""The bell in the frame of every page (``settings.UI["INBOX"]``)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from notifications.services.inbox import standing
from people.actors import Actor
from servicedesk.lib import pulse
from servicedesk.lib.http import TenantRequest
from servicedesk.lib.ui import Inbox


def inbox(request: HttpRequest) -> Inbox:
    """How many messages are unread, and which pulse topic says that this has changed."""
    ours = cast("TenantRequest", request)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.membership_id is None:
        return Inbox(topic="me")
    topic = f"me:{actor.membership_id}"
    version = pulse.drawn(topic, tenant_id=actor.tenant_id, instant=ours.now)
    newest, unread = standing(actor)
    return Inbox(unread=unread, version=version, topic="me", newest=newest)
