"""Celery: wake-ups and effects on the outside world. The truth is in PostgreSQL."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import after_task_publish, before_task_publish
from kombu.connection import Connection
from kombu.transport.redis import Channel, Transport
from redis.exceptions import ConnectionError as BrokerGone

from servicedesk.lib.failpoints import hit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

#: How long to wait at most before the broker is tried again, in seconds. Celery's own half
#: minute would be all the time in which everything must be caught up.
LONGEST_WAIT = 3.0


class _Channel(Channel):
    """A channel that says that it is closed in a way the worker expects.

    What was in flight when the broker went is acknowledged on the channel of then. The
    library would fail there with an AttributeError, which ends the whole worker.
    """

    def _connparams(self, *args: Any, **options: Any) -> Any:
        if self.connection is None or self.connection.client is None:
            message = "this channel's connection is closed"
            raise BrokerGone(message)
        return super()._connparams(*args, **options)  # type: ignore[no-untyped-call]


class _Transport(Transport):
    Channel = _Channel


class _Line(Connection):
    """A connection to the broker that notices soon that it is back."""

    def get_transport_cls(self) -> Any:
        """Ours, where the broker is the one that we are made for."""
        found = super().get_transport_cls()  # type: ignore[no-untyped-call]
        return _Transport if found is Transport else found

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        """Try until it is there, however long it is away."""
        options.setdefault("interval_start", 1.0)
        options.setdefault("interval_step", 1.0)
        options.setdefault("interval_max", LONGEST_WAIT)
        return super().ensure_connection(*args, **options)  # type: ignore[no-untyped-call]


class _Protocol(AMQP):  # type: ignore[misc]
    Connection = _Line


app = Celery("servicedesk", amqp=_Protocol)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def _about_to_wake(**_about: object) -> None:
    hit("wake.before_send")


@after_task_publish.connect
def _woken(**_about: object) -> None:
    hit("wake.sent")
