"""What could not be delivered: who is told, what can be done, how things stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from notifications.models import Delivery
from notifications.services.outbox import Draft, queue
from people.models import Membership
from people.roles import Role
from servicedesk.lib.wake import wake_on_commit


def tell_administrators(*, now: datetime, name: str, error: str) -> int:
    """Tell the tenant's administrators in the inbox, once an hour at most."""
    administrators = Membership.objects.active().filter(role=Role.ADMINISTRATOR)
    return queue(
        [
            Draft(
                recipient_id=pk,
                kind="dead_letter",
                dedupe_key=f"dead_letter:{now:%Y-%m-%dT%H}",
                topic="delivery",
                topic_id=None,
                params={"name": name, "error": error},
                mail=False,  # an e-mail about e-mails that don't arrive
            )
            for pk in administrators.values_list("pk", flat=True)
        ],
        now=now,
    )


def dead_letters() -> QuerySet[Delivery]:
    """What was given up in the open tenant, newest first; a digest counts once."""
    found: QuerySet[Delivery] = (
        Delivery.objects.filter(state=Delivery.State.DEAD, leader=None)
        .select_related("message", "recipient__user")
        .annotate(size=Count("members") + 1)
        .order_by("-pk")
    )
    return found


def try_again(*, pk: int, now: datetime) -> bool:
    """Queue a dead letter again, under its old key. False where it is not dead (any more)."""
    dead = Delivery.objects.filter(pk=pk, state=Delivery.State.DEAD, leader=None)
    # One more day; it was tried before, so it never joins another group.
    if not dead.update(
        state=Delivery.State.QUEUED, wake_at=now, created_at=now, lease=None
    ):
        return False
    Delivery.objects.filter(leader_id=pk, state=Delivery.State.DEAD).update(
        state=Delivery.State.JOINED, created_at=now
    )
    wake_on_commit("notifications.deliver")
    return True


def dismiss(*, pk: int) -> bool:
    """Take a dead letter off the list. False where it is not dead (any more)."""
    dead = Delivery.objects.filter(pk=pk, state=Delivery.State.DEAD, leader=None)
    if not dead.update(state=Delivery.State.MOOT):
        return False
    Delivery.objects.filter(leader_id=pk).update(state=Delivery.State.MOOT)
    return True


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How the outbox of a tenant stands: for the health page."""

    waiting: int  # queued, not yet sent
    retrying: int  # of these, failed at least once
    dead: int
    oldest_at: datetime | None  # since when the oldest waits


def outbox_state() -> OutboxState:
    """The outbox of the open tenant."""
    queued = Q(state=Delivery.State.QUEUED)
    found = Delivery.objects.filter(
        state__in=[Delivery.State.QUEUED, Delivery.State.DEAD]
    ).aggregate(
        waiting=Count("pk", filter=queued),
        retrying=Count("pk", filter=queued & ~Q(last_error="")),
        dead=Count("pk", filter=Q(state=Delivery.State.DEAD, leader=None)),
        oldest_at=Min("created_at", filter=queued),
    )
    return OutboxState(**found)
