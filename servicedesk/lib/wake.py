"""Waking a worker by the name of its task: best effort, for the truth is in PostgreSQL.

A lost wake-up is made good by the next tick of beat; so this never raises, never waits long,
and sends one message however many callers there are until the task has begun.
"""

from __future__ import annotations

import logging

from django.db import transaction

from servicedesk.celery import app
from servicedesk.lib import line

logger = logging.getLogger(__name__)

#: How long a wake-up that nobody answered keeps others from being sent.
PENDING_MS = 2_000
#: A task that is not taken up in this time is pointless: beat has said it again.
EXPIRES = 2

#: Fail at once instead of Celery's endless attempts to reach a broker that is gone.
_IMPATIENT = {
    "socket_timeout": line.PATIENCE,
    "socket_connect_timeout": line.PATIENCE,
    "max_retries": 0,
    "connect_retries_timeout": 2 * line.PATIENCE,
    "interval_start": 0,
    "interval_step": 0,
}


def wake_on_commit(task: str) -> None:
    """Wake the task's worker as soon as the current transaction is committed."""
    transaction.on_commit(lambda: wake(task), robust=True)


def wake(task: str) -> bool:
    """Wake the task's worker now; say whether a message was sent."""
    first = line.attempt(
        lambda redis: bool(redis.set(_flag(task), "1", nx=True, px=PENDING_MS)),
        default=False,
    )
    if not first:
        return False
    try:
        with app.connection_for_write(transport_options=_IMPATIENT) as connection:
            app.send_task(
                task,
                connection=connection,
                retry=False,
                expires=EXPIRES,
                ignore_result=True,
            )
    except Exception:
        # Whatever is wrong with the broker, the request that wrote the row must not fail.
        logger.warning("The broker did not take the wake-up of %s", task, exc_info=True)
        return False
    return True


def awake(task: str) -> None:
    """The task has begun: what is committed from now on deserves a wake-up of its own."""
    line.attempt(lambda redis: redis.delete(_flag(task)), default=0)


def _flag(task: str) -> str:
    return f"sd:wake:{task}"
