"""What every verb of a work order does first: lock ticket and order, look whether it may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from servicedesk.lib.errors import Conflict, NotPermitted
from tickets.engine import Case
from tickets.models import WorkOrder
from tickets.rules.work import possible, state_after
from tickets.services.base import acting_on


@contextmanager
def working(
    order: WorkOrder,
    *,
    verb: str,
    actor: Actor,
    now: datetime,
    on: str = "work",
    version: int | None = None,
) -> Iterator[tuple[Case, WorkOrder]]:
    """The locked case of the ticket and its locked work order, if both allow the verb.

    ``on`` is what it is to the ticket (``tickets.rules.states``). Lock order: ticket, clock,
    work order. The given ``order`` is brought up to date at the end. Raises Conflict
    ``moved_on`` when somebody has changed it since ``version``, or
    ``state_does_not_allow``.
    """
    with (
        transaction.atomic(),
        acting_on(order.ticket, verb=on, actor=actor, now=now) as case,
    ):
        fresh = WorkOrder.objects.select_for_update().get(pk=order.pk)
        fresh.ticket = case.ticket
        check_version(fresh, version)
        check_verb(fresh, verb)
        yield case, fresh
        move(fresh, verb, now=now)
    order.refresh_from_db()


def check_version(order: WorkOrder, version: int | None) -> None:
    """Raise Conflict where somebody has changed the work order since it was read."""
    if version is not None and order.version != version:
        raise Conflict(
            "moved_on",
            _(
                "Somebody has changed this work order meanwhile. Look at it, then try again."
            ),
        )


def check_verb(order: WorkOrder, verb: str) -> None:
    """Raise Conflict where the state of the work order does not allow the verb."""
    if verb not in possible(order.state, order.kind):
        raise Conflict(
            "state_does_not_allow",
            _("This can't be done while the work order is “%(state)s”.")
            % {"state": order.get_state_display()},
        )


def move(order: WorkOrder, verb: str, *, now: datetime) -> None:
    """Take the work order to the state that the verb leads to, and save it."""
    order.state = state_after(
        order.state, verb, kind=order.kind, engineer=order.engineer_id is not None
    ).value
    order.version += 1
    order.updated_at = now
    if order.is_over and order.ended_at is None:
        order.ended_at = now
    order.save()


def own_id(actor: Actor) -> int:
    """The membership of whoever records something. Raises NotPermitted for a program."""
    if actor.membership_id is None:
        raise NotPermitted("not_permitted", _("Your role does not allow this."))
    return actor.membership_id
