"""Celery: wake-ups and effects on the outside world. The truth is in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import after_task_publish, before_task_publish

from servicedesk.lib.failpoints import hit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

app = Celery("servicedesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@before_task_publish.connect
def _about_to_wake(**_about: object) -> None:
    hit("wake.before_send")


@after_task_publish.connect
def _woken(**_about: object) -> None:
    hit("wake.sent")
