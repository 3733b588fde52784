"""What a worker takes from the broker: data, never objects."""

from __future__ import annotations

import pickle

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from servicedesk.celery import app


def test_a_pickled_message_is_refused() -> None:
    sent = pickle.dumps([[], {}, {}])
    with pytest.raises(ContentDisallowed):
        loads(
            sent,
            "application/x-python-serialize",
            "binary",
            accept=app.conf.accept_content,
        )


def test_messages_are_written_as_json() -> None:
    assert app.conf.task_serializer == "json"
    taken = loads(b"[[], {}, {}]", "application/json", "utf-8", accept={"json"})
    assert taken == [[], {}, {}]
